package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Read models that are saved in the transaction of the append. */
class InlineProjectorTest {

    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final NoteCounts COUNTS = new NoteCounts("counts", 1);

    private static FreshDatabase database;
    private static PostgresEventStore store;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
        store = storeOn(database.pool()).build();
        append("first of all", "creates the table");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void theReadModelIsUpToDateWhenTheAppendReturns() {
        TenantId tenant = TenantId.of("up to date");

        append(tenant.value(), "a", "b");
        AppendResult last = append(tenant.value(), "c");

        assertThat(count(tenant)).containsExactly("3");
        StoredProjection live = store.projections().find(tenant, "counts").get(0);
        assertThat(live.inline()).isTrue();
        assertThat(live.handled()).isEqualTo(3);
        assertThat(live.checkpoint().position()).isEqualTo(last.position());
        assertThat(live.checkpoint().hash())
                .isEqualTo(store.head(tenant).orElseThrow().hash());
        assertThat(store.inlineProjectors()).containsExactly(COUNTS);
    }

    @Test
    void aProjectorThatFailsFailsThatAppendOnlyAndLeavesNothing() {
        TenantId tenant = TenantId.of("fails");
        append(tenant.value(), "a");

        assertThatThrownBy(() -> append(tenant.value(), "b", "fail"))
                .isInstanceOf(ProjectionException.class)
                .hasRootCauseMessage("a note that cannot be counted");

        assertThat(store.head(tenant).orElseThrow().position()).isEqualTo(Position.of(1));
        assertThat(count(tenant)).containsExactly("1");
        append(tenant.value(), "c");
        assertThat(count(tenant)).containsExactly("2");
    }

    @Test
    void aFirstAppendThatFailsLeavesNoProjection() {
        TenantId tenant = TenantId.of("fails at once");

        assertThatThrownBy(() -> append(tenant.value(), "fail")).isInstanceOf(ProjectionException.class);

        assertThat(store.head(tenant)).isEmpty();
        assertThat(store.projections().find(tenant, "counts")).isEmpty();
    }

    @Test
    void aConflictIsAConflict() {
        TenantId tenant = TenantId.of("conflict");
        append(tenant.value(), "a");

        assertThatThrownBy(() -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "b")))
                .isInstanceOf(ConcurrencyException.class);
        assertThat(count(tenant)).containsExactly("1");
    }

    @Test
    void anAppendThatIsRepeatedIsCountedOnce() {
        TenantId tenant = TenantId.of("repeated");
        StreamAppend append = FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a");
        store.append(tenant, append);

        assertThat(store.append(tenant, append).alreadyRecorded()).isTrue();
        assertThat(count(tenant)).containsExactly("1");
    }

    @Test
    void anUnknownTenantIsRefusedWhereNoneAreCreated() {
        TenantId tenant = TenantId.of("unknown");
        PostgresEventStore strict =
                storeOn(database.pool()).autoCreateTenants(false).build();

        assertThatThrownBy(() -> strict.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")))
                .isInstanceOf(TenantNotFoundException.class);
    }

    @Test
    void twoProjectorsOfOneNameAreRefused() {
        assertThatThrownBy(() -> storeOn(database.pool()).inline(COUNTS, COUNTS).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHostTransactionThatIsRolledBackLeavesNothing() throws SQLException {
        TenantId tenant = TenantId.of("rolled back");
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(LentConnection.of(host))
                    .append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            assertThat(FreshDatabase.query(
                            host, "SELECT notes FROM public.note_counts_v1_a WHERE tenant_id = 'rolled back'"))
                    .containsExactly("1");
            host.rollback();
        }

        assertThat(store.head(tenant)).isEmpty();
        assertThat(count(tenant)).isEmpty();
        assertThat(store.projections().find(tenant, "counts")).isEmpty();
    }

    @Test
    void aHostTransactionCommitsEventsAndReadModelTogether() throws SQLException {
        TenantId tenant = TenantId.of("hosted");
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(LentConnection.of(host))
                    .append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            store.joining(LentConnection.of(host))
                    .append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b"));
            assertThat(count(tenant)).isEmpty();
            host.commit();
        }

        assertThat(count(tenant)).containsExactly("2");
        assertThat(store.projections()
                        .find(tenant, "counts")
                        .get(0)
                        .checkpoint()
                        .position())
                .isEqualTo(Position.of(2));
    }

    @Test
    void hostTransactionsThatWriteTheSameRowDoNotDeadlock() throws Exception {
        TenantId tenant = TenantId.of("contended");
        store.ensureTenant(tenant);
        int writers = 4;
        int rounds = 25;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        CyclicBarrier start = new CyclicBarrier(writers);
        List<Future<Boolean>> running = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            boolean hosted = writer % 2 == 0;
            running.add(threads.submit(() -> {
                start.await();
                for (int i = 0; i < rounds; i++) {
                    StreamAppend append = FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a");
                    if (hosted) {
                        appendInHost(tenant, append);
                    } else {
                        store.append(tenant, append);
                    }
                }
                return true;
            }));
        }
        for (Future<Boolean> each : running) {
            assertThat(each.get(2, TimeUnit.MINUTES)).isTrue();
        }
        threads.shutdown();

        assertThat(count(tenant)).containsExactly(Integer.toString(writers * rounds));
    }

    @Test
    void aConnectionThatBreaksWithinAProjectorHasWrittenNothing() {
        TenantId tenant = TenantId.of("killed");
        append(tenant.value(), "a");

        assertThatThrownBy(() -> append(tenant.value(), "kill")).isInstanceOf(StorageException.class);

        assertThat(store.head(tenant).orElseThrow().position()).isEqualTo(Position.of(1));
        assertThat(count(tenant)).containsExactly("1");
    }

    @Test
    void aConnectionThatBreaksAtTheCommitLeavesADoubtThatARepetitionAnswers() {
        TenantId tenant = TenantId.of("in doubt");
        append(tenant.value(), "a");
        database.execute("""
                CREATE FUNCTION public.die_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                    PERFORM pg_sleep(5);
                    RETURN NEW;
                END $$
                """, """
                CREATE CONSTRAINT TRIGGER die_at_commit AFTER INSERT ON eventstream.events
                DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.tenant_id = 'in doubt') EXECUTE FUNCTION public.die_at_commit()
                """);
        StreamAppend append = FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b");

        assertThatThrownBy(() -> store.append(tenant, append))
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .satisfies(e -> assertThat(((CommitOutcomeUnknownException) e).appends())
                        .containsExactly(append));
        database.execute("DROP TRIGGER die_at_commit ON eventstream.events");

        assertThat(store.append(tenant, append).alreadyRecorded()).isFalse();
        assertThat(count(tenant)).containsExactly("2");
    }

    @Test
    void anOwnAppendWaitsForTheDiskWhateverTheSessionSays() {
        TenantId tenant = TenantId.of("durable");
        append(tenant.value(), "a");
        database.execute("CREATE TABLE public.seen_settings (setting text)", """
                CREATE FUNCTION public.see_setting() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO public.seen_settings VALUES (current_setting('synchronous_commit'));
                    RETURN NEW;
                END $$
                """, """
                CREATE TRIGGER see_setting BEFORE UPDATE ON eventstream.projections
                FOR EACH ROW WHEN (NEW.tenant_id = 'durable') EXECUTE FUNCTION public.see_setting()
                """);
        try (HikariDataSource pool =
                database.poolWith(config -> config.setConnectionInitSql("SET synchronous_commit = off"))) {
            storeOn(pool).build().append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b"));
            storeOn(pool)
                    .synchronousCommit(false)
                    .build()
                    .append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "c"));
        }

        assertThat(database.query("SELECT setting FROM public.seen_settings")).containsExactly("on", "off");
    }

    @Test
    void listenersHearOfCommittedAppendsOnly() throws SQLException {
        TenantId tenant = TenantId.of("heard");
        store.ensureTenant(tenant);
        PostgresEventStore plain = database.store();
        List<TenantId> heard = new ArrayList<>();
        Subscription inline = store.onAppend(heard::add);
        Subscription own = plain.onAppend(heard::add);

        append(tenant.value(), "a");
        assertThat(heard).containsExactly(tenant);
        plain.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b"));
        assertThat(heard).hasSize(2);
        assertThatThrownBy(() -> append(tenant.value(), "fail")).isInstanceOf(ProjectionException.class);
        appendInHost(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "c"));
        inline.close();
        own.close();
        append(tenant.value(), "d");
        plain.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "e"));

        assertThat(heard).hasSize(2);
    }

    @Test
    void aRoleWithTheRightsOfTheGuideRunsProjectorsInline() {
        TenantId tenant = TenantId.of("poor");
        try (HikariDataSource pool = database.poolOfPoorRole()) {
            String role = FreshDatabase.userOf(pool);
            database.execute(
                    "GRANT USAGE ON SCHEMA eventstream TO " + role,
                    "GRANT SELECT ON ALL TABLES IN SCHEMA eventstream TO " + role,
                    "GRANT INSERT, UPDATE, DELETE ON eventstream.projections, eventstream.parked_events TO " + role,
                    "GRANT EXECUTE ON FUNCTION eventstream.append_v1, eventstream.append_one_v1, eventstream.create_tenant_v1, eventstream.position_at_v1,"
                            + " eventstream.version_at_v1, eventstream.lock_lanes_v1, eventstream.lane_holders_v1,"
                            + " eventstream.clock, eventstream.projection_blockers_v1 TO " + role,
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON public.note_counts_v1_a TO " + role,
                    "GRANT CREATE ON SCHEMA public TO " + role);
            PostgresEventStore poor = storeOn(pool).build();

            poor.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));

            assertThat(count(tenant)).containsExactly("1");
            StoredProjection live = poor.projections().find(tenant, "counts").get(0);
            assertThat(poor.projections().blockers(live.key())).isEmpty();
        }
    }

    private static void appendInHost(TenantId tenant, StreamAppend append) throws SQLException {
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(LentConnection.of(host)).append(tenant, append);
            host.commit();
        }
    }

    private static AppendResult append(String tenant, String... texts) {
        return store.append(TenantId.of(tenant), FreshDatabase.notes(STREAM, ExpectedVersion.any(), texts));
    }

    private static List<String> count(TenantId tenant) {
        return database.query("SELECT notes FROM public.note_counts_v1_a WHERE tenant_id = '" + tenant + "'");
    }

    private static PostgresEventStore.Builder storeOn(DataSource dataSource) {
        return PostgresEventStore.builder(dataSource, JsonEventSerializer.of(FreshDatabase.TYPES))
                .inline(COUNTS);
    }
}
