package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Listeners hear of what is committed. */
abstract class SubscriptionContract extends EngineContract {

    SubscriptionContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void aListenerHearsOfAllThatIsCommittedFromThenOnInOrder() {
        TenantId other = Fresh.tenant();
        post(cash, "before");
        Heard heard = new Heard();
        engine(EngineOptions.of()).subscribe(heard, 1, Overflow.WAIT);
        Racers.together(4, writer -> {
            for (int i = 0; i < 40; i++) {
                post(store, writer < 2 ? tenant : other, cash, "JE-" + i, "JE-" + i + "-storno");
            }
            return writer;
        });

        Eventually.holds("all 320 events are heard", () -> heard.events.size() >= 320);
        assertThat(heard.of(tenant)).isEqualTo(positions(2, 161));
        assertThat(heard.of(other)).isEqualTo(positions(1, 160));
        assertThat(heard.events).hasSize(320);
    }

    @Test
    void aListenerThatThrowsHearsOfTheNextEventAndHarmsNobody() {
        Projections engine = engine(EngineOptions.of(ledger()));
        Heard throwing = new Heard() {
            @Override
            public void on(RecordedEvent event) {
                super.on(event);
                if (event.position().value() % 2 == 0) {
                    throw new AssertionError("not as the listener likes it");
                }
                throw new IllegalStateException("the listener is broken");
            }
        };
        Heard other = new Heard();
        engine.subscribe(throwing, 1, Overflow.WAIT);
        engine.subscribe(other, 1, Overflow.WAIT);
        engine.start();
        postFrom(1, 20);

        Eventually.holds("the broken listener hears all", () -> throwing.events.size() >= 20);
        Eventually.holds("the other listener hears all", () -> other.events.size() >= 20);
        Eventually.holds("the read model follows", () -> isCaughtUp(engine, tenant));
        assertThat(throwing.of(tenant)).isEqualTo(positions(1, 20));
        assertThat(other.of(tenant)).isEqualTo(positions(1, 20));
        assertComplete(engine);
    }

    @Test
    void aSlowListenerKeepsNobodyWaitingAndMissesNothing() {
        Projections engine = engine(EngineOptions.of(ledger()));
        Stuck slow = new Stuck();
        Heard other = new Heard();
        engine.subscribe(slow, 1, Overflow.WAIT);
        engine.subscribe(other, 1, Overflow.WAIT);
        engine.start();
        postFrom(1, 30);

        Eventually.holds("the other listener hears all", () -> other.events.size() >= 30);
        Eventually.holds("the read model follows", () -> isCaughtUp(engine, tenant));
        assertThat(slow.events).hasSizeLessThanOrEqualTo(1);
        slow.goOn.countDown();
        Eventually.holds("the slow listener hears all", () -> slow.events.size() >= 30);
        assertThat(slow.of(tenant)).isEqualTo(positions(1, 30));
        assertThat(slow.skipped).isEmpty();
    }

    @Test
    void aListenerThatMaySkipIsToldWhatAndHearsTheNewest() {
        Projections engine = engine(EngineOptions.of());
        Stuck slow = new Stuck();
        engine.subscribe(slow, 5, Overflow.SKIP_OLDEST);
        post(cash, "JE-1");
        Eventually.holds("the first event is heard", () -> slow.events.size() == 1);
        postFrom(2, 60);
        slow.goOn.countDown();

        Eventually.holds("the newest is heard", () -> slow.of(tenant).contains(60L));
        assertThat(slow.skipped).containsExactly(positions(2, 55));
        assertThat(slow.of(tenant)).containsExactly(1L, 56L, 57L, 58L, 59L, 60L);
    }

    @Test
    void aListenerThatKeepsUpSkipsNothing() {
        Projections engine = engine(EngineOptions.of());
        Heard quick = new Heard();
        engine.subscribe(quick, 5, Overflow.SKIP_OLDEST);
        for (int i = 1; i <= 20; i++) {
            post(cash, "JE-" + i);
            int count = i;
            Eventually.holds("the event is heard", () -> quick.events.size() == count);
        }

        assertThat(quick.of(tenant)).isEqualTo(positions(1, 20));
        assertThat(quick.skipped).isEmpty();
    }

    @Test
    void aSubscriptionThatWasEndedHearsNothingMore() {
        Projections engine = engine(EngineOptions.of());
        Heard ended = new Heard();
        Heard other = new Heard();
        var subscription = engine.subscribe(ended, 1, Overflow.WAIT);
        engine.subscribe(other, 1, Overflow.WAIT);
        post(cash, "JE-1");
        Eventually.holds("both hear the first", () -> ended.events.size() == 1 && other.events.size() == 1);
        subscription.close();
        postFrom(2, 10);

        Eventually.holds("the other listener hears all", () -> other.events.size() == 10);
        assertThat(ended.of(tenant)).containsExactly(1L);
    }

    @Test
    void anEventThatCannotBeReadKeepsTheListenerFromNoOtherTenant() {
        Unreadable unreadable = new Unreadable(store, tenant);
        Heard heard = new Heard();
        engine(unreadable, EngineOptions.of()).subscribe(heard, 1, Overflow.WAIT);
        post(cash, "JE-1");
        List<TenantId> others = List.of(Fresh.tenant(), Fresh.tenant(), Fresh.tenant(), Fresh.tenant());
        others.forEach(other -> post(store, other, cash, "JE-1", "JE-2"));

        Eventually.holds("the others are heard of", () -> heard.events.size() >= 8);
        assertThat(heard.of(tenant)).isEmpty();
        others.forEach(other -> assertThat(heard.of(other)).isEqualTo(positions(1, 2)));

        unreadable.mended.set(true);
        Eventually.holds("it is heard of once it can be read", () -> heard.events.size() >= 9);
        assertThat(heard.of(tenant)).isEqualTo(positions(1, 1));
    }

    private void postFrom(int first, int last) {
        for (int i = first; i <= last; i++) {
            post(cash, "JE-" + i);
        }
    }

    private static List<Long> positions(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /** Keeps what it hears. */
    private static class Heard implements EventListener {

        final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
        final List<List<Long>> skipped = new CopyOnWriteArrayList<>();

        @Override
        public void on(RecordedEvent event) {
            events.add(event);
        }

        @Override
        public void onSkipped(TenantId tenant, Position first, Position last) {
            skipped.add(positions(first.value(), last.value()));
        }

        List<Long> of(TenantId tenant) {
            return events.stream()
                    .filter(event -> event.tenant().equals(tenant))
                    .map(event -> event.position().value())
                    .toList();
        }
    }

    /** Stays with its first event until it is let go on. */
    private static final class Stuck extends Heard {

        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void on(RecordedEvent event) {
            super.on(event);
            try {
                if (!goOn.await(Eventually.GUARD.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody let the listener go on");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A store that cannot read the log of one tenant until it is mended. */
    private static final class Unreadable extends ForwardingEventStore implements ProjectingEventStore {

        final AtomicBoolean mended = new AtomicBoolean();

        private final ProjectingEventStore store;
        private final TenantId sick;

        Unreadable(ProjectingEventStore store, TenantId sick) {
            this.store = store;
            this.sick = sick;
        }

        @Override
        protected EventStore delegate() {
            return store;
        }

        @Override
        public EventPage read(TenantId tenant, EventQuery query) {
            if (tenant.equals(sick) && !mended.get()) {
                throw new IllegalStateException("an event that nobody knows");
            }
            return store.read(tenant, query);
        }

        @Override
        public ProjectionStorage projections() {
            return store.projections();
        }

        @Override
        public List<Projector> inlineProjectors() {
            return store.inlineProjectors();
        }

        @Override
        public Subscription onAppend(Consumer<TenantId> listener) {
            return store.onAppend(listener);
        }
    }
}
