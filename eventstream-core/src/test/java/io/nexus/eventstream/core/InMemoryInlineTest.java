package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.credited;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.StoredProjection;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** An append and its inline projections happen together or not at all. */
class InMemoryInlineTest {

    private static final StreamId BANK = StreamId.of("account", "2000");

    private final SettableClock clock = new SettableClock(MOMENT);
    private final AtomicBoolean failing = new AtomicBoolean();
    private final InMemoryEventStore store = store(new Balances().then(event -> {
        if (failing.get() && event.stream().equals(BANK)) {
            throw new IllegalStateException("no bank today");
        }
    }));

    @Test
    void theReadModelIsThereWhenTheAppendReturns() {
        append(store, NewEvent.of(debited("5")));
        append(store, NewEvent.of(credited("2")));

        LogHead head = store.head(ACME).orElseThrow();
        assertThat(balances(store)).isEqualTo(Map.of(CASH, new BigDecimal("3"), BANK, new BigDecimal("3")));
        StoredProjection live = store.projections().find(ACME, "balances").get(0);
        assertThat(live.checkpoint()).isEqualTo(new Checkpoint(head.position(), head.hash()));
        assertThat(live.handled()).isEqualTo(4);
        assertThat(live.inline()).isTrue();
        assertThat(store.inlineProjectors())
                .extracting(projector -> projector.name())
                .containsExactly("balances");
    }

    @Test
    void aProjectorThatThrowsLeavesNothingOfTheAppend() {
        append(store, NewEvent.of(debited("5")));
        LogHead head = store.head(ACME).orElseThrow();
        Map<StreamId, BigDecimal> balances = balances(store);
        StoredProjection live = store.projections().find(ACME, "balances").get(0);

        failing.set(true);
        NewEvent refused = NewEvent.of(debited("7"));
        assertThatExceptionOfType(ProjectionException.class)
                .isThrownBy(() -> append(store, refused))
                .withRootCauseInstanceOf(IllegalStateException.class);

        assertThat(store.head(ACME)).contains(head);
        assertThat(store.find(ACME, refused.id())).isEmpty();
        assertThat(store.version(ACME, CASH).value()).isEqualTo(1);
        assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(2);
        assertThat(balances(store)).isEqualTo(balances);
        assertThat(store.projections().find(ACME, "balances")).containsExactly(live);
    }

    @Test
    void theAppendAfterAFailedOneGetsItsPositionsItsIdsAndItsHashes() {
        NewEvent first = NewEvent.of(debited("5"));
        NewEvent second = NewEvent.of(debited("7"));
        append(store, first, second);
        failing.set(true);
        NewEvent third = NewEvent.of(debited("9"));
        NewEvent fourth = NewEvent.of(debited("11"));
        assertThatExceptionOfType(ProjectionException.class).isThrownBy(() -> append(store, third, fourth));

        failing.set(false);
        AppendResult again = append(store, third, fourth);
        InMemoryEventStore undisturbed = store(new Balances());
        append(undisturbed, first, second);
        append(undisturbed, third, fourth);

        assertThat(again.alreadyRecorded()).isFalse();
        assertThat(again.events())
                .extracting(
                        event -> event.position().value(),
                        event -> event.version().value())
                .containsExactly(tuple(3L, 2L), tuple(4L, 2L));
        assertThat(store.head(ACME)).isEqualTo(undisturbed.head(ACME));
        assertThat(store.tables(ACME)).isEqualTo(undisturbed.tables(ACME));
    }

    @Test
    void theVeryFirstAppendCanFailToo() {
        failing.set(true);
        assertThatExceptionOfType(ProjectionException.class).isThrownBy(() -> append(store, NewEvent.of(debited("1"))));

        assertThat(store.head(ACME)).isEmpty();
        assertThat(store.tables(ACME)).isEmpty();
        assertThat(store.projections().names(ACME)).isEmpty();
        failing.set(false);
        assertThat(append(store, NewEvent.of(debited("1"))).events().get(0).position())
                .isEqualTo(Position.of(1));
    }

    @Test
    void nobodyElseSeesAnAppendThatIsBeingProjected() throws Exception {
        CountDownLatch projecting = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        InMemoryEventStore slow = store(new Balances().then(event -> {
            if (event.position().equals(Position.of(2))) {
                projecting.countDown();
                await(looked);
            }
        }));
        NewEvent event = NewEvent.of(debited("5"));
        CompletableFuture<AppendResult> append = CompletableFuture.supplyAsync(() -> append(slow, event));
        await(projecting);

        assertThat(slow.head(ACME)).isEmpty();
        assertThat(slow.find(ACME, event.id())).isEmpty();
        assertThat(slow.version(ACME, CASH).value()).isZero();
        assertThat(slow.read(ACME, EventQuery.log()).events()).isEmpty();
        assertThat(slow.read(ACME, EventQuery.log().backward()).events()).isEmpty();
        assertThat(slow.positionAt(ACME, MOMENT.minusSeconds(1))).isEqualTo(Position.START);
        assertThat(slow.projections().heads()).isEmpty();
        assertThat(slow.projections().names(ACME)).isEmpty();
        assertThat(slow.tables(ACME)).isEmpty();

        looked.countDown();
        assertThat(append.get(30, TimeUnit.SECONDS).events()).hasSize(2);
        assertThat(slow.head(ACME)).map(LogHead::position).contains(Position.of(2));
        assertThat(balances(slow)).hasSize(2);
    }

    @Test
    void aMomentThatAnAppendInFlightMayFallOnIsAnsweredAfterIt() throws Exception {
        CountDownLatch projecting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        InMemoryEventStore slow = store(new Balances().then(event -> {
            projecting.countDown();
            await(goOn);
        }));
        CompletableFuture<AppendResult> append =
                CompletableFuture.supplyAsync(() -> append(slow, NewEvent.of(debited("5"))));
        await(projecting);
        CompletableFuture<Position> position = CompletableFuture.supplyAsync(() -> slow.positionAt(ACME, MOMENT));
        assertThat(position).isNotDone();

        goOn.countDown();
        assertThat(append.get(30, TimeUnit.SECONDS).recordedAt()).isEqualTo(MOMENT);
        assertThat(position.get(30, TimeUnit.SECONDS)).isEqualTo(Position.of(2));
    }

    @Test
    void anAnswerGivenDuringAnAppendThatFailsStaysFinal() {
        CountDownLatch projecting = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        InMemoryEventStore slow = store(new Balances().then(event -> {
            if (event.position().equals(Position.of(3)) && projecting.getCount() > 0) {
                projecting.countDown();
                await(answered);
                throw new IllegalStateException("no");
            }
        }));
        append(slow, NewEvent.of(debited("5")));
        clock.set(MOMENT.plusSeconds(10));
        CompletableFuture<AppendResult> failed =
                CompletableFuture.supplyAsync(() -> append(slow, NewEvent.of(debited("5"))));
        await(projecting);
        assertThat(slow.positionAt(ACME, MOMENT.plusSeconds(5))).isEqualTo(Position.of(2));
        answered.countDown();
        assertThat(failed).failsWithin(Duration.ofSeconds(30));

        clock.set(MOMENT.plusSeconds(1));
        assertThat(append(slow, NewEvent.of(debited("5"))).recordedAt())
                .isEqualTo(MOMENT.plusSeconds(5).plusNanos(1_000));
        assertThat(slow.positionAt(ACME, MOMENT.plusSeconds(5))).isEqualTo(Position.of(2));
    }

    @Test
    void readersNeverFindTheReadModelAheadOfTheLogNorBehindIt() throws Exception {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                append(store, NewEvent.of(debited("1")));
            }
        });
        while (!writer.isDone()) {
            long before = store.head(ACME).map(head -> head.position().value()).orElse(0L);
            long projected = balances(store).values().stream()
                    .mapToLong(BigDecimal::longValueExact)
                    .sum();
            long after = store.head(ACME).map(head -> head.position().value()).orElse(0L);
            assertThat(projected).isBetween(before, after).isEven();
        }
        writer.get(30, TimeUnit.SECONDS);
        assertThat(balances(store)).containsEntry(CASH, new BigDecimal("300"));
    }

    @Test
    void listenersHearOfCommittedAppendsOutsideOfLocks() {
        List<TenantId> heard = new ArrayList<>();
        Subscription subscription = store.onAppend(tenant -> {
            heard.add(tenant);
            assertThat(store.projections().acquire(live().key(), "listener", Duration.ofSeconds(1)))
                    .isPresent();
        });
        NewEvent event = NewEvent.of(debited("1"));
        append(store, event);
        append(store, event);
        failing.set(true);
        assertThatExceptionOfType(ProjectionException.class).isThrownBy(() -> append(store, NewEvent.of(debited("1"))));
        assertThat(heard).containsExactly(ACME);

        failing.set(false);
        subscription.close();
        append(store, NewEvent.of(debited("1")));
        assertThat(heard).containsExactly(ACME);
    }

    @Test
    void aProjectorThatAppendsIsTold() {
        List<InMemoryEventStore> self = new ArrayList<>();
        InMemoryEventStore nested = store(new Balances().then(event -> append(self.get(0), NewEvent.of(debited("1")))));
        self.add(nested);

        assertThatExceptionOfType(ProjectionException.class)
                .isThrownBy(() -> append(nested, NewEvent.of(debited("1"))))
                .withStackTraceContaining("is in a transaction of tenant acme already");
        assertThat(nested.head(ACME)).isEmpty();
    }

    @Test
    void aTenantThatIsNotThereIsRefusedAsWithoutProjectors() {
        InMemoryEventStore careful = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .autoCreateTenants(false)
                .inline(new Balances())
                .build();
        assertThatExceptionOfType(TenantNotFoundException.class)
                .isThrownBy(() -> append(careful, NewEvent.of(debited("1"))));

        careful.ensureTenant(ACME);
        assertThat(append(careful, NewEvent.of(debited("1"))).events()).hasSize(2);
    }

    @Test
    void anAppendLargerThanAPageIsProjectedWhole() {
        InMemoryEventStore narrow = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .limits(StoreLimits.defaults().withPageSize(1, 1))
                .inline(new Balances())
                .build();
        append(narrow, NewEvent.of(debited("1")));
        append(narrow, NewEvent.of(debited("2")));

        assertThat(balances(narrow)).isEqualTo(Map.of(CASH, new BigDecimal("3"), BANK, new BigDecimal("3")));
    }

    @Test
    void twoInlineProjectorsOfOneNameAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store(new Balances(), new Balances()));
    }

    private InMemoryEventStore store(Balances... projectors) {
        return InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .clock(clock)
                .inline(projectors)
                .build();
    }

    private StoredProjection live() {
        return store.projections().find(ACME, "balances").get(0);
    }

    /** Appends the event to the first account and one like it to the second. */
    private static AppendResult append(InMemoryEventStore store, NewEvent event) {
        NewEvent other = event.withId(EventId.fromName(event.id() + " for the bank"));
        return append(store, event, other);
    }

    private static AppendResult append(InMemoryEventStore store, NewEvent cash, NewEvent bank) {
        return store.appendAll(
                ACME,
                List.of(
                        StreamAppend.of(CASH, ExpectedVersion.any(), cash),
                        StreamAppend.of(BANK, ExpectedVersion.any(), bank)));
    }

    private static Map<StreamId, BigDecimal> balances(InMemoryEventStore store) {
        Map<StreamId, BigDecimal> balances = new HashMap<>();
        store.tables(ACME)
                .getOrDefault("balance_v1_a", Map.of())
                .forEach((stream, balance) -> balances.put((StreamId) stream, (BigDecimal) balance));
        return balances;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
