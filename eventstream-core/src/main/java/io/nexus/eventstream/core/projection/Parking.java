package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Events put aside, stream by stream. They are kept under part 0 of a build, so that they outlive its parts.
 */
final class Parking {

    private static final int ALL = 100_000;
    private static final int AT_ONCE = 100;

    private final EngineSettings settings;

    Parking(EngineSettings settings) {
        this.settings = settings;
    }

    /**
     * Puts aside what must be: the poisons, and whatever belongs to a stream that has events put aside. Returns the others.
     * The projection's row is locked by then, so that a replay of what was put aside is before this or after it.
     */
    static List<RecordedEvent> withoutParked(
            ProjectionTransaction transaction, ProjectionKey key, List<RecordedEvent> events, List<Poison> poisons) {
        if (events.isEmpty()) {
            return events;
        }
        ProjectionKey whole = whole(key);
        Set<StreamId> streams = new LinkedHashSet<>();
        events.forEach(event -> streams.add(event.stream()));
        Set<StreamId> parked = new HashSet<>(transaction.parkedStreams(whole, streams));
        Instant now = transaction.now();
        List<ParkedEvent> aside = new ArrayList<>();
        List<RecordedEvent> others = new ArrayList<>();
        Position lastAside = Position.START;
        for (RecordedEvent event : events) {
            Optional<Poison> poison = poisons.stream()
                    .filter(each -> each.event().position().equals(event.position()))
                    .findFirst();
            if (!Erasures.is(event) && (poison.isPresent() || parked.contains(event.stream()))) {
                parked.add(event.stream());
                // An upcaster may have made several events of one; it is put aside once.
                if (!event.position().equals(lastAside)) {
                    aside.add(new ParkedEvent(
                            event.position(),
                            event.stream(),
                            poison.map(Poison::error).orElse(""),
                            now));
                    lastAside = event.position();
                }
            } else {
                others.add(event);
            }
        }
        if (!aside.isEmpty()) {
            transaction.park(whole, aside);
        }
        return others;
    }

    /** Replays all that a build has put aside; returns how many events. Goes on with the next stream when one fails. */
    long replay(StoredProjection build) {
        ProjectionKey key = whole(build.key());
        Set<StreamId> streams = new LinkedHashSet<>();
        settings.storage().parked(key, ALL).forEach(event -> streams.add(event.stream()));
        long replayed = 0;
        Optional<RuntimeException> failure = Optional.empty();
        for (StreamId stream : streams) {
            try {
                replayed += replayed(key, stream);
            } catch (ProjectorFailure e) {
                failure = Optional.of(new ProjectionException(key.projection(), key.tenant(), e.position(), e.cause()));
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return replayed;
    }

    /** Replays a stream, one by one once an event has failed, so that those before it take effect. */
    private long replayed(ProjectionKey key, StreamId stream) {
        long replayed = 0;
        int atOnce = AT_ONCE;
        while (true) {
            try {
                long some = replaySome(key, stream, atOnce);
                if (some == 0) {
                    return replayed;
                }
                replayed += some;
            } catch (ProjectorFailure e) {
                if (atOnce == 1) {
                    throw e;
                }
                atOnce = 1;
            }
        }
    }

    private long replaySome(ProjectionKey key, StreamId stream, int atOnce) {
        Projector projector = settings.registration(key.projection()).projector();
        return settings.storage().transaction(key.tenant(), transaction -> {
            Optional<StoredProjection> build = transaction.lock(key.projection()).stream()
                    .filter(each -> each.key().equals(key))
                    .findFirst();
            List<ParkedEvent> parked = build.isEmpty() ? List.of() : transaction.parked(key, stream, atOnce);
            for (ParkedEvent each : parked) {
                boolean replay = each.position().compareTo(build.orElseThrow().replayUntil()) <= 0;
                Turns.project(
                        projector,
                        eventsAt(key, each.position()),
                        new SlotContext(transaction, key.slot(), replay),
                        true);
                transaction.unpark(key, each.position());
            }
            return (long) parked.size();
        });
    }

    private List<RecordedEvent> eventsAt(ProjectionKey key, Position position) {
        Set<String> types =
                Erasures.types(settings.registration(key.projection()).projector());
        EventPage page = settings.store()
                .read(
                        key.tenant(),
                        EventQuery.log()
                                .after(Position.of(position.value() - 1))
                                .upTo(position)
                                .ofTypes(types));
        return page.events();
    }

    static ProjectionKey whole(ProjectionKey key) {
        return new ProjectionKey(key.tenant(), key.projection(), key.slot(), 0);
    }
}
