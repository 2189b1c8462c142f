package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The bytes that an event takes on disk, table and indexes, in a log of postings to 1,000 accounts; beside the raw table with the
 * same rows, written in the same order.
 *
 * @param payload the bytes of the JSON
 * @param ours all of the library's
 * @param oursIndexes the indexes among them
 * @param raw all of the raw table's
 * @param ratio ours divided by raw
 */
record DiskSpace(int events, double payload, double ours, double oursIndexes, double raw, double ratio) {

    private static final int ACCOUNTS = 1_000;

    static DiskSpace measure(int events) throws SQLException {
        try (BenchmarkDatabase database = new BenchmarkDatabase(2)) {
            PostingLog.fill(database.hastyStore(), events);
            fillRaw(database, events);
            database.execute("VACUUM (ANALYZE) eventstream.events", "VACUUM (ANALYZE) raw.events");
            double ours = perEvent(database, "pg_total_relation_size('eventstream.events')", events);
            double raw = perEvent(database, "pg_total_relation_size('raw.events')", events);
            return new DiskSpace(
                    events,
                    Figures.rounded(Double.parseDouble(
                            database.value("SELECT avg(octet_length(e.payload::text)) FROM eventstream.events e"))),
                    ours,
                    perEvent(database, "pg_indexes_size('eventstream.events')", events),
                    raw,
                    Figures.rounded(ours / raw));
        }
    }

    private static void fillRaw(BenchmarkDatabase database, int events) throws SQLException {
        RawLog raw = new RawLog();
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            for (int number = 0; number < events; number++) {
                String account = PostingLog.account(number);
                raw.insert(
                        connection,
                        PostingLog.TENANT.value(),
                        account,
                        number / ACCOUNTS + 1,
                        AccountDebited.number(number));
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static double perEvent(BenchmarkDatabase database, String size, int events) {
        return Figures.rounded(Double.parseDouble(database.value("SELECT " + size)) / events);
    }
}
