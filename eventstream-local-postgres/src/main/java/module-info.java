/** A throw-away PostgreSQL server for the tests, the quickstart and the benchmarks of EventStream. */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.localpostgres {
    requires embedded.postgres;
    requires java.sql;
    requires static org.jspecify;
    requires testcontainers;

    exports io.nexus.eventstream.localpostgres;
}
