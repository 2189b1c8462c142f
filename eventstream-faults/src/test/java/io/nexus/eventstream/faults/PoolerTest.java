package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.SnapshotPolicy;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Forty connections of clients on four of the server, each for one transaction; and the pooler dies at times. */
@ExtendWith(FaultReport.class)
class PoolerTest {

    /** How many events a stream has. */
    record Count(long events) {}

    private static final NamedFold<Count> COUNT = Fold.of(
                    new Count(0), Load.Posted.class, (Count count, Load.Posted event) -> new Count(count.events() + 1))
            .named("count", 1, Count.class);

    private static final int CLIENTS = 40;
    private static final int SERVERS = 4;

    @TempDir
    Path folder;

    @Test
    @DisplayName("pgbouncer, transaction mode, prepareThreshold=0")
    void storeAndEngineWorkThroughATransactionPooler(Figures figures) throws IOException {
        pooled(figures, "&prepareThreshold=0", "");
    }

    /** A tenant that stays with a connection is seen by whoever gets it next, and refused to whoever calls for another. */
    @Test
    @DisplayName("pgbouncer, transaction mode, row-level security")
    void tenantsThatTakeTurnsOnFewConnectionsSeeTheirOwn(Figures figures) throws IOException {
        Path pgbouncer = Programs.pgbouncer();
        Book book = new Book();
        int port = Server.freePort();
        try (Server server = Server.create().start()) {
            Pools.installWithWalls(server, "acme", "bolt");
            server.execute("CREATE TABLE public.host_rows (event_id uuid)", "GRANT INSERT ON public.host_rows TO app");
            Process pooler = start(pgbouncer, configuration(server, port, ""), port);
            String url = "jdbc:postgresql://127.0.0.1:%d/postgres?user=app&prepareThreshold=0".formatted(port);
            try (HikariDataSource pool = Pools.pool(url, CLIENTS)) {
                PostgresEventStore store = Pools.store(pool).build();
                try (ProjectionEngine engine = Journal.engine(store, "engine");
                        Load load = Load.on(store, book)
                                .writers(CLIENTS - 12)
                                .hosts(pool)
                                .start()) {
                    engine.start();
                    load.awaitProgress(200);
                    try (Forgetful hosts = Forgetful.on(pool, "acme", "bolt", "acme", "bolt")) {
                        load.awaitProgress(1_000);
                        pooler.destroyForcibly();
                        pooler = start(pgbouncer, configuration(server, port, ""), port);
                        figures.faults(1);
                        load.awaitProgress(1_000);
                        figures.checked(hosts.sawTheirOwn());
                    }
                    load.settle();
                    figures.load(load);
                    Journal.awaitEnd(server);
                }
            } finally {
                pooler.destroyForcibly();
            }
            figures.checked(Oracle.check(server.url(), book));
            figures.checked(Load.checkHostRows(server, book));
            figures.checked(Journal.assertEqualsLog(server, "v1_a"));
            figures.note("two tenants, %d clients on %d connections", CLIENTS, SERVERS);
        }
    }

    @Test
    @DisplayName("pgbouncer, transaction mode, prepared statements of the pooler")
    void preparedStatementsArePooledFrom121On(Figures figures) throws Exception {
        Process version = new ProcessBuilder(Programs.pgbouncer().toString(), "--version").start();
        String text = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher number = Pattern.compile("PgBouncer 1\\.(\\d+)").matcher(text);
        if (!number.find() || Integer.parseInt(number.group(1)) < 21) {
            throw Prerequisite.missing("pgbouncer 1.21 or later, this one is "
                    + text.lines().findFirst().orElse("without a version"));
        }
        pooled(figures, "", "max_prepared_statements = 200");
    }

    private void pooled(Figures figures, String driverOptions, String poolerOptions) throws IOException {
        Path pgbouncer = Programs.pgbouncer();
        Book book = new Book();
        int port = Server.freePort();
        try (Server server = Server.create().start()) {
            Pools.install(server, "acme", "bolt");
            server.execute("CREATE TABLE public.host_rows (event_id uuid)");
            Path ini = configuration(server, port, poolerOptions);
            Process pooler = start(pgbouncer, ini, port);
            String url = "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres%s".formatted(port, driverOptions);
            try (HikariDataSource pool = Pools.pool(url, CLIENTS)) {
                PostgresEventStore store = Pools.store(pool).build();
                SnapshotManager snapshots = SnapshotManager.builder(store)
                        .snapshot("account", COUNT, SnapshotPolicy.everyEvents(10))
                        .build();
                try (ProjectionEngine engine = Journal.engine(store, "engine");
                        Load load = Load.on(store, book)
                                .writers(CLIENTS - 8)
                                .hosts(pool)
                                .start()) {
                    engine.start();
                    for (int round = 0; round < 3; round++) {
                        load.awaitProgress(1_000);
                        assertThat(server.query(
                                        "SELECT count(*) <= %d FROM pg_stat_activity WHERE application_name <> '' AND backend_type = 'client backend'"
                                                .formatted(SERVERS + 1)))
                                .containsExactly("t");
                        pooler.destroyForcibly();
                        pooler = start(pgbouncer, ini, port);
                        figures.faults(1);
                    }
                    load.awaitProgress(1_000);
                    load.settle();
                    figures.load(load);
                    figures.checked(snapshots(server, snapshots));
                    Journal.awaitEnd(server);
                }
            } finally {
                pooler.destroyForcibly();
            }
            figures.checked(Oracle.check(server.url(), book));
            figures.checked(Load.checkHostRows(server, book));
            figures.checked(Journal.assertEqualsLog(server, "v1_a"));
            figures.note("%d clients on %d connections", CLIENTS, SERVERS);
        }
    }

    /** Keeps snapshots through the pooler, and compares states that begin with them with what SQL counts. */
    private static long snapshots(Server server, SnapshotManager snapshots) {
        TenantId acme = TenantId.of("acme");
        for (int i = 0; i < 8; i++) {
            StreamId stream = StreamId.of("account", Integer.toString(i));
            List<String> expected =
                    server.query("SELECT count(*) FROM eventstream.events WHERE tenant_id = 'acme' AND stream_id = '%d'"
                            .formatted(i));
            snapshots.create(acme, stream, COUNT);
            assertThat(snapshots.verify(acme, stream, COUNT)).isEmpty();
            assertThat(snapshots.load(acme, stream, COUNT, AsOf.now()).state())
                    .isEqualTo(new Count(Long.parseLong(expected.get(0))));
        }
        return 8;
    }

    private Path configuration(Server server, int port, String options) throws IOException {
        Path users = Files.writeString(folder.resolve("users.txt"), "\"postgres\" \"\"\n\"app\" \"\"\n");
        return Files.writeString(
                folder.resolve("pgbouncer.ini"), """
                [databases]
                postgres = host=127.0.0.1 port=%d dbname=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                %s
                """.formatted(server.port(), port, users, SERVERS, options));
    }

    private Process start(Path pgbouncer, Path ini, int port) {
        Process pooler = Programs.start(folder.resolve("log"), List.of(pgbouncer.toString(), ini.toString()));
        await().until(() -> {
            try (var connection = DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres&prepareThreshold=0".formatted(port))) {
                return connection.isValid(10);
            } catch (SQLException e) {
                return false;
            }
        });
        return pooler;
    }
}
