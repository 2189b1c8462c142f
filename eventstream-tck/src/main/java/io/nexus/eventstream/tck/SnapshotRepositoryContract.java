package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots come back as they were saved, and the one that may answer is found. */
abstract class SnapshotRepositoryContract extends StoreContract {

    private final TenantId other = Fresh.tenant();

    private SnapshotRepository snapshots;

    SnapshotRepositoryContract(StoreFixture fixture) {
        super(fixture);
    }

    @BeforeEach
    final void openSnapshots() {
        snapshots = ((SnapshottingEventStore) store).snapshots();
    }

    @Test
    final void aSnapshotComesBackAsItWasSaved() {
        String state = "{\"narrative\":\"Zürich \uD83D\uDE00 \\u0007 'quoted' %s\"}".formatted("x".repeat(100_000));
        Snapshot saved = Snapshots.withState(Snapshots.at(tenant, cash, 7), state);

        snapshots.save(saved);

        assertThat(snapshots.latest(tenant, cash, "balance", 1)).contains(saved);
    }

    @Test
    final void savingTheSameVersionAgainReplacesIt() {
        snapshots.save(Snapshots.at(tenant, cash, 7));
        Snapshot again = Snapshots.createdAt(
                        Snapshots.withState(Snapshots.at(tenant, cash, 7), "{}"), Snapshots.day(99))
                .withChecksum("f".repeat(64));

        snapshots.save(again);

        assertThat(snapshots.list(tenant, cash)).hasSize(1);
        assertThat(snapshots.latest(tenant, cash, "balance", 1)).contains(again);
    }

    @Test
    final void theLatestIsThatOfTheHighestVersionInWhateverOrderTheyWereSaved() {
        saveVersions(100, 300, 200);

        assertThat(found(AsOf.now())).contains(300L);
        assertThat(snapshots.latest(tenant, bank, "balance", 1)).isEmpty();
    }

    @Test
    final void aVersionFindsTheNewestThatIsNotAboveIt() {
        saveVersions(100, 200, 300);

        assertThat(found(AsOf.version(EventVersion.of(99)))).isEmpty();
        assertThat(found(AsOf.version(EventVersion.of(100)))).contains(100L);
        assertThat(found(AsOf.version(EventVersion.of(299)))).contains(200L);
        assertThat(found(AsOf.version(EventVersion.of(1_000)))).contains(300L);
    }

    @Test
    final void aRecordedMomentFindsTheNewestThatWasRecordedByThen() {
        saveVersions(1, 2, 3);

        assertThat(found(AsOf.recorded(Snapshots.day(1).minusNanos(1_000)))).isEmpty();
        assertThat(found(AsOf.recorded(Snapshots.day(1)))).contains(1L);
        assertThat(found(AsOf.recorded(Snapshots.day(3).minusNanos(1_000)))).contains(2L);
        assertThat(found(AsOf.recorded(Snapshots.day(400)))).contains(3L);
    }

    @Test
    final void aBusinessTimeFindsTheNewestWithoutALaterEvent() {
        // The second holds an event that is dated ahead, the third was saved by somebody who knew only earlier ones.
        snapshots.save(Snapshots.at(tenant, cash, 1));
        snapshots.save(Snapshots.latestOccurredAt(Snapshots.at(tenant, cash, 2), Snapshots.day(50)));
        snapshots.save(Snapshots.latestOccurredAt(Snapshots.at(tenant, cash, 3), Snapshots.day(10)));

        assertThat(found(AsOf.occurred(Snapshots.day(1).minusNanos(1_000)))).isEmpty();
        assertThat(found(AsOf.occurred(Snapshots.day(1)))).contains(1L);
        assertThat(found(AsOf.occurred(Snapshots.day(10).minusNanos(1_000)))).contains(1L);
        assertThat(found(AsOf.occurred(Snapshots.day(10)))).contains(3L);
        assertThat(found(AsOf.occurred(Snapshots.day(10)).andRecorded(Snapshots.day(2))))
                .as("the second was recorded by then, but has a later event")
                .contains(1L);
        assertThat(found(AsOf.occurred(Snapshots.day(50)).andRecorded(Snapshots.day(2))))
                .contains(2L);
    }

    @Test
    final void foldsAndTheirSchemaVersionsAreApart() {
        snapshots.save(Snapshots.at(tenant, cash, 1));
        snapshots.save(Snapshots.byFold(Snapshots.at(tenant, cash, 2), "balance", 2));
        snapshots.save(Snapshots.byFold(Snapshots.at(tenant, cash, 3), "turnover", 1));

        assertThat(found(AsOf.now())).contains(1L);
        assertThat(snapshots.latest(tenant, cash, "balance", 2).map(Snapshot::version))
                .contains(EventVersion.of(2));
        assertThat(snapshots.latest(tenant, cash, "turnover", 1).map(Snapshot::version))
                .contains(EventVersion.of(3));
        assertThat(snapshots.latest(tenant, cash, "turnover", 2)).isEmpty();
        assertThat(snapshots.latest(tenant, cash, "balanc", 1)).isEmpty();
    }

    @Test
    final void tenantsAndStreamsWithEqualNamesAreApart() {
        StreamId slash = StreamId.of("a/b", "c");
        StreamId otherSlash = StreamId.of("a", "b/c");
        Snapshot ours = Snapshots.at(tenant, cash, 5);
        Snapshot theirs = Snapshots.withState(Snapshots.at(other, cash, 5), "{\"theirs\":true}");
        snapshots.save(ours);
        snapshots.save(theirs);
        snapshots.save(Snapshots.at(tenant, slash, 6));

        assertThat(snapshots.latest(tenant, cash, "balance", 1)).contains(ours);
        assertThat(snapshots.latest(other, cash, "balance", 1)).contains(theirs);
        assertThat(snapshots.list(other, slash)).isEmpty();
        assertThat(snapshots.list(tenant, otherSlash)).isEmpty();
        assertThat(snapshots.latest(tenant, otherSlash, "balance", 1)).isEmpty();
    }

    @Test
    final void theListHasSizeAndAgeByFoldAndTheNewestFirst() {
        Snapshot turnover = Snapshots.byFold(Snapshots.at(tenant, cash, 2), "turnover", 1);
        Snapshot second = Snapshots.byFold(Snapshots.at(tenant, cash, 1), "balance", 2);
        Snapshot umlaut = Snapshots.withState(Snapshots.at(tenant, cash, 4), "\"ü\"");
        Snapshot old = Snapshots.at(tenant, cash, 3);
        List.of(turnover, old, second, umlaut).forEach(snapshots::save);

        List<SnapshotInfo> list = snapshots.list(tenant, cash);

        assertThat(list).containsExactly(umlaut.info(), old.info(), second.info(), turnover.info());
        assertThat(list.get(0).sizeBytes()).isEqualTo(4);
        assertThat(list.get(0).age(Snapshots.day(5))).isEqualTo(Duration.ofDays(1));
        assertThat(snapshots.list(tenant, bank)).isEmpty();
    }

    @Test
    final void streamsAreFoundThatHaveHadManyEventsSinceTheirLastSnapshot() {
        append(cash, postings(12));
        append(bank, postings(9));
        append(StreamId.of("account", "short"), postings(4));
        append(order, postings(20));
        store.append(other, StreamAppend.of(StreamId.of("account", "theirs"), ExpectedVersion.any(), postings(15)));

        assertThat(needing(5, 10)).containsExactly(cash, bank);
        assertThat(needing(9, 10)).containsExactly(cash, bank);
        assertThat(needing(10, 10)).containsExactly(cash);
        assertThat(needing(5, 1)).containsExactly(cash);

        snapshots.save(Snapshots.at(tenant, cash, 8));
        assertThat(needing(5, 10)).containsExactly(bank);
        assertThat(needing(4, 10)).containsExactly(cash, bank, StreamId.of("account", "short"));
        assertThat(snapshots.findStreamsNeedingSnapshots(tenant, "account", "balance", 2, 5, 10))
                .as("that snapshot is of another schema version")
                .containsExactly(cash, bank);
        assertThat(snapshots.findStreamsNeedingSnapshots(tenant, "account", "turnover", 1, 5, 10))
                .containsExactly(cash, bank);

        append(cash, postings(1));
        assertThat(needing(5, 10)).as("events since").containsExactly(cash, bank);
        assertThat(snapshots.findStreamsNeedingSnapshots(Fresh.tenant(), "account", "balance", 1, 1, 10))
                .isEmpty();
    }

    private List<StreamId> needing(long threshold, int limit) {
        return snapshots.findStreamsNeedingSnapshots(tenant, "account", "balance", 1, threshold, limit);
    }

    private void saveVersions(long... versions) {
        for (long version : versions) {
            snapshots.save(Snapshots.at(tenant, cash, version));
        }
    }

    private Optional<Long> found(AsOf asOf) {
        return snapshots
                .find(tenant, cash, "balance", 1, asOf)
                .map(snapshot -> snapshot.version().value());
    }
}
