package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of the snapshots that are deleted by age, number or name no other goes with them. */
abstract class SnapshotRetentionContract extends StoreContract {

    private final TenantId other = Fresh.tenant();

    private SnapshotRepository snapshots;

    SnapshotRetentionContract(StoreFixture fixture) {
        super(fixture);
    }

    @BeforeEach
    final void saveSnapshots() {
        snapshots = ((SnapshottingEventStore) store).snapshots();
        for (long version = 1; version <= 4; version++) {
            snapshots.save(Snapshots.at(tenant, cash, version));
        }
        snapshots.save(Snapshots.at(tenant, bank, 1));
        snapshots.save(Snapshots.at(tenant, bank, 2));
        snapshots.save(Snapshots.byFold(Snapshots.at(tenant, cash, 1), "turnover", 1));
        snapshots.save(Snapshots.byFold(Snapshots.at(tenant, cash, 1), "balance", 2));
        snapshots.save(Snapshots.at(other, cash, 1));
    }

    @Test
    final void oneIsDeletedByNameAndNoOther() {
        assertThat(snapshots.delete(tenant, Snapshots.at(tenant, cash, 1).info()))
                .isTrue();

        assertThat(kept(tenant, cash))
                .containsExactly("balance 1 4", "balance 1 3", "balance 1 2", "balance 2 1", "turnover 1 1");
        assertThat(kept(tenant, bank)).containsExactly("balance 1 2", "balance 1 1");
        assertThat(kept(other, cash)).containsExactly("balance 1 1");
        assertThat(snapshots.delete(tenant, Snapshots.at(tenant, cash, 1).info()))
                .as("a second time")
                .isFalse();
        assertThat(snapshots.latest(tenant, cash, "balance", 1)).isPresent();
    }

    @Test
    final void whatWasSavedBeforeAMomentIsDeleted() {
        assertThat(snapshots.deleteOlderThan(tenant, Snapshots.day(1)))
                .as("the moment itself stays")
                .isZero();
        assertThat(snapshots.deleteOlderThan(tenant, Snapshots.day(3))).isEqualTo(6);

        assertThat(kept(tenant, cash)).containsExactly("balance 1 4", "balance 1 3");
        assertThat(kept(tenant, bank)).isEmpty();
        assertThat(kept(other, cash)).containsExactly("balance 1 1");
    }

    @Test
    final void theNewestOfEachStreamAndFoldStaysHoweverOld() {
        assertThat(snapshots.deleteOlderThan(tenant, Snapshots.day(1_000), 1)).isEqualTo(4);

        assertThat(kept(tenant, cash)).containsExactly("balance 1 4", "balance 2 1", "turnover 1 1");
        assertThat(kept(tenant, bank)).containsExactly("balance 1 2");
        assertThat(kept(other, cash)).containsExactly("balance 1 1");
    }

    @Test
    final void asManyOfTheNewestStayAsAreAskedFor() {
        assertThat(snapshots.deleteOlderThan(tenant, Snapshots.day(1_000), 2)).isEqualTo(2);

        assertThat(kept(tenant, cash)).containsExactly("balance 1 4", "balance 1 3", "balance 2 1", "turnover 1 1");
        assertThat(kept(tenant, bank)).containsExactly("balance 1 2", "balance 1 1");
    }

    @Test
    final void theNewestIsThatOfTheHighestVersionAndNotTheOneSavedLast() {
        snapshots.save(Snapshots.createdAt(Snapshots.at(tenant, bank, 1), Snapshots.day(500)));

        assertThat(snapshots.deleteOlderThan(tenant, Snapshots.day(1_000), 1)).isEqualTo(4);

        assertThat(kept(tenant, bank)).containsExactly("balance 1 2");
    }

    private List<String> kept(TenantId of, StreamId stream) {
        return snapshots.list(of, stream).stream()
                .map(each -> "%s %d %s".formatted(each.foldName(), each.schemaVersion(), each.version()))
                .toList();
    }
}
