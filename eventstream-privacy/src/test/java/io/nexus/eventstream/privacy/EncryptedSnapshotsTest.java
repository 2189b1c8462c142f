package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stored state can be read as long as nobody in it was erased, and not if it was changed. */
class EncryptedSnapshotsTest {

    private static final TenantId ACME = Shop.ACME;
    private static final StreamId TABLE = StreamId.of("table", "9");
    private static final String STATE = "{\"guests\":\"a marker\"}";

    private final InMemorySubjectKeyStore keyStore = new InMemorySubjectKeyStore();
    private final SubjectKeys keys = SubjectKeys.of(keyStore, Shop.MASTER);
    private final SnapshotRepository stored = InMemoryEventStore.builder(JsonEventSerializer.of(CustomerEvent.TYPES))
            .build()
            .snapshots();
    private final EncryptedSnapshots snapshots = new EncryptedSnapshots(stored, keys, true);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aStateIsReadAsLongAsNobodyInItWasErased(int person) {
        List<UUID> persons = persons(3);
        Snapshot snapshot = snapshot(Instant.now());

        snapshots.save(snapshot);

        assertThat(latest(stored).orElseThrow().state())
                .contains(persons.stream().map(UUID::toString).toList())
                .contains(keys.ofTenant(ACME).id().toString())
                .doesNotContain("marker");
        assertThat(latest(stored).orElseThrow().checksum()).isNotEqualTo(snapshot.checksum());
        assertThat(latest(snapshots)).contains(snapshot);

        keyStore.destroy(ACME, persons.get(person), "asked");
        EncryptedSnapshots elsewhere = new EncryptedSnapshots(stored, SubjectKeys.of(keyStore, Shop.MASTER), true);
        assertThat(latest(elsewhere)).isEmpty();
        assertThat(latest(stored)).as("what nobody can read").isEmpty();
    }

    @Test
    void aStateWithDataOfTooManyPersonsIsNotKept() {
        persons(EncryptedSnapshots.MOST_PERSONS);
        Snapshot snapshot = snapshot(Instant.now());
        snapshots.save(snapshot);
        assertThat(latest(snapshots)).contains(snapshot);
        assertThat(stored.delete(ACME, latest(stored).orElseThrow().info())).isTrue();

        assertThat(keys.forWriting(ACME, "one too many", TABLE)).isPresent();

        snapshots.save(snapshot);
        assertThat(latest(stored)).isEmpty();
    }

    @Test
    void noStateIsKeptForAsLongAsSomebodyMayHaveFoldedItWithADestroyedKey() {
        List<UUID> persons = persons(2);
        Instant erased = keyStore.destroy(ACME, persons.get(0), "asked")
                .erasure()
                .orElseThrow()
                .at();
        keys.forget(ACME, persons.get(0), "p-0");
        // A day in the memory of a snapshot manager, folded with a key that was in memory for 12 hours.
        Duration longest = Duration.ofHours(36);

        snapshots.save(snapshot(erased.plus(longest)));
        assertThat(latest(stored)).isEmpty();

        snapshots.save(snapshot(erased.plus(longest.plusDays(1))));
        assertThat(latest(stored).orElseThrow().state())
                .contains(persons.get(1).toString())
                .doesNotContain(persons.get(0).toString());
    }

    @Test
    void aStateThatWasMovedToAnotherStreamIsNotOpened() {
        persons(1);
        snapshots.save(snapshot(Instant.now()));
        Snapshot moved = latest(stored).orElseThrow();
        StreamId other = StreamId.of("table", "10");

        stored.save(new Snapshot(
                ACME,
                other,
                moved.version(),
                moved.foldName(),
                moved.schemaVersion(),
                moved.eventHash(),
                moved.recordedAt(),
                moved.latestOccurredAt(),
                moved.state(),
                moved.checksum(),
                moved.createdAt()));

        assertThat(snapshots.latest(ACME, other, "guests", 1).orElseThrow().state())
                .as("which its checksum does not fit")
                .isEqualTo(moved.state());
    }

    record Name(String name) {
        static NamedFold<Name> fold() {
            return Fold.of(new Name(""), CustomerEvent.class, (state, event) -> new Name(((Renamed) event).name()))
                    .named("name", 1, Name.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"overlay(state placing 'AAAAAAAA' from length(state) - 40)", "left(state, 60)", "'~personal:1:'"
            })
    void aStateThatWasChangedIsReportedAndFoldedAnew(String change) {
        try (Shop shop = new Shop()) {
            Shop.append(shop.store, ACME, Shop.customer("1"), new Renamed("1", "Ann"));
            SnapshotManager here = SnapshotManager.builder(shop.store)
                    .snapshot("customer", Name.fold())
                    .build();
            Snapshot unused = here.create(ACME, Shop.customer("1"), Name.fold());
            Shop.query(shop.url, "UPDATE eventstream.snapshots SET state = " + change);
            List<InvalidSnapshotException> reported = new ArrayList<>();
            SnapshotManager elsewhere = SnapshotManager.builder(shop.store)
                    .snapshot("customer", Name.fold())
                    .listener(new SnapshotListener() {
                        @Override
                        public void onInvalid(InvalidSnapshotException exception) {
                            reported.add(exception);
                        }
                    })
                    .build();

            assertThat(elsewhere
                            .load(ACME, Shop.customer("1"), Name.fold(), AsOf.now())
                            .state())
                    .isEqualTo(new Name("Ann"));

            assertThat(reported).hasSize(1);
            assertThat(shop.store.snapshots().list(ACME, Shop.customer("1"))).isEmpty();
        }
    }

    private List<UUID> persons(int count) {
        List<UUID> persons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            persons.add(keys.forWriting(ACME, "p-" + i, TABLE).orElseThrow().id());
        }
        return persons;
    }

    private static Optional<Snapshot> latest(SnapshotRepository repository) {
        return repository.latest(ACME, TABLE, "guests", 1);
    }

    private static Snapshot snapshot(Instant createdAt) {
        return new Snapshot(
                ACME,
                TABLE,
                EventVersion.of(3),
                "guests",
                1,
                EventHash.NONE,
                Instant.EPOCH,
                Instant.EPOCH,
                STATE,
                "f".repeat(64),
                createdAt);
    }
}
