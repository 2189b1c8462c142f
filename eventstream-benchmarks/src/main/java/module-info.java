/** The library measured beside the raw database, with JMH. */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.benchmarks {
    requires com.github.f4b6a3.ulid;
    requires com.zaxxer.hikari;
    requires io.nexus.eventstream;
    requires io.nexus.eventstream.core;
    requires io.nexus.eventstream.jdbc;
    requires io.nexus.eventstream.localpostgres;
    requires io.nexus.eventstream.privacy;
    requires java.sql;
    requires jdk.management;
    requires jmh.core;
    requires org.postgresql.jdbc;
    requires static org.checkerframework.checker.qual;
    requires static org.jspecify;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    uses io.nexus.eventstream.benchmarks.Peer;
}
