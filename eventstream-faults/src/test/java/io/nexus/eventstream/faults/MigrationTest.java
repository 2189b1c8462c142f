package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** A migration while somebody has a report open for hours. */
@ExtendWith(FaultReport.class)
class MigrationTest {

    /** The lock_timeout of every migration and some room for a busy machine. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    @Test
    void everyMigrationSaysHowLongItWaits() {
        String script = SchemaMigrator.of(new PGSimpleDataSource()).sql();

        long migrations = Pattern.compile("'V[0-9]{3}__[a-z_]+[.]sql'")
                .matcher(script)
                .results()
                .count();
        assertThat(migrations).isPositive();
        assertThat(Pattern.compile("^SET LOCAL lock_timeout = '10s';$", Pattern.MULTILINE)
                        .matcher(script)
                        .results())
                .hasSize((int) migrations);
    }

    @Test
    @DisplayName("a migration that needs the log, behind a long transaction")
    void aMigrationGivesUpInBoundedTimeAndLeavesNoQueueBehind(Figures figures) throws SQLException {
        Book book = new Book();
        try (Server server = Server.create().start();
                HikariDataSource pool = Pools.pool(server.url(), 16)) {
            Pools.install(server, "acme", "bolt");
            try (Load load = Load.on(Pools.store(pool).build(), book).start();
                    Connection report = server.connect();
                    Follower follower = Follower.of(server.url(), "acme")) {
                load.awaitProgress(300);
                forget(server);
                report.setAutoCommit(false);
                try (Statement statement = report.createStatement()) {
                    statement.execute("SELECT count(*) FROM eventstream.events, eventstream.tenants");
                }
                SchemaMigrator migrator = SchemaMigrator.of(pool);
                long begin = System.nanoTime();
                StorageException refused = catchThrowableOfType(StorageException.class, migrator::migrate);
                figures.faults(1);
                Duration gaveUp = Duration.ofNanos(System.nanoTime() - begin);
                assertThat(gaveUp).isLessThan(BOUND);
                assertThat(refused).hasMessageContaining("cannot be migrated").hasMessageContaining("lock timeout");
                // The report is still open, and everybody else goes on.
                load.awaitProgress(300);
                figures.note(
                        "given up after %d s, in which appends stood still for %d s",
                        gaveUp.toSeconds(),
                        Duration.ofNanos(load.longestPause.get()).toSeconds());
                assertThat(server.query("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"))
                        .containsExactly("0");
                report.commit();
                assertThat(migrator.migrate()).isEqualTo(1);
                migrator.validate();
                load.awaitProgress(300);
                load.settle();
                figures.load(load);
                figures.checked(follower.caughtUp(server));
            }
            figures.checked(Oracle.check(server.url(), book));
        }
    }

    /** Makes the last migration, which stands in this module's resources, one that is still to come. */
    private static void forget(Server server) {
        server.execute(
                "ALTER TABLE eventstream.events DROP COLUMN of_a_later_version",
                "DELETE FROM eventstream.schema_history WHERE version = '900'");
    }
}
