package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.LogRewoundException;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One turn of one projection: takes it up if this engine does not have it, reads one page of events after its checkpoint, and
 * in one transaction moves the checkpoint and has the projector write.
 *
 * <p>The checkpoint is moved first, by compare-and-set. That locks the projection's row, so a worker that was paused and has
 * lost its lease waits for whoever took over, finds the checkpoint moved, and writes nothing.
 */
final class Turns {

    private final EngineSettings settings;
    private final HeldProjections held;
    private final Builds builds;
    private final Failures failures;
    private final Progress progress;

    Turns(EngineSettings settings, HeldProjections held, Builds builds, Failures failures, Progress progress) {
        this.settings = settings;
        this.held = held;
        this.builds = builds;
        this.failures = failures;
        this.progress = progress;
    }

    /** Gives a projection a turn. Does not throw what a projector or the storage throws; it is dealt with by then. */
    Next take(ProjectionKey key) {
        Optional<StoredProjection> projection = Optional.empty();
        try {
            projection = held.find(key).or(() -> takenUp(key));
            if (projection.isEmpty()) {
                return Next.rest(0);
            }
            Next next = turn(projection.get());
            failures.overcome(key);
            return next;
        } catch (ProjectorFailure e) {
            return failures.ofProjector(projection.orElseThrow(), e);
        } catch (RuntimeException e) {
            held.drop(key);
            return failures.ofStorage(key, e);
        }
    }

    private Optional<StoredProjection> takenUp(ProjectionKey key) {
        Optional<StoredProjection> acquired = settings.storage().acquire(key, settings.owner(), settings.lease());
        if (acquired.isPresent() && !isForUs(acquired.get())) {
            settings.storage().release(key, acquired.get().leaseToken());
            return Optional.empty();
        }
        acquired.ifPresent(projection -> {
            Checkpoint checkpoint = projection.checkpoint();
            Optional<EventHash> inLog = checkpoint.position().equals(Position.START)
                    ? Optional.of(EventHash.NONE)
                    : settings.storage().hashAt(key.tenant(), checkpoint.position());
            if (!inLog.equals(Optional.of(checkpoint.hash()))) {
                failures.stop(
                        projection,
                        checkpoint.position(),
                        new LogRewoundException(key.projection(), key.tenant(), checkpoint.position()));
            } else {
                held.keep(projection);
            }
        });
        return held.find(key);
    }

    /** A build may have changed its role since it stood in the queue; the one before the last switch stays as it was. */
    private boolean isForUs(StoredProjection projection) {
        int version =
                settings.registration(projection.key().projection()).projector().version();
        return projection.role() != SlotRole.PREVIOUS && projection.version() == version;
    }

    private Next turn(StoredProjection projection) {
        ProjectionKey key = projection.key();
        Position at = projection.checkpoint().position();
        Optional<LogHead> head = settings.store().head(key.tenant());
        Position end = head.map(LogHead::position).orElse(Position.START);
        if (end.isBefore(at)) {
            failures.stop(projection, at, new LogRewoundException(key.projection(), key.tenant(), at));
            held.drop(key);
            return Next.rest(0);
        }
        Position limit = limit(projection, end);
        if (limit.compareTo(at) <= 0) {
            return arrived(projection);
        }
        Page page = read(projection, limit, head.orElseThrow());
        Optional<StoredProjection> moved = applied(projection, page);
        if (moved.isEmpty()) {
            // Somebody else has it, or paused it, or it was begun anew; taking it up again tells.
            held.drop(key);
            return Next.atOnce(0);
        }
        held.keep(moved.get());
        progress.moved(moved.get(), limit);
        failures.overcome(key);
        long handled = page.events().size();
        boolean atItsEnd =
                page.to().position().equals(limit) && (limit.equals(end) || projection.role() == SlotRole.BUILDING);
        if (!atItsEnd) {
            return Next.atOnce(handled);
        }
        // To have been at its end a moment ago is near enough to switch: under steady appends no turn may ever find it
        // there.
        return new Next(handled, arrived(moved.get()).delay());
    }

    private Next arrived(StoredProjection projection) {
        if (projection.role() != SlotRole.LIVE || projection.parts() > 1 || builds.isToBecomeInline(projection)) {
            Next next = builds.arrived(projection);
            builds.letGo(projection.key());
            return next;
        }
        return Next.rest(0);
    }

    /**
     * Returns how far this turn may go: not beyond what a part is for, and not across the end of the replay, so that one call
     * of the projector is either replay or not. What a build that is not live handles is always a replay, so it does not go
     * beyond what is one; if it is to be compared with the live build, not beyond that.
     */
    private Position limit(StoredProjection projection, Position end) {
        if (projection.parts() > 1) {
            return projection.replayUntil();
        }
        if (projection.role() == SlotRole.BUILDING) {
            ProjectionKey key = projection.key();
            Position limit = Slots.live(settings.storage().find(key.tenant(), key.projection()))
                    .map(live -> projection.compared() ? live.checkpoint().position() : Slots.settledUntil(live))
                    .orElse(end);
            return limit.isBefore(end) ? limit : end;
        }
        boolean crosses = projection.checkpoint().position().isBefore(projection.replayUntil())
                && projection.replayUntil().isBefore(end);
        return crosses ? projection.replayUntil() : end;
    }

    private Page read(StoredProjection projection, Position limit, LogHead head) {
        Projector projector =
                settings.registration(projection.key().projection()).projector();
        boolean careful = failures.isCareful(projection);
        Position at = projection.checkpoint().position();
        EventQuery query = EventQuery.log()
                .after(at)
                .upTo(limit)
                .ofTypes(Erasures.types(projector))
                .pageSize(careful ? 1 : settings.batchSize());
        EventPage page;
        try {
            page = settings.store().read(projection.key().tenant(), query);
        } catch (EventSerializationException e) {
            throw new ProjectorFailure(at.next(), Position.of(at.value() + settings.batchSize()), null, e);
        }
        List<RecordedEvent> events = ofPart(projection, page.events());
        if (page.next().isPresent()) {
            RecordedEvent last = page.events().get(page.events().size() - 1);
            return new Page(
                    events, new Checkpoint(last.position(), last.stored().hash()), careful);
        }
        EventHash hash = limit.equals(head.position())
                ? head.hash()
                : settings.storage()
                        .hashAt(projection.key().tenant(), limit)
                        .orElseThrow(() -> new IllegalStateException("the log has no event at " + limit));
        return new Page(events, new Checkpoint(limit, hash), careful);
    }

    private static List<RecordedEvent> ofPart(StoredProjection projection, List<RecordedEvent> events) {
        return projection.parts() == 1
                ? events
                : events.stream()
                        // Parts do not wait for each other, so each is told of an erasure in its own place.
                        .filter(event -> Erasures.is(event)
                                || Parts.of(event.stream(), projection.parts())
                                        == projection.key().part())
                        .toList();
    }

    /**
     * Applies a page; returns the projection as it is then, empty if it is not this engine's any more. Whatever is thrown that
     * is not the library's own is the projector's doing, even if it shows only at the commit.
     */
    private Optional<StoredProjection> applied(StoredProjection projection, Page page) {
        try {
            return appliedInTransaction(projection, page);
        } catch (EventStreamException | ProjectorFailure e) {
            throw e;
        } catch (RuntimeException e) {
            List<RecordedEvent> events = page.events();
            if (events.isEmpty()) {
                throw e;
            }
            throw new ProjectorFailure(
                    events.get(0).position(),
                    events.get(events.size() - 1).position(),
                    events.size() == 1 ? events.get(0) : null,
                    e);
        }
    }

    private Optional<StoredProjection> appliedInTransaction(StoredProjection projection, Page page) {
        return settings.storage().transaction(projection.key().tenant(), transaction -> {
            OptionalLong parked =
                    transaction.advance(projection, page.to(), page.events().size(), settings.lease());
            if (parked.isEmpty()) {
                return Optional.empty();
            }
            Registration registration = settings.registration(projection.key().projection());
            List<RecordedEvent> events = registration.errorPolicy() == ErrorPolicy.PARK_STREAM
                    ? Parking.withoutParked(transaction, projection.key(), page.events(), failures.poisons(projection))
                    : page.events();
            boolean replay = projection.role() == SlotRole.BUILDING
                    || page.to().position().compareTo(projection.replayUntil()) <= 0;
            project(
                    registration.projector(),
                    events,
                    new SlotContext(transaction, projection.key().slot(), replay),
                    page.careful());
            return Optional.of(projection.withCheckpoint(
                    page.to(), projection.handled() + page.events().size(), parked.getAsLong()));
        });
    }

    static void project(Projector projector, List<RecordedEvent> events, SlotContext context, boolean oneByOne) {
        if (events.isEmpty()) {
            return;
        }
        if (!oneByOne) {
            call(projector, events, context, events.size() == 1 ? events.get(0) : null);
            return;
        }
        for (RecordedEvent event : events) {
            call(projector, List.of(event), context, event);
        }
    }

    private static void call(
            Projector projector, List<RecordedEvent> events, SlotContext context, @Nullable RecordedEvent only) {
        try {
            Erasures.project(projector, events, context);
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            throw new ProjectorFailure(
                    events.get(0).position(), events.get(events.size() - 1).position(), only, e);
        }
    }

    /** Events and where the checkpoint is to stand after them. */
    private record Page(List<RecordedEvent> events, Checkpoint to, boolean careful) {}
}
