package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A dump that is taken while everybody writes, in a cluster that never saw the first one. */
@ExtendWith(FaultReport.class)
class DumpTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("pg_dump under load, restored into a new cluster")
    void aRestoredLogIsABeginningOfTheFirstAndGoesOn(Figures figures) {
        Path bin = Programs.installed();
        Book book = new Book();
        Book after = new Book();
        try (Server first = Server.create(bin).start();
                Server second = Server.create(bin).start()) {
            Pools.install(first, "acme", "bolt");
            Path dump = folder.resolve("dump.sql");
            long least;
            try (HikariDataSource pool = Pools.pool(first.url(), 16)) {
                PostgresEventStore store = Pools.store(pool).build();
                try (ProjectionEngine engine = Journal.engine(store, "first");
                        Load load = Load.on(store, book).start()) {
                    engine.start();
                    load.awaitProgress(1_000);
                    least = load.events.get();
                    dump(first, dump);
                    load.awaitProgress(200);
                    load.settle();
                    figures.load(load);
                }
            }
            figures.faults(1);
            restore(second, dump);
            Map<String, Long> heads = Oracle.heads(second.url());
            assertThat(heads.values().stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(least);
            figures.checked(Oracle.check(second.url(), new Book(), book.upTo(heads)));
            try (HikariDataSource pool = Pools.pool(second.url(), 16)) {
                SchemaMigrator.of(pool).validate();
                PostgresEventStore store = Pools.store(pool).build();
                try (ProjectionEngine engine = Journal.engine(store, "second");
                        Load load = Load.on(store, after).start()) {
                    engine.start();
                    load.awaitProgress(1_000);
                    load.settle();
                    figures.load(load);
                    Journal.awaitEnd(second);
                }
            }
            figures.checked(Oracle.check(second.url(), after, book.upTo(heads)));
            figures.checked(Journal.assertEqualsLog(second, "v1_a"));
            figures.note(
                    "from PostgreSQL %s", first.query("SHOW server_version").get(0));
        }
    }

    @Test
    @DisplayName("an older dump under newer checkpoints")
    void checkpointsThatAreNewerThanTheLogStopTheProjection(Figures figures) {
        Path bin = Programs.installed();
        Book book = new Book();
        try (Server first = Server.create(bin).start();
                Server second = Server.create(bin).start()) {
            Pools.install(first, "acme");
            Path older = folder.resolve("older.sql");
            Path checkpoints = folder.resolve("checkpoints.sql");
            try (HikariDataSource pool = Pools.pool(first.url(), 16)) {
                PostgresEventStore store = Pools.store(pool).build();
                try (ProjectionEngine engine = Journal.engine(store, "first");
                        Load load = Load.on(store, book).tenants("acme").start()) {
                    engine.start();
                    load.awaitProgress(300);
                    dump(first, older);
                    load.awaitProgress(300);
                    load.settle();
                    figures.load(load);
                    Journal.awaitEnd(first);
                }
            }
            dump(first, checkpoints, "--data-only", "--table=eventstream.projections");
            restore(second, older);
            second.execute("TRUNCATE eventstream.projections");
            restore(second, checkpoints);
            second.execute("UPDATE eventstream.projections SET lease_until = NULL, lease_owner = NULL");
            figures.faults(1);
            try (HikariDataSource pool = Pools.pool(second.url(), 16);
                    ProjectionEngine engine = Journal.engine(Pools.store(pool).build(), "second")) {
                engine.start();
                await().until(() -> second.query("SELECT state FROM eventstream.projections")
                        .equals(List.of("failed")));
                assertThat(second.query("SELECT error FROM eventstream.projections"))
                        .singleElement()
                        .asString()
                        .contains("LogRewoundException");
                engine.rebuild(TenantId.of("acme"), Journal.NAME);
                await().until(() -> second.query("SELECT slot FROM eventstream.projections WHERE role = 'live'")
                        .equals(List.of("v1_b")));
            }
            figures.checked(Journal.assertEqualsLog(second, "v1_b"));
        }
    }

    @Test
    @DisplayName("pg_dump with roles, restored where there are none")
    void aRestoreWithoutTheRolesIsToldWhatIsMissing(Figures figures) {
        Path bin = Programs.installed();
        Book book = new Book();
        SchemaRoles roles = SchemaRoles.defaults();
        try (Server first = Server.create(bin).start();
                Server second = Server.create(bin).start()) {
            Pools.installWithWalls(first, "acme", "bolt");
            Path dump = folder.resolve("walled.sql");
            try (HikariDataSource pool = Pools.pool(first.url(), 16);
                    Load load = Load.on(Pools.store(pool).build(), book).start()) {
                load.awaitProgress(100);
                load.settle();
                figures.load(load);
            }
            dump(first, dump);
            figures.faults(1);
            // Whoever restores without the roles gets an error for each owner and grant, and all the rest.
            restore(second, dump, "--set=ON_ERROR_STOP=0");
            figures.checked(Oracle.check(second.url(), book));
            try (HikariDataSource pool = Pools.pool(second.url(), 3)) {
                SchemaMigrator.of(pool).validate();
                SchemaMigrator migrator = SchemaMigrator.of(pool).roles(roles).rowSecurity(true);

                assertThatThrownBy(migrator::validate)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("role %s does not exist in this cluster".formatted(roles.owner()))
                        .hasMessageContaining("role %s does not exist in this cluster".formatted(roles.auditor()))
                        .hasMessageContaining("owned by postgres and not by " + roles.owner())
                        .hasMessageContaining("%s lacks SELECT on TABLE events".formatted(roles.reader()))
                        .hasMessageContaining("%s lacks EXECUTE on FUNCTION append_v1".formatted(roles.writer()));
                second.execute(migrator.rolesSql(), migrator.grantsSql());
                migrator.validate();
            }
        }
    }

    private void dump(Server server, Path file, String... options) {
        List<String> command = new ArrayList<>(List.of(
                server.bin().resolve("pg_dump").toString(),
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=postgres",
                "--file=" + file));
        command.addAll(List.of(options));
        command.add("postgres");
        Programs.runAsMyself(folder.resolve("log"), command.toArray(String[]::new));
    }

    private void restore(Server server, Path file, String... options) {
        List<String> command = new ArrayList<>(List.of(
                server.bin().resolve("psql").toString(),
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=postgres",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--file=" + file));
        command.addAll(List.of(options));
        command.add("postgres");
        Programs.runAsMyself(folder.resolve("log"), command.toArray(String[]::new));
    }
}
