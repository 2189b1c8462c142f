package io.nexus.eventstream.jdbc.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.CommandOptions;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.SnapshotPolicy;
import io.nexus.eventstream.core.SnapshotSettings;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.jdbc.JoinedEventStore;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots and commands where they are stored for real. */
class SnapshotsInUseTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId NOTE = StreamId.of("note", "1");

    private final List<InvalidSnapshotException> invalid = new CopyOnWriteArrayList<>();
    private final SnapshotListener listener = new SnapshotListener() {
        @Override
        public void onInvalid(InvalidSnapshotException exception) {
            invalid.add(exception);
        }
    };

    @ParameterizedTest
    @EnumSource(Place.class)
    void snapshotsAreMadeOnLoadAfterAppendAndByTheJob(Place place) {
        try (Place.Opened opened = place.open()) {
            SnapshottingEventStore store = opened.store();
            StreamId second = StreamId.of("note", "2");
            EventStreamManager loading = ledger(store, manager(store, SnapshotPolicy.everyEvents(10)));
            note(loading, NOTE, 12);
            loading.state(NOTE, Digest.fold());
            assertThat(versions(store, NOTE)).containsExactly(12L);

            EventStreamManager appending =
                    ledger(store, manager(store, SnapshotPolicy.everyEvents(10).afterAppend()));
            note(appending, second, 9);
            assertThat(versions(store, second)).isEmpty();
            note(appending, second, 1);
            assertThat(versions(store, second)).containsExactly(10L);

            note(ledger(store, manager(store, SnapshotPolicy.everyEvents(10).onDemand())), NOTE, 10);
            SnapshotManager job = manager(store, SnapshotPolicy.everyEvents(10));
            assertThat(job.createDue(ACME)).isEqualTo(1);
            assertThat(versions(store, NOTE)).containsExactly(22L, 12L);
            assertThat(store.snapshots().deleteOlderThan(ACME, Instant.now().plusSeconds(3_600), 1))
                    .isEqualTo(1);
            assertThat(loading.state(NOTE, Digest.fold())).isEqualTo(plainly(store, ACME));
            assertThat(job.verify(ACME, NOTE, Digest.fold())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void tenantsWithEqualStreamsAndPositionsHaveTheirOwnSnapshots(Place place) {
        try (Place.Opened opened = place.open()) {
            SnapshottingEventStore store = opened.store();
            TenantId other = TenantId.of("other");
            SnapshotManager snapshots = SnapshotManager.builder(store)
                    .snapshot("note", Digest.fold(), SnapshotPolicy.everyEvents(5))
                    .listener(listener)
                    .build();
            for (int i = 0; i < 11; i++) {
                store.append(ACME, FreshDatabase.notes(NOTE, ExpectedVersion.any(), "ours " + i));
                store.append(other, FreshDatabase.notes(NOTE, ExpectedVersion.any(), "theirs " + i));
                for (TenantId tenant : List.of(ACME, other)) {
                    assertThat(snapshots
                                    .load(tenant, NOTE, Digest.fold(), AsOf.now())
                                    .state())
                            .isEqualTo(plainly(store, tenant));
                }
            }
            assertThat(invalid).isEmpty();
            assertThat(snapshots.use().created()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void commandsThatRaceAreEachDecidedOnWhatTheOthersDid(Place place) throws Exception {
        try (Place.Opened opened = place.open()) {
            EventStreamManager ledger = ledger(
                    opened.store(),
                    manager(opened.store(), SnapshotPolicy.everyEvents(7).afterAppend()));
            CommandOptions patient = CommandOptions.defaults().withAttempts(1_000);
            int threads = 4;
            int commands = 10;
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                List<Future<?>> workers = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    workers.add(pool.submit(() -> {
                        for (int i = 0; i < commands; i++) {
                            ledger.execute(
                                    NOTE, Digest.fold(), digest -> List.of(new Noted("" + digest.events())), patient);
                        }
                    }));
                }
                for (Future<?> worker : workers) {
                    worker.get(2, TimeUnit.MINUTES);
                }
            } finally {
                pool.shutdown();
            }
            List<String> texts = new ArrayList<>();
            ledger.walk(EventQuery.stream(NOTE)).forEach(event -> texts.add(((Noted) event.payload()).text()));
            assertThat(texts).hasSize(threads * commands);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(texts.get(i)).as("decided on the state before it").isEqualTo("" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aCommandThatRacesWithItselfIsRecordedOnce(Place place) throws Exception {
        try (Place.Opened opened = place.open()) {
            EventStreamManager ledger = ledger(opened.store(), manager(opened.store(), SnapshotPolicy.everyEvents(3)));
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                for (int round = 0; round < 10; round++) {
                    CommandOptions once = CommandOptions.defaults().withCommandId("command " + round);
                    List<Future<AppendResult>> answers = new ArrayList<>();
                    for (int thread = 0; thread < 4; thread++) {
                        String text = "text " + thread;
                        answers.add(pool.submit(() -> ledger.execute(
                                        NOTE, Digest.fold(), digest -> List.of(new Noted(text), new Noted("b")), once)
                                .orElseThrow()));
                    }
                    List<AppendResult> results = new ArrayList<>();
                    for (Future<AppendResult> answer : answers) {
                        results.add(answer.get(2, TimeUnit.MINUTES));
                    }
                    assertThat(results)
                            .extracting(AppendResult::events)
                            .containsOnly(results.get(0).events());
                    assertThat(ledger.version(NOTE).value()).isEqualTo(2L * (round + 1));
                }
            } finally {
                pool.shutdown();
            }
        }
    }

    /** Whoever can write the table: each byte of each column, behind the library's back. */
    @Test
    void anyByteThatIsChangedInTheTableIsFoundReportedAndReplaced() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            PostgresEventStore store = database.store();
            note(ledger(store, manager(store, SnapshotPolicy.everyEvents(10).onDemand())), NOTE, 5);
            Snapshot good = manager(store, SnapshotPolicy.everyEvents(1)).create(ACME, NOTE, Digest.fold());
            List<String> changes = new ArrayList<>();
            for (int i = 1; i <= good.state().length(); i++) {
                changes.add("state = overlay(state placing chr(ascii(substr(state, %1$d, 1)) # 1) from %1$d for 1)"
                        .formatted(i));
            }
            for (int i = 1; i <= good.checksum().length(); i++) {
                changes.add(
                        "checksum = overlay(checksum placing chr(ascii(substr(checksum, %1$d, 1)) # 1) from %1$d for 1)"
                                .formatted(i));
            }
            for (int i = 0; i < 32; i++) {
                changes.add("event_hash = set_byte(event_hash, %1$d, get_byte(event_hash, %1$d) # 1)".formatted(i));
            }
            for (String moment : List.of("recorded_at", "latest_occurred_at")) {
                changes.add("%1$s = %1$s - interval '1 microsecond'".formatted(moment));
                changes.add("%s = '-infinity'".formatted(moment));
            }
            changes.add("version = version - 1");
            for (String change : changes) {
                invalid.clear();
                database.execute("UPDATE eventstream.snapshots SET " + change);

                SnapshotManager manager = manager(store, SnapshotPolicy.everyEvents(1));
                assertThat(ledger(store, manager).state(NOTE, Digest.fold()))
                        .as(change)
                        .isEqualTo(plainly(store, ACME));

                assertThat(invalid)
                        .as(change)
                        .extracting(InvalidSnapshotException::reason)
                        .containsExactly(Reason.CHECKSUM);
                assertThat(store.snapshots().latest(ACME, NOTE, "digest", 1))
                        .as(change)
                        .hasValueSatisfying(each -> assertThat(each.checksum()).isEqualTo(good.checksum()));
            }
        }
    }

    @Test
    void aTransactionOfTheCallerLeavesNoSnapshotOfWhatIsRolledBack() throws Exception {
        try (FreshDatabase database = FreshDatabase.migrated();
                Connection connection = database.connect()) {
            PostgresEventStore store = database.store();
            EventStreamManager ledger =
                    ledger(store, manager(store, SnapshotPolicy.everyEvents(1).afterAppend()));
            note(ledger, NOTE, 3);
            connection.setAutoCommit(false);
            JoinedEventStore joined = store.joining(connection);
            EventStreamManager inside = ledger.with(joined);

            note(inside, NOTE, 2);
            assertThat(inside.state(NOTE, Digest.fold()).events()).isEqualTo(5);
            connection.rollback();

            assertThat(ledger.state(NOTE, Digest.fold()).events()).isEqualTo(3);
            assertThat(versions(store, NOTE)).containsExactly(3L);
            assertThat(invalid).isEmpty();
        }
    }

    private SnapshotManager manager(SnapshottingEventStore store, SnapshotPolicy policy) {
        return SnapshotManager.builder(store)
                .snapshot("note", Digest.fold(), policy)
                .settings(SnapshotSettings.defaults().withCacheTtl(Duration.ZERO))
                .listener(listener)
                .build();
    }

    private static EventStreamManager ledger(SnapshottingEventStore store, SnapshotManager snapshots) {
        return EventStreamManager.builder().store(store).tenant(ACME).build().withSnapshots(snapshots);
    }

    private static void note(EventStreamManager ledger, StreamId stream, int events) {
        Object[] notes = new Object[events];
        for (int i = 0; i < events; i++) {
            notes[i] = new Noted("note " + i);
        }
        ledger.append(stream, ExpectedVersion.any(), notes);
    }

    private static List<Long> versions(SnapshottingEventStore store, StreamId stream) {
        return store.snapshots().list(ACME, stream).stream()
                .map(each -> each.version().value())
                .toList();
    }

    private static Digest plainly(SnapshottingEventStore store, TenantId tenant) {
        return EventStreamManager.builder().store(store).tenant(tenant).build().state(NOTE, Digest.fold());
    }
}
