package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An acknowledged append is on disk, even where the session would not wait for it. What a commit does is read by a
 * constraint trigger that runs at the end of the transaction.
 */
class DurabilityTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    private FreshDatabase database;
    private HikariDataSource careless;

    @BeforeEach
    void watchCommits() {
        database = FreshDatabase.migrated();
        database.execute("CREATE TABLE public.commits (mode text)", """
                CREATE FUNCTION public.watch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO public.commits VALUES (current_setting('synchronous_commit'));
                    RETURN NULL;
                END $$
                """, """
                CREATE CONSTRAINT TRIGGER watch AFTER INSERT ON eventstream.events
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.watch()
                """);
        careless = database.poolWith(config -> config.setConnectionInitSql("SET synchronous_commit = off"));
    }

    @AfterEach
    void close() {
        careless.close();
        database.close();
    }

    @Test
    void anOwnAppendWaitsForTheDisk() {
        PostgresEventStore.create(careless, FreshDatabase.TYPES)
                .append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));

        assertThat(database.query("SELECT mode FROM public.commits")).containsExactly("on");
    }

    @Test
    void aStoreThatIsToldNotToWaitDoesNot() {
        PostgresEventStore.builder(careless, JsonEventSerializer.of(FreshDatabase.TYPES))
                .synchronousCommit(false)
                .build()
                .append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));

        assertThat(database.query("SELECT mode FROM public.commits")).containsExactly("off");
    }

    @Test
    void aStrongerSettingOfTheSessionIsKept() {
        try (HikariDataSource careful =
                database.poolWith(config -> config.setConnectionInitSql("SET synchronous_commit = remote_apply"))) {
            PostgresEventStore.create(careful, FreshDatabase.TYPES)
                    .append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
        }

        assertThat(database.query("SELECT mode FROM public.commits")).containsExactly("remote_apply");
    }

    @Test
    void aCallersTransactionKeepsTheCallersSetting() throws SQLException {
        PostgresEventStore store = PostgresEventStore.create(careless, FreshDatabase.TYPES);
        store.ensureTenant(ACME);
        try (Connection host = careless.getConnection()) {
            host.setAutoCommit(false);
            store.joining(host).append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            host.commit();
        }

        assertThat(database.query("SELECT mode FROM public.commits")).containsExactly("off");
    }
}
