package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.access.Slf4jAuditSink;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * Secrets are planted in a payload, in a masked field, in metadata and in what the host's own code throws; then everything that
 * comes out is searched: log lines, entries of the audit, messages of exceptions with their causes, texts of public types.
 */
class WithheldSecretsTest {

    private static final String SECRET = "s3cr3t";

    record Joined(String name, String password) {}

    record Names(String all) {}

    private static final NamedFold<Names> NAMES = Fold.<Names, Joined>of(
                    new Names(""), Joined.class, (names, event) -> new Names(names.all() + event.name()))
            .named("names", 1, Names.class);

    private static final NamedFold<Names> FAILING = Fold.<Names, Joined>of(
                    new Names(""), Joined.class, (names, event) -> {
                        throw new IllegalStateException("cannot join " + event.name());
                    })
            .named("failing", 1, Names.class);

    private final InMemoryEventStore plain = InMemoryEventStore.create(EventTypes.of(Joined.class));
    private final List<String> out = new ArrayList<>();
    private Actor present = Actor.of("o-1", "owner");
    private final AccessGuard guard = AccessGuard.builder(() -> present)
            .policy(RolePolicy.builder()
                    .role("owner", "append:*", "read_payload:*", "rebuild", "verify", "administer")
                    .role("watcher", "append:account", "read:*", "rebuild", "administer")
                    .build())
            .audit(entry -> out.add(entry.toString()), SinkFailure.FAIL_CLOSED)
            .build();

    private static NewEvent secret() {
        return NewEvent.of(new Joined(SECRET + "-name", SECRET + "-password"))
                .withMetadata(EventMetadata.none().withUserId(SECRET + "-user").withIpAddress(SECRET + "-ip"));
    }

    @Test
    void nothingThatIsPlantedComesOutToWhoMayNotSeeIt() {
        NewEvent first = secret();
        plain.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), first));
        present = Actor.of("w-1", "watcher");
        EventStore store = guard.store(plain);
        SnapshotManager snapshots = snapshotsWithATellingListener();
        plain.onAppend(tenant -> {
            throw new IllegalStateException("listener to appends: " + SECRET);
        });
        try (ProjectionEngine engine = ProjectionEngine.builder(plain)
                .maxAttempts(1)
                .projector(new Failing())
                .listener(new ProjectionListener() {
                    @Override
                    public void onFailed(ProjectionStatus status) {
                        throw new IllegalStateException("listener to projections: " + SECRET);
                    }
                })
                .build()) {
            EventStreamManager ledger = EventStreamManager.builder()
                    .store(plain)
                    .tenant(ACME)
                    .guard(guard)
                    .build()
                    .withSnapshots(snapshots)
                    .withProjections(engine);

            out.addAll(RecordedLogs.during(() -> {
                tried(() -> ledger.append(CASH, ExpectedVersion.noStream(), secret()));
                tried(() -> ledger.append(CASH, ExpectedVersion.any(), secret()));
                tried(() -> ledger.append(CASH, ExpectedVersion.any(), first.withMetadata(EventMetadata.none())));
                tried(() -> ledger.append(
                        CASH,
                        ExpectedVersion.any(),
                        NewEvent.of(new Joined("x", SECRET)).withId(first.id())));
                tried(() -> ledger.append(CASH, ExpectedVersion.any(), NewEvent.of(SECRET)));
                tried(() -> text(ledger.read(EventQuery.log()).events()));
                tried(() -> text(List.of(ledger.find(first.id()).orElseThrow())));
                tried(() -> ledger.read(EventQuery.log()));
                tried(() -> ledger.find(EventId.generate()));
                tried(() -> ledger.state(CASH, NAMES));
                tried(() -> ledger.stateAt(CASH, AsOf.version(EventVersion.of(1)), FAILING));
                tried(() -> ledger.snapshots().verify(ACME, CASH, NAMES));
                tried(() -> ledger.snapshots().createDue(ACME));
                tried(() -> ledger.snapshots().repository().latest(ACME, CASH, "names", 1));
                tried(() -> ledger.snapshots().repository().list(ACME, CASH));
                engine.run();
                tried(() -> ledger.projectionStatus());
                tried(() -> ledger.projections().parked(ACME, "failing"));
                tried(() -> ledger.streamHealth(CASH));
                tried(() -> ledger.tenantHealth());
                tried(() -> ledger.head());
                tried(() -> store.head(ACME));
            }));
        }

        assertThat(out)
                .hasSizeGreaterThan(30)
                .anyMatch(line -> line.contains("A listener to snapshots failed"))
                .anyMatch(line -> line.contains("A listener to appends failed"))
                .anyMatch(line -> line.contains("A projection listener failed"));
        assertThat(out).noneMatch(text -> text.contains(SECRET));
    }

    private SnapshotManager snapshotsWithATellingListener() {
        return SnapshotManager.builder(plain)
                .snapshot("account", NAMES, SnapshotPolicy.everyEvents(1).afterAppend())
                .snapshot("account", FAILING, SnapshotPolicy.everyEvents(1).afterAppend())
                .listener(new SnapshotListener() {
                    @Override
                    public void onFailure(TenantId tenant, StreamId stream, RuntimeException failure) {
                        throw new IllegalStateException("listener to snapshots: " + SECRET, failure);
                    }
                })
                .build();
    }

    /** Who may see payloads sees them; logs, audit and exceptions show them to nobody, and texts of events mask what is masked. */
    @Test
    void logsAuditAndExceptionsShowNothingThoughTheReaderSeesAll() {
        plain.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), secret()));
        EventStreamManager ledger = EventStreamManager.builder()
                .store(plain)
                .tenant(ACME)
                .guard(guard)
                .build();
        SnapshotManager snapshots =
                SnapshotManager.builder(plain).snapshot("account", NAMES).build();
        List<RecordedEvent> events = new ArrayList<>();
        AccessGuard logging =
                AccessGuard.builder(() -> present).audit(new Slf4jAuditSink()).build();

        out.addAll(RecordedLogs.during(() -> {
            events.addAll(ledger.read(EventQuery.log()).events());
            logging.store(plain).read(ACME, EventQuery.stream(CASH));
            Snapshot snapshot = ledger.withSnapshots(snapshots).snapshots().create(ACME, CASH, NAMES);
            out.add(snapshot.toString() + snapshot.info());
            thrown(() -> ledger.append(CASH, ExpectedVersion.noStream(), secret()));
            thrown(() -> ledger.append(CASH, ExpectedVersion.any(), NewEvent.of(SECRET)));
            out.add(secret().toString() + secret().metadata());
        }));

        assertThat(events.get(0).json()).contains(SECRET + "-name").contains(SECRET + "-password");
        assertThat(events.get(0).maskedJson()).doesNotContain(SECRET + "-password");
        assertThat(events.get(0).toString())
                .doesNotContain(SECRET + "-password")
                .doesNotContain(SECRET + "-user");
        assertThat(out).hasSizeGreaterThan(5);
        assertThat(out).noneMatch(text -> text.contains(SECRET));
    }

    private void tried(Callable<?> call) {
        try {
            out.add(String.valueOf(call.call()));
        } catch (Exception e) {
            out.add(trace(e));
        }
    }

    private void thrown(Callable<?> call) {
        try {
            call.call();
            throw new AssertionError("it answered");
        } catch (Exception e) {
            out.add(trace(e));
        }
    }

    private static String trace(Exception e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String text(List<RecordedEvent> events) {
        StringBuilder text = new StringBuilder();
        for (RecordedEvent event : events) {
            text.append(event)
                    .append(event.payload())
                    .append(event.json())
                    .append(event.maskedJson())
                    .append(event.metadata().entries())
                    .append(event.metadata())
                    .append(event.stored())
                    .append(event.stored().payloadJson())
                    .append(event.stored().metadataJson());
        }
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
}
