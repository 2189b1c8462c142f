package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.privacy.CustomerEvent.Noted;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** No byte of what a person told us ever reaches a disk or a log, before erasure or after. */
class NoClearTextTest {

    private static final String SECRET = "Xq7ZsecretOfAnnVw93Kp";
    private static final String CONTROL = "Jt4BcontrolTextMm27Dh";
    private static final StreamId ANN = Shop.customer("c-1");

    record Last(String name) {
        static NamedFold<Last> fold() {
            return Fold.of(new Last(""), CustomerEvent.class, (last, event) -> new Last(event.toString()))
                    .named("last", 1, Last.class);
        }
    }

    @Test
    void neitherDataFilesNorWalNorDumpsNorLogsHoldIt() throws SQLException, IOException, InterruptedException {
        Log log = new Log();
        Logger root = Logger.getLogger("");
        root.addHandler(log);
        try (Shop shop = new Shop()) {
            String firstSegment = Shop.query(shop.url, "SELECT pg_walfile_name(pg_current_wal_lsn())")
                    .get(0);
            work(shop);
            look(shop, firstSegment);
            shop.subjects.erase(Shop.ACME, "c-1", "asked");
            look(shop, firstSegment);
        } finally {
            root.removeHandler(log);
        }
        assertThat(new Markers(SECRET).in(log.bytes())).isEmpty();
    }

    private static void work(Shop shop) {
        EncryptingEventSerializer serializer = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(CustomerEvent.TYPES), shop.keys)
                .personalMetadata("customer", "note")
                .build();
        PostgresEventStore store =
                PostgresEventStore.builder(shop.pool(), serializer).build();
        NewEvent secret = NewEvent.of(new Renamed("c-1", SECRET))
                .withMetadata(EventMetadata.none().with("customer", "c-1").with("note", SECRET));
        Shop.append(store, Shop.ACME, ANN, secret, CustomerEvent.registered("c-1", SECRET), new Noted(CONTROL));
        Shop.append(store, Shop.ACME, ANN, secret);
        SnapshotManager snapshots =
                SnapshotManager.builder(store).snapshot("customer", Last.fold()).build();
        snapshots.create(Shop.ACME, ANN, Last.fold());
        Logger test = Logger.getLogger(NoClearTextTest.class.getName());
        store.walk(Shop.ACME, EventQuery.log()).forEach(event -> test.info(event + " " + event.metadata() + secret));
        try {
            Shop.append(store, Shop.ACME, ANN, CustomerEvent.registered(null, SECRET));
        } catch (RuntimeException e) {
            test.log(Level.INFO, "refused", e);
        }
    }

    private static void look(Shop shop, String firstSegment) throws SQLException, IOException, InterruptedException {
        Shop.query(shop.url, "CHECKPOINT");
        Shop.query(shop.url, "SELECT pg_switch_wal()::text");
        Markers secret = new Markers(SECRET);
        Markers control = new Markers(CONTROL);
        Map<String, byte[]> all = new TreeMap<>();
        all.putAll(files(shop.url, dataFiles(shop.url)));
        all.putAll(files(shop.keysUrl, dataFiles(shop.keysUrl)));
        all.putAll(files(
                shop.url,
                Shop.query(
                        shop.url,
                        "SELECT 'pg_wal/' || w.name FROM pg_ls_waldir() w WHERE w.name ~ '^[0-9A-F]{24}$' AND w.name >= ?",
                        firstSegment)));
        all.put("tables", tables(shop.url));
        all.put("tables of keys", tables(shop.keysUrl));
        dump(shop.url).ifPresent(dump -> all.put("pg_dump", dump));

        all.forEach((name, bytes) -> assertThat(secret.in(bytes)).as(name).isEmpty());
        List<String> withControl = all.entrySet().stream()
                .filter(entry -> !control.in(entry.getValue()).isEmpty())
                .map(entry -> entry.getKey().replaceFirst("/.*", ""))
                .distinct()
                .toList();
        assertThat(withControl).as("where clear text is found").contains("base", "pg_wal", "tables");
    }

    private static List<String> dataFiles(String url) {
        return Shop.query(url, """
                SELECT 'base/' || d.oid || '/' || f
                FROM pg_database d, LATERAL pg_ls_dir('base/' || d.oid) f
                WHERE d.datname = current_database() AND f ~ '^[0-9]'
                """);
    }

    private static Map<String, byte[]> files(String url, List<String> names) throws SQLException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement =
                        connection.prepareStatement("SELECT pg_read_binary_file(?, 0, 100000000, true)")) {
            for (String name : names) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    byte[] bytes = row.getBytes(1);
                    if (bytes != null) {
                        files.put(name, bytes);
                    }
                }
            }
        }
        return files;
    }

    /** Returns every row of every table, which is what a dump holds. */
    private static byte[] tables(String url) {
        List<String> rows = new ArrayList<>();
        for (String table : Shop.query(
                url,
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname LIKE 'eventstream%'")) {
            rows.addAll(Shop.query(url, "SELECT t::text FROM " + table + " t"));
        }
        return String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns what pg_dump makes of a database, where there is one that fits the server. */
    private static Optional<byte[]> dump(String url) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("pg_dump", url.replaceFirst("^jdbc:", ""))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        byte[] output = process.getInputStream().readAllBytes();
        return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    }

    private static final class Log extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().format(record));
        }

        byte[] bytes() {
            String text = String.join("", lines);
            assertThat(text).contains("refused", CONTROL);
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
