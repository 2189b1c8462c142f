package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Checkpoints, what was put aside, and tables change together or not at all. */
class InMemoryTransactionTest {

    private static final ProjectionKey KEY = new ProjectionKey(ACME, "balances", "v1_a", 0);
    private static final StoredProjection BUILD = StoredProjection.begin(KEY, 1, SlotRole.LIVE, Position.START);
    private static final Checkpoint NEXT = new Checkpoint(Position.of(1), EventHash.NONE);
    private static final StreamId BANK = StreamId.of("account", "2000");

    private final InMemoryEventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
            .clock(new SettableClock(MOMENT))
            .build();
    private final ProjectionStorage storage = store.projections();

    @Test
    void checkpointAndTablesAreCommittedTogether() {
        in(transaction -> {
            transaction.save(BUILD);
            table(transaction).put("cash", 1);
            assertThat(transaction.advance(BUILD, NEXT, 3, Duration.ZERO)).isEqualTo(OptionalLong.of(0));
            assertThat(transaction.tenant()).isEqualTo(ACME);
            assertThat(transaction.now()).isEqualTo(MOMENT);
        });

        assertThat(store.tables(ACME)).isEqualTo(Map.of("balance_v1_a", Map.of("cash", 1)));
        assertThat(store.tables(TenantId.of("other"))).isEmpty();
        assertThat(storage.find(ACME, "balances")).containsExactly(BUILD.withCheckpoint(NEXT, 3, 0));
    }

    @Test
    void workThatThrowsAndWorkForTheMomentLeaveNothing() {
        in(transaction -> {
            transaction.save(BUILD);
            transaction.park(KEY, List.of(parked(1, CASH)));
            table(transaction).put("cash", 1);
        });
        List<StoredProjection> before = storage.find(ACME, "balances");

        assertThatIllegalStateException()
                .isThrownBy(() -> in(transaction -> {
                    changeAll(transaction);
                    throw new IllegalStateException("no");
                }));
        int seen = storage.rolledBack(ACME, transaction -> {
            changeAll(transaction);
            return table(transaction).size();
        });

        assertThat(seen).isEqualTo(2);
        assertThat(storage.find(ACME, "balances")).isEqualTo(before);
        assertThat(storage.parked(KEY, 10)).containsExactly(parked(1, CASH));
        assertThat(store.tables(ACME)).isEqualTo(Map.of("balance_v1_a", Map.of("cash", 1)));
    }

    private static void changeAll(ProjectionTransaction transaction) {
        table(transaction).put("cash", 2);
        table(transaction).put("bank", 2);
        transaction.advance(BUILD, NEXT, 1, Duration.ZERO);
        transaction.park(KEY, List.of(parked(2, CASH)));
        transaction.unpark(KEY, Position.of(1));
    }

    @Test
    void tablesAreReadCommittedWhileATransactionRuns() {
        in(transaction -> {
            table(transaction).put("cash", 1);
            assertThat(store.tables(ACME)).isEmpty();
        });
        in(transaction -> table(transaction).clear());
        assertThat(store.tables(ACME)).isEmpty();
    }

    @Test
    void aTransactionThatHasEndedIsNotUsed() {
        List<ProjectionTransaction> kept = new ArrayList<>();
        List<InMemoryTables> tables = new ArrayList<>();
        in(transaction -> {
            kept.add(transaction);
            tables.add(transaction.resource(InMemoryTables.class));
        });

        assertThatIllegalStateException().isThrownBy(() -> kept.get(0).save(BUILD));
        assertThatIllegalStateException().isThrownBy(() -> kept.get(0).lockLane());
        assertThatIllegalStateException().isThrownBy(() -> tables.get(0).table("balance"));
    }

    @Test
    void thereIsNoResourceButTheTables() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> in(transaction -> transaction.resource(String.class)))
                .withMessageContaining("has no java.lang.String for projectors");
    }

    @Test
    void aProjectionOfAnotherTenantIsRefused() {
        ProjectionKey foreign = new ProjectionKey(TenantId.of("other"), "balances", "v1_a", 0);
        assertThatIllegalArgumentException().isThrownBy(() -> in(transaction -> transaction.delete(foreign)));
    }

    @Test
    void aCheckpointIsMovedOnlyFromWhereTheCallerBelieves() {
        in(transaction -> transaction.save(BUILD));
        StoredProjection elsewhere = BUILD.withCheckpoint(new Checkpoint(Position.of(9), EventHash.NONE), 0, 0);
        assertThat(advance(elsewhere, Duration.ZERO)).isEmpty();

        StoredProjection mine =
                storage.acquire(KEY, "one", Duration.ofSeconds(1)).orElseThrow();
        assertThat(advance(BUILD, Duration.ofSeconds(1))).isEmpty();
        assertThat(advance(mine, Duration.ofSeconds(1))).hasValue(0);
        assertThat(advance(mine, Duration.ofSeconds(1))).isEmpty();

        in(transaction -> transaction.save(BUILD.withState(ProjectionState.PAUSED, Optional.empty())));
        assertThat(advance(BUILD, Duration.ZERO)).isEmpty();
        in(transaction -> transaction.delete(KEY));
        assertThat(advance(BUILD, Duration.ZERO)).isEmpty();
    }

    @Test
    void oneOfEightConcurrentAdvancesWins() throws Exception {
        in(transaction -> transaction.save(BUILD));
        CyclicBarrier together = new CyclicBarrier(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> {
                    together.await(30, TimeUnit.SECONDS);
                    return storage.transaction(ACME, transaction -> {
                        boolean won = transaction
                                .advance(BUILD, NEXT, 1, Duration.ZERO)
                                .isPresent();
                        if (won) {
                            table(transaction).merge("winners", 1, (one, other) -> (int) one + (int) other);
                        }
                        return won;
                    });
                }));
            }
            int winners = 0;
            for (Future<Boolean> answer : answers) {
                winners += answer.get(30, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.tables(ACME)).isEqualTo(Map.of("balance_v1_a", Map.of("winners", 1)));
        assertThat(storage.find(ACME, "balances").get(0).handled()).isEqualTo(1);
    }

    @Test
    void whatWasPutAsideIsCountedAndKeptInOrder() {
        in(transaction -> {
            transaction.save(BUILD);
            transaction.park(KEY, List.of(parked(3, CASH), parked(1, CASH), parked(2, BANK)));
            assertThat(transaction.parkedStreams(KEY, Set.of(CASH, StreamId.of("account", "3"))))
                    .containsExactly(CASH);
            assertThat(transaction.parked(KEY, CASH, 1)).containsExactly(parked(1, CASH));
            assertThat(transaction.advance(BUILD, NEXT, 0, Duration.ZERO)).hasValue(3);
            assertThat(transaction.lock("balances").get(0).parked()).isEqualTo(3);
        });
        assertThat(storage.parked(KEY, 2)).containsExactly(parked(1, CASH), parked(2, BANK));

        in(transaction -> {
            transaction.unpark(KEY, Position.of(1));
            transaction.unpark(KEY, Position.of(7));
        });
        assertThat(storage.parked(KEY, 10)).containsExactly(parked(2, BANK), parked(3, CASH));
        assertThat(storage.find(ACME, "balances").get(0).parked()).isEqualTo(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> in(transaction -> transaction.park(KEY, List.of(parked(2, BANK)))));

        in(transaction -> transaction.delete(KEY));
        assertThat(storage.parked(KEY, 10)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> in(transaction -> transaction.park(KEY, List.of(parked(2, BANK)))));
    }

    @Test
    void twoBuildsAreComparedRowByRow() {
        in(transaction -> {
            InMemoryTables tables = transaction.resource(InMemoryTables.class);
            tables.table("balance_v1_a").putAll(Map.of("same", 1, "changed", 1));
            tables.table("balance_v1_b").putAll(Map.of("same", 1, "changed", 2));
            tables.table("audit_v1_b").put("new", 3);

            assertThat(transaction.compare(Set.of("balance", "audit"), "v1_a", "v1_b", 10))
                    .containsExactly(
                            new ReadModelDifference("audit", SlotRole.BUILDING, "new=3"),
                            new ReadModelDifference("balance", SlotRole.LIVE, "changed=1"),
                            new ReadModelDifference("balance", SlotRole.BUILDING, "changed=2"));
            assertThat(transaction.compare(Set.of("balance", "audit"), "v1_a", "v1_b", 2))
                    .hasSize(2);
            assertThat(transaction.compare(Set.of("balance"), "v1_a", "v1_a", 2))
                    .isEmpty();
        });
    }

    @Test
    void nothingIsAppendedWhileTheLaneIsLocked() throws Exception {
        append();
        List<CompletableFuture<AppendResult>> waiting = new ArrayList<>();
        in(transaction -> {
            transaction.lockLane();
            transaction.lockLane();
            transaction.lock("balances");
            waiting.add(CompletableFuture.supplyAsync(this::append));
            assertThat(waiting.get(0)).isNotDone();
            assertThat(store.head(ACME).orElseThrow().position()).isEqualTo(Position.of(1));
        });

        assertThat(waiting.get(0).get(30, TimeUnit.SECONDS).events().get(0).position())
                .isEqualTo(Position.of(2));
    }

    @Test
    void aTransactionWithoutTheLaneDoesNotHoldUpAppends() {
        in(transaction -> {
            transaction.lock("balances");
            CompletableFuture<AppendResult> append = CompletableFuture.supplyAsync(this::append);
            assertThat(append.orTimeout(30, TimeUnit.SECONDS).join().events()).hasSize(1);
        });
    }

    @Test
    void aLaneThatIsTakenTooLateIsNotWaitedForForever() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> holder = CompletableFuture.runAsync(() -> in(transaction -> {
            transaction.lockLane();
            held.countDown();
            await(release);
        }));
        await(held);

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> in(transaction -> {
                    transaction.save(BUILD);
                    transaction.lockLane();
                }))
                .withMessageContaining("before it looks at a projection");
        release.countDown();
        holder.get(30, TimeUnit.SECONDS);
        assertThat(storage.names(ACME)).isEmpty();
        assertThat(append().events()).hasSize(1);
    }

    @Test
    void tablesOfAProjectorArePreparedByOneTransactionOfAnyTenantAtATime() throws Exception {
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        in(transaction -> {
            transaction.lockPreparation("balances");
            waiting.add(CompletableFuture.supplyAsync(() -> storage.transaction(TenantId.of("other"), other -> {
                other.lockPreparation("balances");
                return store.tables(ACME).isEmpty();
            })));
            table(transaction).put("cash", 1);
            assertThat(waiting.get(0)).isNotDone();
        });

        assertThat(waiting.get(0).get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aTransactionInATransactionIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> in(transaction -> {
                    transaction.save(BUILD);
                    storage.acquire(KEY, "one", Duration.ofSeconds(1));
                }))
                .withMessageContaining("is in a transaction of tenant acme already");
    }

    private AppendResult append() {
        return store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
    }

    private OptionalLong advance(StoredProjection held, Duration lease) {
        return storage.transaction(ACME, transaction -> transaction.advance(held, NEXT, 1, lease));
    }

    private void in(Consumer<ProjectionTransaction> work) {
        storage.transaction(ACME, transaction -> {
            work.accept(transaction);
            return true;
        });
    }

    private static Map<Object, Object> table(ProjectionTransaction transaction) {
        return transaction.resource(InMemoryTables.class).table("balance_v1_a");
    }

    private static ParkedEvent parked(long position, StreamId stream) {
        return new ParkedEvent(Position.of(position), stream, "", MOMENT);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
