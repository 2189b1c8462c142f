/**
 * Two small modules built on EventStream as a stranger would build them, a general ledger and a warehouse, and the
 * quickstart that imports data into both and shows what can be asked of them. Made to be copied.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.examples {
    requires com.zaxxer.hikari;
    requires de.siegmar.fastcsv;
    requires transitive io.nexus.eventstream;
    requires transitive io.nexus.eventstream.core;
    requires io.nexus.eventstream.jdbc;
    requires io.nexus.eventstream.localpostgres;
    requires transitive java.sql;
    requires static transitive org.jspecify;

    exports io.nexus.eventstream.examples.finance;
    exports io.nexus.eventstream.examples.inventory;

    // The JSON serializer reads and writes the event records.
    opens io.nexus.eventstream.examples.finance to
            tools.jackson.databind;
    opens io.nexus.eventstream.examples.inventory to
            tools.jackson.databind;
}
