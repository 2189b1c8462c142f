package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** States of streams with personal data, wherever they are kept and whoever asks. */
class KeptStatesTest {

    private static final TenantId ACME = Shop.ACME;
    private static final StreamId ANN = Shop.customer("1");

    private final EncryptingEventSerializer serializer = EncryptingEventSerializer.of(
            JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER));
    private final InMemoryEventStore store =
            InMemoryEventStore.builder(serializer).build();
    private final SnapshotRepository elsewhere =
            InMemoryEventStore.create(CustomerEvent.TYPES).snapshots();

    record Name(String name) {
        static NamedFold<Name> fold() {
            return Fold.of(new Name(""), CustomerEvent.class, (state, event) -> new Name(((Renamed) event).name()))
                    .named("name", 1, Name.class);
        }
    }

    @Test
    void aRepositoryOfTheHostsOwnGetsEncryptedStates() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Marker"));
        EventStore decorated = new ForwardingEventStore() {
            @Override
            protected EventStore delegate() {
                return store;
            }
        };
        for (EventStore each : List.of(store, decorated)) {
            Snapshot made = manager(each, elsewhere).create(ACME, ANN, Name.fold());

            assertThat(made.state()).contains("Marker");
            assertThat(elsewhere.latest(ACME, ANN, "name", 1).orElseThrow().state())
                    .startsWith("~personal:1:")
                    .doesNotContain("Marker");
            SnapshotManager fresh = manager(each, elsewhere);
            assertThat(fresh.load(ACME, ANN, Name.fold(), AsOf.now()).state()).isEqualTo(new Name("Marker"));
            assertThat(fresh.use().fromSnapshot()).isEqualTo(1);
        }

        DataSubjects.of(store, serializer, manager(store, elsewhere)).erase(ACME, "1", "asked");
        assertThat(elsewhere.list(ACME, ANN)).isEmpty();
    }

    @Test
    void aStoresOwnRepositoryIsEncryptedOnce() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        assertThat(manager(store, store.snapshots())
                        .create(ACME, ANN, Name.fold())
                        .version()
                        .value())
                .isEqualTo(1);
        SnapshotManager usual =
                SnapshotManager.builder(store).snapshot("customer", Name.fold()).build();

        assertThat(usual.load(ACME, ANN, Name.fold(), AsOf.now()).state()).isEqualTo(new Name("Ann"));

        assertThat(usual.use().fromSnapshot()).isEqualTo(1);
    }

    @Test
    void aStateThatMayNotBeKeptIsNotReportedAsMade() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        DataSubjects.of(store, serializer).erase(ACME, "1", "asked");
        List<Snapshot> created = new ArrayList<>();
        SnapshotManager snapshots = SnapshotManager.builder(store)
                .snapshot("customer", Name.fold())
                .listener(new SnapshotListener() {
                    @Override
                    public void onCreated(Snapshot snapshot) {
                        created.add(snapshot);
                    }
                })
                .build();

        assertThatThrownBy(() -> snapshots.create(ACME, ANN, Name.fold())).isInstanceOf(IllegalStateException.class);

        assertThat(created).isEmpty();
        assertThat(snapshots.use().created()).isZero();
    }

    @Test
    void whoeverIsShownMaskedEventsIsShownNoStateOfClearOnes() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        SnapshotManager snapshots = manager(store, elsewhere);
        assertThat(snapshots.create(ACME, ANN, Name.fold()).state()).contains("Ann");
        EventStore masking = MaskingEventStore.of(store, serializer, tenant -> false);
        EventStore guarded =
                AccessGuard.builder(() -> new Actor("u-1", Set.of())).build().store(store);

        for (EventStore hiding : List.of(masking, guarded)) {
            assertThatThrownBy(() -> manager(hiding).withSnapshots(snapshots))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(manager(masking).state(ANN, Name.fold())).isEqualTo(new Name("***"));
        assertThatThrownBy(() -> SnapshotManager.builder(masking, elsewhere))
                .isInstanceOf(IllegalArgumentException.class);
        EventStreamManager whole = manager(store).withSnapshots(snapshots);
        assertThat(whole.state(ANN, Name.fold())).isEqualTo(new Name("Ann"));
        whole.append(ANN, ExpectedVersion.any(), new Renamed("1", "Anna"));
        assertThat(manager(masking).state(ANN, Name.fold())).isEqualTo(new Name("***"));
    }

    private static EventStreamManager manager(EventStore of) {
        return EventStreamManager.builder().store(of).tenant(ACME).build();
    }

    private static SnapshotManager manager(EventStore of, SnapshotRepository repository) {
        return SnapshotManager.builder(of, repository)
                .snapshot("customer", Name.fold())
                .build();
    }
}
