package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import io.nexus.eventstream.spi.TenantHead;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What engines ask the in-memory storage outside of transactions: what there is to do, and who does it. */
class InMemoryProjectionStorageTest {

    private static final TenantId OTHER = TenantId.of("other");
    private static final ProjectionKey KEY = new ProjectionKey(ACME, "balances", "v1_a", 0);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Projector FIRST = new Balances();
    private static final Projector SECOND = new Balances("balances", 2, event -> {});

    private final SettableClock clock = new SettableClock(MOMENT);
    private final InMemoryEventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
            .clock(clock)
            .build();
    private final ProjectionStorage storage = store.projections();

    @Test
    void aProjectionBelongsToWhoTookItUntilTheLeaseIsOver() {
        save(live());
        StoredProjection mine = storage.acquire(KEY, "one", LEASE).orElseThrow();
        assertThat(mine.leaseToken()).isEqualTo(1);
        assertThat(mine.leaseOwner()).contains("one");
        assertThat(mine.leaseUntil()).contains(MOMENT.plus(LEASE));

        clock.set(MOMENT.plus(LEASE).minusNanos(1_000));
        assertThat(storage.acquire(KEY, "two", LEASE)).isEmpty();
        clock.set(MOMENT.plus(LEASE));
        assertThat(storage.acquire(KEY, "two", LEASE))
                .map(StoredProjection::leaseToken)
                .contains(2L);
        assertThat(advance(mine, LEASE)).isFalse();
    }

    @Test
    void anOwnerMayTakeItsOwnAgain() {
        save(live());
        storage.acquire(KEY, "one", LEASE);

        assertThat(storage.acquire(KEY, "one", LEASE))
                .map(StoredProjection::leaseToken)
                .contains(2L);
    }

    @Test
    void onlyTheRightTokenLetsAProjectionGo() {
        save(live());
        storage.acquire(KEY, "one", LEASE);

        storage.release(KEY, 7);
        assertThat(storage.acquire(KEY, "two", LEASE)).isEmpty();
        storage.release(KEY, 1);
        assertThat(found().leaseOwner()).isEmpty();
        assertThat(found().leaseUntil()).isEmpty();
        assertThat(storage.acquire(KEY, "two", LEASE)).isPresent();
    }

    @Test
    void whatDoesNotRunOrIsNotThereIsNotTaken() {
        assertThat(storage.acquire(KEY, "one", LEASE)).isEmpty();
        save(live().withState(ProjectionState.PAUSED, Optional.empty()));
        assertThat(storage.acquire(KEY, "one", LEASE)).isEmpty();
        storage.release(new ProjectionKey(OTHER, "balances", "v1_a", 0), 0);
    }

    @Test
    void anAdvanceProlongsTheLease() {
        save(live());
        StoredProjection mine = storage.acquire(KEY, "one", LEASE).orElseThrow();
        clock.set(MOMENT.plusSeconds(20));

        assertThat(advance(mine, LEASE)).isTrue();
        assertThat(found().leaseUntil()).contains(MOMENT.plusSeconds(50));
        assertThat(found().leaseToken()).isEqualTo(1);
    }

    @Test
    void buildsAreFoundInTheOrderOfSlotAndPart() {
        StoredProjection beside = build("v1_b", 1, SlotRole.BUILDING);
        save(beside.asPart(1, 2));
        save(beside.asPart(0, 2));
        save(live());
        save(StoredProjection.begin(new ProjectionKey(ACME, "audits", "v1_a", 0), 1, SlotRole.LIVE, Position.START));

        assertThat(storage.find(ACME, "balances"))
                .extracting(each -> each.key().slot() + "/" + each.key().part())
                .containsExactly("v1_a/0", "v1_b/0", "v1_b/1");
        assertThat(storage.names(ACME)).containsExactly("audits", "balances");
        assertThat(storage.names(OTHER)).isEmpty();
    }

    @Test
    void theLogIsAskedForHeadsHashesAndMoments() {
        append(ACME);
        clock.set(MOMENT.plusSeconds(1));
        LogHead head = append(ACME);
        append(OTHER);
        store.ensureTenant(TenantId.of("empty"));

        assertThat(storage.heads())
                .containsExactlyInAnyOrder(new TenantHead(ACME, Position.of(2)), new TenantHead(OTHER, Position.of(1)));
        assertThat(storage.hashAt(ACME, Position.of(2))).contains(head.hash());
        assertThat(storage.hashAt(ACME, Position.START)).isEmpty();
        assertThat(storage.hashAt(ACME, Position.of(3))).isEmpty();
        assertThat(storage.recordedAfter(ACME, Position.START)).contains(MOMENT);
        assertThat(storage.recordedAfter(ACME, Position.of(1))).contains(MOMENT.plusSeconds(1));
        assertThat(storage.recordedAfter(ACME, Position.of(2))).isEmpty();
        assertThat(storage.now()).isEqualTo(MOMENT.plusSeconds(1));
        assertThat(storage.blockers(KEY)).isEmpty();
    }

    @Test
    void aTenantWithEventsAndNoLiveBuildIsDue() {
        store.ensureTenant(OTHER);
        assertThat(due(FIRST)).isEmpty();
        append(ACME);

        assertThat(due(FIRST)).containsExactly(new DueProjection(ACME, "balances", Optional.empty(), Position.of(1)));
    }

    @Test
    void aLiveBuildIsDueWhileItIsNotWhereTheLogIs() {
        LogHead head = append(ACME);
        save(live());
        assertThat(due(FIRST))
                .containsExactly(new DueProjection(ACME, "balances", Optional.of(live()), head.position()));

        save(live().withCheckpoint(new Checkpoint(head.position(), head.hash()), 1, 0));
        assertThat(due(FIRST)).isEmpty();
        save(live().withCheckpoint(new Checkpoint(Position.of(5), head.hash()), 5, 0));
        assertThat(due(FIRST)).hasSize(1);
    }

    @Test
    void whatIsPausedOrWasReplacedOrIsOfAnotherVersionIsNotDue() {
        append(ACME);
        save(live().withState(ProjectionState.PAUSED, Optional.empty()));
        save(build("v1_b", 1, SlotRole.PREVIOUS));
        assertThat(due(FIRST)).isEmpty();

        save(build("v2_a", 2, SlotRole.LIVE));
        storage.transaction(ACME, in -> {
            in.delete(KEY);
            return true;
        });
        assertThat(due(FIRST)).isEmpty();
    }

    @Test
    void aHigherVersionIsDueUntilABuildOfItHasBegun() {
        append(ACME);
        save(live());
        assertThat(due(SECOND)).containsExactly(new DueProjection(ACME, "balances", Optional.empty(), Position.of(1)));

        StoredProjection building = build("v2_a", 2, SlotRole.BUILDING);
        save(building);
        assertThat(due(SECOND)).extracting(DueProjection::stored).containsExactly(Optional.of(building));
    }

    @Test
    void aBuildIsDueEvenIfItHasCaughtUp() {
        LogHead head = append(ACME);
        Checkpoint caughtUp = new Checkpoint(head.position(), head.hash());
        save(live().withCheckpoint(caughtUp, 1, 0));
        save(build("v1_b", 1, SlotRole.BUILDING).withCheckpoint(caughtUp, 1, 0));

        assertThat(due(FIRST))
                .extracting(due -> due.stored().orElseThrow().role())
                .containsExactly(SlotRole.BUILDING);
    }

    @Test
    void whatAnotherEngineHasIsNotDueUntilItsLeaseIsOver() {
        append(ACME);
        save(live());
        storage.acquire(KEY, "one", LEASE);

        assertThat(due(FIRST)).isEmpty();
        assertThat(storage.due(List.of(FIRST), "one", Optional.empty(), 10)).hasSize(1);
        clock.set(MOMENT.plus(LEASE));
        assertThat(due(FIRST)).hasSize(1);
    }

    @Test
    void thoseThatHaveWaitedLongestComeFirst() {
        append(OTHER);
        clock.set(MOMENT.plusSeconds(1));
        append(ACME);

        assertThat(due(FIRST)).extracting(DueProjection::tenant).containsExactly(OTHER, ACME);
        assertThat(storage.due(List.of(FIRST), "any", Optional.empty(), 1))
                .extracting(DueProjection::tenant)
                .containsExactly(OTHER);
        assertThat(storage.due(List.of(FIRST), "any", Optional.of(ACME), 10))
                .extracting(DueProjection::tenant)
                .containsExactly(ACME);
    }

    private List<DueProjection> due(Projector projector) {
        return storage.due(List.of(projector), "any", Optional.empty(), 10);
    }

    private LogHead append(TenantId tenant) {
        store.append(tenant, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        return store.head(tenant).orElseThrow();
    }

    private void save(StoredProjection projection) {
        storage.transaction(ACME, in -> {
            in.save(projection);
            return true;
        });
    }

    private boolean advance(StoredProjection held, Duration lease) {
        Checkpoint to = new Checkpoint(
                held.checkpoint().position().next(), held.checkpoint().hash());
        return storage.transaction(ACME, in -> in.advance(held, to, 1, lease)).isPresent();
    }

    private StoredProjection found() {
        return storage.find(ACME, "balances").get(0);
    }

    private static StoredProjection live() {
        return build("v1_a", 1, SlotRole.LIVE);
    }

    private static StoredProjection build(String slot, int version, SlotRole role) {
        return StoredProjection.begin(new ProjectionKey(ACME, "balances", slot, 0), version, role, Position.START);
    }
}
