package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs projectors in the transaction of an append; for authors of stores. The transaction holds the tenant's lane before it
 * writes the first row of a read model, so that two appends cannot wait for each other.
 *
 * <p>A projector that is new to a log with history does not run here until the engine has caught it up and switched it
 * over; until then its read model follows the log a moment later.
 */
public final class InlineProjections {

    private final List<Projector> projectors;

    /**
     * Creates it for these projectors, which run in their order.
     *
     * @throws IllegalArgumentException if two have one name
     */
    public InlineProjections(List<Projector> projectors) {
        if (projectors.stream().map(Projector::name).distinct().count() < projectors.size()) {
            throw new IllegalArgumentException("two inline projectors have the same name");
        }
        this.projectors = List.copyOf(projectors);
    }

    /** Returns the projectors. */
    public List<Projector> projectors() {
        return projectors;
    }

    /** Returns whether there is nothing to run. */
    public boolean isEmpty() {
        return projectors.isEmpty();
    }

    /**
     * Brings the read models up to what the transaction has appended.
     *
     * @param transaction in which the append was made and the lane is held
     * @param log the log as that transaction sees it
     * @param result what was appended
     * @throws ProjectionException if a projector failed; the transaction must not be committed
     */
    public void afterAppend(ProjectionTransaction transaction, EventStore log, AppendResult result) {
        if (result.alreadyRecorded()) {
            return;
        }
        for (Projector projector : projectors) {
            StoredProjection live = liveOrFirst(projector, transaction, result);
            if (live != null
                    && live.inline()
                    && live.version() == projector.version()
                    && live.state() == ProjectionState.RUNNING) {
                project(projector, live, transaction, log);
            }
        }
    }

    /** Returns the live projection; begins it if this append is the log's first; null if the engine has to begin it. */
    private static @Nullable StoredProjection liveOrFirst(
            Projector projector, ProjectionTransaction transaction, AppendResult result) {
        Optional<StoredProjection> live = Slots.live(transaction.lock(projector.name()));
        if (live.isPresent() || !result.events().get(0).position().equals(Position.of(1))) {
            return live.orElse(null);
        }
        transaction.lockPreparation(projector.name());
        live = Slots.live(transaction.lock(projector.name()));
        if (live.isPresent()) {
            return live.get();
        }
        ProjectionKey key =
                new ProjectionKey(transaction.tenant(), projector.name(), Slots.first(projector.version()), 0);
        StoredProjection first =
                Builds.first(projector, key, SlotRole.LIVE, Position.START).withInline(true);
        Builds.begin(projector, first, transaction);
        return first;
    }

    private static void project(
            Projector projector, StoredProjection live, ProjectionTransaction transaction, EventStore log) {
        LogHead head = log.head(transaction.tenant()).orElseThrow();
        EventQuery query = EventQuery.log()
                .after(live.checkpoint().position())
                .upTo(head.position())
                .ofTypes(Erasures.types(projector));
        long handled = 0;
        SlotContext context = new SlotContext(transaction, live.key().slot(), false);
        for (Optional<EventQuery> next = Optional.of(query); next.isPresent(); ) {
            EventPage page = log.read(transaction.tenant(), next.get());
            apply(projector, page.events(), context);
            handled += page.events().size();
            next = page.next();
        }
        if (transaction
                .advance(live, new Checkpoint(head.position(), head.hash()), handled, Duration.ZERO)
                .isEmpty()) {
            throw new IllegalStateException("the projection " + projector.name() + " is locked and yet has changed");
        }
    }

    private static void apply(Projector projector, List<RecordedEvent> events, SlotContext context) {
        if (events.isEmpty()) {
            return;
        }
        try {
            Erasures.project(projector, events, context);
        } catch (RuntimeException e) {
            throw new ProjectionException(
                    projector.name(), context.tenant(), events.get(0).position(), e);
        }
    }
}
