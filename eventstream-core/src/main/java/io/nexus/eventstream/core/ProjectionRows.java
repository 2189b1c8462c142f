package io.nexus.eventstream.core;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tenant's projections and what they have put aside. A transaction changes a copy, which takes the place of the first. */
final class ProjectionRows {

    private static final Comparator<ProjectionKey> ORDER = Comparator.comparing(ProjectionKey::projection)
            .thenComparing(ProjectionKey::slot)
            .thenComparingInt(ProjectionKey::part);

    private final NavigableMap<ProjectionKey, StoredProjection> rows = new TreeMap<>(ORDER);

    // The maps inside are never changed, only replaced, and so are shared by copies.
    private final Map<ProjectionKey, NavigableMap<Position, ParkedEvent>> parked = new HashMap<>();

    ProjectionRows copy() {
        ProjectionRows copy = new ProjectionRows();
        copy.rows.putAll(rows);
        copy.parked.putAll(parked);
        return copy;
    }

    List<String> names() {
        return rows.keySet().stream().map(ProjectionKey::projection).distinct().toList();
    }

    /** Returns all builds of a projection in the order of slot and part. */
    List<StoredProjection> find(String projection) {
        return rows.values().stream()
                .filter(row -> row.key().projection().equals(projection))
                .toList();
    }

    OptionalLong advance(StoredProjection held, Checkpoint to, long handled, Duration lease, Instant now) {
        StoredProjection row = rows.get(held.key());
        if (row == null
                || row.state() != ProjectionState.RUNNING
                || !row.checkpoint().equals(held.checkpoint())
                || (!lease.isZero() && row.leaseToken() != held.leaseToken())) {
            return OptionalLong.empty();
        }
        StoredProjection advanced = row.withCheckpoint(to, row.handled() + handled, row.parked());
        save(
                lease.isZero()
                        ? advanced
                        : leased(advanced, row.leaseToken(), row.leaseOwner(), Optional.of(now.plus(lease))));
        return OptionalLong.of(row.parked());
    }

    Optional<StoredProjection> acquire(ProjectionKey key, String owner, Duration lease, Instant now) {
        StoredProjection row = rows.get(key);
        if (row == null || row.state() != ProjectionState.RUNNING || !isFree(row, owner, now)) {
            return Optional.empty();
        }
        StoredProjection acquired = leased(row, row.leaseToken() + 1, Optional.of(owner), Optional.of(now.plus(lease)));
        save(acquired);
        return Optional.of(acquired);
    }

    /** Returns whether it was let go. */
    boolean release(ProjectionKey key, long leaseToken) {
        StoredProjection row = rows.get(key);
        boolean held = row != null && row.leaseToken() == leaseToken;
        if (row != null && held) {
            save(leased(row, leaseToken, Optional.empty(), Optional.empty()));
        }
        return held;
    }

    void save(StoredProjection projection) {
        rows.put(projection.key(), projection);
    }

    void delete(ProjectionKey key) {
        rows.remove(key);
        parked.remove(key);
    }

    void park(ProjectionKey key, List<ParkedEvent> events) {
        NavigableMap<Position, ParkedEvent> after = new TreeMap<>(parkedOf(key));
        for (ParkedEvent event : events) {
            if (after.putIfAbsent(event.position(), event) != null) {
                throw new IllegalStateException("the projection %s has put position %s aside already"
                        .formatted(key.projection(), event.position()));
            }
        }
        replace(key, after, events.size());
    }

    void unpark(ProjectionKey key, Position position) {
        NavigableMap<Position, ParkedEvent> after = new TreeMap<>(parkedOf(key));
        if (after.remove(position) != null) {
            replace(key, after, -1);
        }
    }

    Set<StreamId> parkedStreams(ProjectionKey key, Collection<StreamId> streams) {
        Set<StreamId> wanted = Set.copyOf(streams);
        return parkedEvents(key, event -> wanted.contains(event.stream()))
                .map(ParkedEvent::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the events that were put aside and pass the filter, in the order of their positions. */
    Stream<ParkedEvent> parkedEvents(ProjectionKey key, Predicate<ParkedEvent> filter) {
        return parkedOf(key).values().stream().filter(filter);
    }

    /** Returns whether somebody may take the projection over, or has it. */
    static boolean isFree(StoredProjection row, String owner, Instant now) {
        return row.leaseOwner().map(owner::equals).orElse(true)
                || row.leaseUntil().map(until -> !until.isAfter(now)).orElse(true);
    }

    private NavigableMap<Position, ParkedEvent> parkedOf(ProjectionKey key) {
        NavigableMap<Position, ParkedEvent> events = parked.get(key);
        return events == null ? new TreeMap<>() : events;
    }

    private void replace(ProjectionKey key, NavigableMap<Position, ParkedEvent> events, int more) {
        StoredProjection row = rows.get(key);
        if (row == null) {
            throw new IllegalStateException("there is no projection %s to put events aside".formatted(key));
        }
        parked.put(key, events);
        save(row.withCheckpoint(row.checkpoint(), row.handled(), row.parked() + more));
    }

    private static StoredProjection leased(
            StoredProjection row, long token, Optional<String> owner, Optional<Instant> until) {
        return new StoredProjection(
                row.key(),
                row.parts(),
                row.version(),
                row.role(),
                row.state(),
                row.inline(),
                row.compared(),
                row.checkpoint(),
                row.replayUntil(),
                row.handled(),
                row.parked(),
                row.failure(),
                token,
                owner,
                until);
    }
}
