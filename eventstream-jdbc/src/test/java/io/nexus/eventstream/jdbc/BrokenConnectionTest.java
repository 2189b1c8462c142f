package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BrokenConnectionTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @Test
    void anAppendWhoseAnswerWasLostIsFoundByItsIds() throws IOException {
        try (FreshDatabase database = FreshDatabase.migrated();
                CutProxy proxy = new CutProxy(database.url());
                HikariDataSource pool = database.poolWith(config -> {
                    config.setJdbcUrl(proxy.url());
                    config.setMaximumPoolSize(1);
                })) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));

            proxy.cutNextAnswer();
            AppendResult result = store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(1), "b", "c"));

            assertThat(result.alreadyRecorded()).isTrue();
            assertThat(result.version(STREAM).value()).isEqualTo(3);
            assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(3);
        }
    }

    @Test
    void anAppendWhoseAnswerWasLostIsAnsweredWhenItIsRepeated() throws IOException {
        try (FreshDatabase database = FreshDatabase.migrated();
                CutProxy proxy = new CutProxy(database.url());
                HikariDataSource pool = database.poolWith(config -> {
                    config.setJdbcUrl(proxy.url());
                    config.setMaximumPoolSize(1);
                })) {
            PostgresEventStore store = PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                    .groupCommit(false)
                    .build();
            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));
            StreamAppend append = FreshDatabase.notes(STREAM, ExpectedVersion.exactly(1), "b", "c");

            proxy.cutNextAnswer();
            CommitOutcomeUnknownException unknown =
                    catchThrowableOfType(CommitOutcomeUnknownException.class, () -> store.append(ACME, append));

            assertThat(unknown.appends()).isEqualTo(List.of(append));
            assertThat(unknown.tenant()).isEqualTo(ACME);
            assertThat(unknown.getCause()).isNotNull();
            AppendResult repeated = store.appendAll(ACME, unknown.appends());
            assertThat(repeated.alreadyRecorded()).isTrue();
            assertThat(repeated.version(STREAM).value()).isEqualTo(3);
            assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(3);
        }
    }

    @Test
    void aLostConnectionInACallersTransactionIsNoDoubtAboutACommit() throws Exception {
        try (FreshDatabase database = FreshDatabase.migrated();
                CutProxy proxy = new CutProxy(database.url());
                HikariDataSource pool = database.poolWith(config -> {
                    config.setJdbcUrl(proxy.url());
                    // The answer that is swallowed must not be one to a second connection being opened.
                    config.setMaximumPoolSize(1);
                });
                var host = pool.getConnection()) {
            PostgresEventStore store = database.store();
            store.ensureTenant(ACME);
            host.setAutoCommit(false);
            FreshDatabase.query(host, "SELECT 1");

            proxy.cutNextAnswer();
            assertThatThrownBy(() ->
                            store.joining(host).append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")))
                    .isInstanceOf(StorageException.class);
            assertThat(store.head(ACME)).isEmpty();
        }
    }

    @Test
    void aServerThatCannotBeReachedHasWrittenNothing() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            PostgresEventStore store = database.store();
            database.pool().close();

            assertThatThrownBy(() -> store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("no connection to the database");
        }
    }

    @Test
    void aTerminatedSessionLeavesNoDoubtUnanswered() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            PostgresEventStore store = database.store();
            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            database.execute(
                    """
                    CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM pg_terminate_backend(pg_backend_pid());
                        PERFORM pg_sleep(5);
                        RETURN NEW;
                    END $$
                    """,
                    "CREATE TRIGGER die BEFORE INSERT ON eventstream.events FOR EACH ROW EXECUTE FUNCTION public.die()");
            StreamAppend append = FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b");

            assertThatThrownBy(() -> store.append(ACME, append)).isInstanceOf(CommitOutcomeUnknownException.class);
            database.execute("DROP TRIGGER die ON eventstream.events");

            assertThat(store.append(ACME, append).alreadyRecorded()).isFalse();
            assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(2);
        }
    }

    @Test
    void aTableThatGrowsAColumnDoesNotBreakPreparedStatements() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool = database.poolWith(config -> config.setMaximumPoolSize(1))) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            for (int i = 0; i < 8; i++) {
                store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(i), "a"));
                assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(i + 1);
            }

            database.execute("ALTER TABLE eventstream.events ADD COLUMN of_a_later_version text");

            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(8), "a"));
            assertThat(Objects.requireNonNull(store.read(ACME, EventQuery.log()).events()))
                    .hasSize(9);
        }
    }
}
