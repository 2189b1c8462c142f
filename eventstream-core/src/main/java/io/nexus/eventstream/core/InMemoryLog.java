package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException.Reason;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.LogNotEmptyException;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's log. Whoever holds its lane appends, and alone sees what is not committed yet; everybody else reads what was
 * committed and waits for nobody.
 */
final class InMemoryLog {

    private final TenantId tenant;
    private final Clock clock;
    private final Duration clockTolerance;

    // Held from an append to the end of its transaction; taken before the lock of the tenant's projections.
    private final ReentrantLock lane = new ReentrantLock();

    // Held for moments only. Whoever holds it waits for nothing else.
    private final Object state = new Object();

    // All guarded by state.
    private final LoggedEvents events = new LoggedEvents();
    private int committed;
    private boolean created;

    // The latest moment that somebody has been told the position of. Nothing may be recorded up to it any more, even if
    // the clock stands still or steps back.
    private Instant answered = Instant.MIN;

    InMemoryLog(TenantId tenant, Clock clock, Duration clockTolerance) {
        this.tenant = tenant;
        this.clock = clock;
        this.clockTolerance = clockTolerance;
    }

    /** Makes the tenant exist; before, its lane can be taken and nothing appended. */
    void create() {
        synchronized (state) {
            created = true;
        }
    }

    boolean isLaneMine() {
        return lane.isHeldByCurrentThread();
    }

    void lockLane() {
        lane.lock();
    }

    /** Takes the lane if it can be had in time. */
    boolean lockLane(Duration atMost) {
        try {
            return lane.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lets the lane go, and takes back what was appended in it and not committed. */
    void leaveLane() {
        if (lane.getHoldCount() == 1) {
            synchronized (state) {
                events.truncate(committed);
            }
        }
        lane.unlock();
    }

    /** Makes what this thread has appended visible to all, at one moment with another change. */
    void commit(Runnable otherChange) {
        synchronized (state) {
            if (lane.isHeldByCurrentThread()) {
                committed = events.size();
            }
            otherChange.run();
        }
    }

    /** Returns what is read while nothing is committed. */
    <T> T atOneMoment(Supplier<T> reading) {
        synchronized (state) {
            return reading.get();
        }
    }

    AppendOutcome append(AppendCommand command) {
        lane.lock();
        try {
            AppendOutcome outcome = judged(command);
            // A transaction around this append commits it or takes it back itself.
            if (lane.getHoldCount() == 1) {
                commit(() -> {});
            }
            return outcome;
        } finally {
            leaveLane();
        }
    }

    private AppendOutcome judged(AppendCommand command) {
        synchronized (state) {
            if (!created) {
                return new AppendOutcome.UnknownTenant();
            }
            AppendOutcome answer = judgedByIds(command.events());
            if (answer == null) {
                answer = judgedByExpectations(command.expectations());
            }
            if (answer == null) {
                answer = judgedByClock();
            }
            return answer == null ? recorded(command.events()) : answer;
        }
    }

    private @Nullable AppendOutcome judgedByIds(List<EncodedEvent> given) {
        List<EncodedEvent> known = given.stream()
                .filter(event -> events.find(event.id()).isPresent())
                .toList();
        if (known.isEmpty()) {
            return null;
        }
        if (known.size() < given.size()) {
            return mismatch(known.stream(), Reason.ONLY_PARTLY_RECORDED);
        }
        List<StoredEvent> first =
                given.stream().map(event -> events.known(event.id())).toList();
        Instant recordedAt = first.get(0).recordedAt();
        if (!first.stream().allMatch(event -> event.recordedAt().equals(recordedAt))) {
            return mismatch(known.stream(), Reason.RECORDED_BY_DIFFERENT_APPENDS);
        }
        List<EncodedEvent> changed =
                given.stream().filter(event -> !events.holds(event)).toList();
        return changed.isEmpty()
                ? appended(first, recordedAt, true)
                : mismatch(changed.stream(), Reason.RECORDED_WITH_OTHER_CONTENT);
    }

    private @Nullable AppendOutcome judgedByExpectations(Map<StreamId, ExpectedVersion> expectations) {
        for (Map.Entry<StreamId, ExpectedVersion> each : expectations.entrySet()) {
            EventVersion actual = version(each.getKey());
            if (!each.getValue().isMetBy(actual)) {
                return new AppendOutcome.Conflict(each.getKey(), actual);
            }
        }
        return null;
    }

    private @Nullable AppendOutcome judgedByClock() {
        Instant now = now();
        return now.plus(clockTolerance).isBefore(newest())
                ? new AppendOutcome.ClockSuspect(now, newest(), ClockSuspectException.ComparedWith.NEWEST_EVENT)
                : null;
    }

    private AppendOutcome recorded(List<EncodedEvent> given) {
        Instant taken = newest().isAfter(answered) ? newest() : answered;
        Instant now = now();
        Instant recordedAt = now.isAfter(taken) ? now : taken.plus(1, ChronoUnit.MICROS);
        List<StoredEvent> added = given.stream()
                .map(event -> events.add(tenant, event, recordedAt))
                .toList();
        return appended(added, recordedAt, false);
    }

    /** Takes in events of another log under the lane, if there are none, and all of them or none. */
    void imported(Consumer<LoggedEvents> work) {
        lane.lock();
        try {
            synchronized (state) {
                if (events.size() > 0) {
                    throw new LogNotEmptyException(tenant);
                }
                created = true;
            }
            LoggedEvents all = new LoggedEvents();
            work.accept(all);
            synchronized (state) {
                for (long position = 1; position <= all.size(); position++) {
                    events.add(all.at(position));
                }
            }
            if (lane.getHoldCount() == 1) {
                commit(() -> {});
            }
        } finally {
            leaveLane();
        }
    }

    List<StoredEvent> read(EventQuery query, int limit) {
        synchronized (state) {
            return events.read(query, limit, visible());
        }
    }

    EventVersion version(StreamId stream) {
        synchronized (state) {
            return events.version(stream, visible());
        }
    }

    Optional<LogHead> head() {
        synchronized (state) {
            return at(Position.of(visible()))
                    .map(newest -> new LogHead(newest.position(), newest.recordedAt(), newest.hash()));
        }
    }

    Optional<StoredEvent> at(Position position) {
        synchronized (state) {
            return position.value() < 1 || position.value() > visible()
                    ? Optional.empty()
                    : Optional.of(events.at(position.value()));
        }
    }

    Optional<StoredEvent> find(EventId id) {
        synchronized (state) {
            return events.find(id).filter(event -> event.position().value() <= visible());
        }
    }

    Position positionAt(Instant moment) {
        synchronized (state) {
            if (isAnswerable(moment)) {
                return answer(moment);
            }
        }
        // An append that could change the answer is not committed yet, and is waited for.
        lane.lock();
        try {
            synchronized (state) {
                return answer(moment);
            }
        } finally {
            leaveLane();
        }
    }

    private boolean isAnswerable(Instant moment) {
        return visible() == events.size()
                || events.at(visible() + 1L).recordedAt().isAfter(moment);
    }

    private Position answer(Instant moment) {
        if (moment.isAfter(newest())) {
            if (moment.isAfter(now())) {
                throw new NotFinalYetException(tenant, moment, NotFinalYetException.Reason.IN_THE_FUTURE);
            }
            answered = moment.isAfter(answered) ? moment : answered;
        }
        int low = 0;
        int high = visible();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (events.at(middle + 1L).recordedAt().isAfter(moment)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return Position.of(low);
    }

    /** Returns how many events this thread may see. */
    private int visible() {
        return isLaneMine() ? events.size() : committed;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Returns when the newest event that this thread may see was recorded, {@link Instant#MIN} if there is none. */
    private Instant newest() {
        return visible() == 0 ? Instant.MIN : events.at(visible()).recordedAt();
    }

    private static AppendOutcome appended(List<StoredEvent> events, Instant recordedAt, boolean alreadyRecorded) {
        List<AppendedEvent> places = events.stream()
                .map(event -> new AppendedEvent(event.id(), event.stream(), event.version(), event.position()))
                .toList();
        return new AppendOutcome.Appended(new AppendResult(places, recordedAt, alreadyRecorded));
    }

    private static AppendOutcome mismatch(Stream<EncodedEvent> events, Reason reason) {
        return new AppendOutcome.IdMismatch(events.map(EncodedEvent::id).toList(), reason);
    }
}
