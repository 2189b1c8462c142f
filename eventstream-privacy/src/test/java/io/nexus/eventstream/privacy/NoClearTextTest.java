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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No byte of what a person told us ever reaches a disk or a log, before erasure or after. */
class NoClearTextTest {

    private static final String SECRET = "Xq7ZsecretOfAnnVw93Kp";

    /** What is no personal data, but encrypted where payloads are: another text than where they are not, since WAL files are used again. */
    private static final String WHOLE = "Ub8RwholePayload55QzLe";

    private static final String PLAIN = "Hd3YplainPayload91VrSo";

    /** What is never encrypted, so that a look that finds nothing is found out. */
    private static final String CONTROL = "Jt4BcontrolTextMm27Dh";

    private static final StreamId ANN = Shop.customer("c-1");

    @TempDir
    private Path folder;

    record Last(String name) {
        static NamedFold<Last> fold() {
            return Fold.of(new Last(""), CustomerEvent.class, (last, event) -> new Last(event.toString()))
                    .named("last", 1, Last.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neitherDataFilesNorWalNorDumpsNorLogsHoldIt(boolean whole, TestReporter reporter)
            throws SQLException, IOException, InterruptedException {
        Log log = new Log();
        Logger root = Logger.getLogger("");
        root.addHandler(log);
        try (Shop shop = new Shop()) {
            String firstSegment = Shop.query(shop.url, "SELECT pg_walfile_name(pg_current_wal_lsn())")
                    .get(0);
            work(shop, whole);
            List<Markers> secrets =
                    whole ? List.of(new Markers(SECRET), new Markers(WHOLE)) : List.of(new Markers(SECRET));
            look(shop, firstSegment, secrets, reporter);
            shop.subjects.erase(Shop.ACME, "c-1", "asked");
            look(shop, firstSegment, secrets, reporter);
        } finally {
            root.removeHandler(log);
        }
        assertThat(new Markers(SECRET).in(log.bytes())).isEmpty();
    }

    private static void work(Shop shop, boolean whole) {
        EncryptingEventSerializer serializer = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(CustomerEvent.TYPES), shop.keys)
                .personalMetadata("customer", "note")
                .encryptPayloads(whole)
                .build();
        PostgresEventStore store =
                PostgresEventStore.builder(shop.pool(), serializer).build();
        NewEvent secret = NewEvent.of(new Renamed("c-1", SECRET))
                .withMetadata(EventMetadata.none().with("customer", "c-1").with("note", SECRET));
        Shop.append(
                store,
                Shop.ACME,
                ANN,
                secret,
                CustomerEvent.registered("c-1", SECRET),
                NewEvent.of(new Noted(whole ? WHOLE : PLAIN))
                        .withMetadata(EventMetadata.none().with("remark", CONTROL)));
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

    private void look(Shop shop, String firstSegment, List<Markers> secrets, TestReporter reporter)
            throws SQLException, IOException, InterruptedException {
        Shop.query(shop.url, "CHECKPOINT");
        Shop.query(shop.url, "SELECT pg_switch_wal()::text");
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
        if (canDump(shop.url)) {
            all.put("pg_dump", dump(shop.url));
        } else {
            reporter.publishEntry("pg_dump", "is missing or older than the server: only the tables were looked at");
        }

        all.forEach((name, bytes) ->
                secrets.forEach(secret -> assertThat(secret.in(bytes)).as(name).isEmpty()));
        List<String> withControl = all.entrySet().stream()
                .filter(entry -> !control.in(entry.getValue()).isEmpty())
                .map(entry -> entry.getKey().replaceFirst("/.*", ""))
                .distinct()
                .toList();
        assertThat(withControl).as("where clear text is found").contains("base", "pg_wal", "tables");
        assertThat(withControl.contains("pg_dump")).isEqualTo(all.containsKey("pg_dump"));
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

    /** Whether there is a pg_dump that takes this server: the embedded binaries bring none, and none takes a newer server. */
    private static boolean canDump(String url) throws InterruptedException {
        int server = Integer.parseInt(Shop.query(url, "SHOW server_version_num").get(0)) / 10_000;
        try {
            Process process = new ProcessBuilder("pg_dump", "--version").start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isZero();
            return Integer.parseInt(version.replaceFirst("(?s)\\D*(\\d+).*", "$1")) >= server;
        } catch (IOException e) {
            return false;
        }
    }

    private byte[] dump(String url) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder("pg_dump", url.replaceFirst("^jdbc:", ""))
                .redirectError(errors.toFile())
                .start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return output;
    }

    private static final class Log extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().format(record));
        }

        byte[] bytes() {
            String text = String.join("", lines);
            assertThat(text).contains("refused").containsPattern(PLAIN + "|" + WHOLE);
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
