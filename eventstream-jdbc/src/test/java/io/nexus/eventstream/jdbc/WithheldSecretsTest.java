package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.SnapshotPolicy;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.snapshot.SnapshotListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is planted in payloads, metadata and a host's statements is searched in the log, in messages and in the audit. */
class WithheldSecretsTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final String SECRET = "s3cr3t";

    private static final NamedFold<Noted> FAILING = Fold.<Noted, Noted>of(new Noted(""), Noted.class, (all, event) -> {
                throw new IllegalStateException("cannot add " + event.text());
            })
            .named("failing", 1, Noted.class);

    private final Lines lines = new Lines();
    private final Logger logger = Logger.getLogger("io.nexus.eventstream");
    private FreshDatabase database;

    @BeforeEach
    void open() {
        database = FreshDatabase.migrated();
        database.store().ensureTenant(ACME);
        logger.addHandler(lines);
    }

    @AfterEach
    void close() {
        logger.removeHandler(lines);
        database.close();
    }

    /** PostgreSQL quotes the row that a constraint refuses, and the value that a cast cannot use. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHECK (payload ->> 'text' NOT LIKE '%bad') | 23514",
                "CHECK ((payload ->> 'text')::int > 0) | 22P02"
            })
    void aRowThatTheDatabaseRefusesIsQuotedNowhere(String line) throws SQLException {
        String[] parts = line.split(" \\| ", -1);
        database.execute("ALTER TABLE eventstream.events ADD CONSTRAINT host " + parts[0]);
        PostgresEventStore store = database.store();
        assertThat(store.groupsCommits()).isTrue();

        List<CompletableFuture<Void>> appends = new ArrayList<>();
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            for (int i = 0; i < 4; i++) {
                StreamId stream = StreamId.of("note", "s" + i);
                appends.add(CompletableFuture.runAsync(
                        () -> store.append(ACME, FreshDatabase.notes(stream, ExpectedVersion.any(), SECRET + " bad")),
                        task -> new Thread(task).start()));
            }
            await().until(() -> waiting() == 1 && store.appendsInLine() < 4);
            host.rollback();
        }

        for (CompletableFuture<Void> each : appends) {
            assertThat(catchThrowable(each::join))
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("SQLSTATE " + parts[1])
                    .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain(SECRET))
                    .satisfies(refused ->
                            assertThat(trace(refused)).as("the cause").contains(SECRET));
        }
        assertThat(lines.texts)
                .anyMatch(text -> text.contains("is sent again one by one (SQLSTATE %s)".formatted(parts[1])))
                .noneMatch(text -> text.contains(SECRET));
    }

    @Test
    void theStatementOfWhoeverHoldsALaneIsNotLogged() throws SQLException {
        FreshDatabase.fill(database.store(), ACME, 3, 1);
        PostgresEventStore store = PostgresEventStore.builder(
                        database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMillis(20))
                .inline(new NoteCounts("counts", 1))
                .build();
        try (Connection host = database.connect();
                ProjectionEngine engine = ProjectionEngine.builder(store)
                        .pollInterval(Duration.ofMillis(20))
                        .build()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            FreshDatabase.query(host, "SELECT '%s'".formatted(SECRET));

            engine.start();
            await().until(() -> lines.texts.stream().anyMatch(text -> text.contains("waits, the storage failed")));
            host.rollback();
        }

        assertThat(lines.texts)
                .anyMatch(text -> text.contains("io.nexus.eventstream.LaneBusyException"))
                .noneMatch(text -> text.contains(SECRET));
    }

    @Test
    void logAuditAndMessagesShowNothingOfWhatEventsSay() {
        AccessGuard guard = AccessGuard.builder(() -> Actor.of("o-1", "owner"))
                .policy(RolePolicy.builder()
                        .role("owner", "append:note", "read_payload:note", "administer")
                        .build())
                .audit(PostgresAuditSink.of(database.pool()))
                .build();
        PostgresEventStore plain = database.store();
        SnapshotManager snapshots = SnapshotManager.builder(plain)
                .snapshot("note", FAILING, SnapshotPolicy.everyEvents(1).afterAppend())
                .listener(new SnapshotListener() {
                    @Override
                    public void onFailure(TenantId tenant, StreamId stream, RuntimeException failure) {
                        throw new IllegalStateException(SECRET, failure);
                    }
                })
                .build();
        List<String> thrown = new ArrayList<>();
        NewEvent first = secret();
        try (ProjectionEngine engine = ProjectionEngine.builder(plain)
                .maxAttempts(1)
                .projector(new Failing())
                .build()) {
            EventStreamManager ledger = EventStreamManager.builder()
                    .store(plain)
                    .tenant(ACME)
                    .guard(guard)
                    .build()
                    .withSnapshots(snapshots);
            ledger.appendAll(List.of(StreamAppend.of(STREAM, ExpectedVersion.noStream(), first)));
            for (Runnable call : List.<Runnable>of(
                    () -> ledger.append(STREAM, ExpectedVersion.noStream(), secret()),
                    () -> ledger.append(
                            STREAM,
                            ExpectedVersion.any(),
                            NewEvent.of(new Noted("x")).withId(first.id())),
                    () -> ledger.append(STREAM, ExpectedVersion.any(), NewEvent.of(SECRET)),
                    () -> ledger.read(EventQuery.log()))) {
                thrown.add(trace(catchThrowable(call::run)));
            }
            assertThat(ledger.read(EventQuery.stream(STREAM)).events().get(0).json())
                    .contains(SECRET);
            snapshots.createDue(ACME);
            engine.run();
        }

        assertThat(thrown).hasSize(4).noneMatch(text -> text.contains(SECRET));
        assertThat(lines.texts)
                .anyMatch(text -> text.contains("has stopped before position 1"))
                .anyMatch(text -> text.contains("A snapshot of stream"))
                .noneMatch(text -> text.contains(SECRET));
        assertThat(database.query("SELECT to_json(a) FROM eventstream.audit_log a"))
                .hasSizeGreaterThan(6)
                .noneMatch(text -> text.contains(SECRET));
    }

    private int waiting() {
        return database.query(
                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                .size();
    }

    private static NewEvent secret() {
        return NewEvent.of(new Noted(SECRET + "-text"))
                .withMetadata(EventMetadata.none().withUserId(SECRET + "-user"));
    }

    private static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Quotes what an event says when it fails, as hosts do. */
    private record Failing() implements Projector {

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Set<String> eventTypes() {
            return Set.of();
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            throw new IllegalStateException("cannot show " + event.json());
        }

        @Override
        public void reset(ProjectionContext context) {
            // There is nothing to empty.
        }
    }

    /** Every line of INFO and above, with the exception if it carries one. */
    private static final class Lines extends Handler {

        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            texts.add(new SimpleFormatter().format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
