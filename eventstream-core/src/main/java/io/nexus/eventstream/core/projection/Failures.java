package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows a failure. What the storage does is waited out for as long as it takes; what a projector does is tried
 * a bounded number of times, in steps of one append so that the failing event is known, and then stops the projection or
 * puts the event aside.
 */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private final EngineSettings settings;
    private final HeldProjections held;
    private final Reports reports;
    private final Map<ProjectionKey, Trouble> troubles = new ConcurrentHashMap<>();

    Failures(EngineSettings settings, HeldProjections held, Reports reports) {
        this.settings = settings;
        this.held = held;
        this.reports = reports;
    }

    /** Returns whether to go on append by append, since one of the next events has failed. */
    boolean isCareful(StoredProjection projection) {
        Trouble trouble = troubles.get(projection.key());
        return trouble != null
                && trouble.carefulUntil != null
                && projection.checkpoint().position().isBefore(trouble.carefulUntil);
    }

    /** Returns the events that are to be put aside in the next turn. */
    List<Poison> poisons(StoredProjection projection) {
        Trouble trouble = troubles.get(projection.key());
        return trouble == null ? List.of() : List.copyOf(trouble.poisons);
    }

    /** A turn went well. */
    void overcome(ProjectionKey key) {
        Trouble trouble = troubles.get(key);
        if (trouble == null) {
            return;
        }
        Optional<StoredProjection> projection = held.find(key);
        // A turn that ended because somebody else has the projection has put nothing aside.
        List<Poison> parked = trouble.poisons.stream()
                .filter(each -> projection.isPresent()
                        && each.event()
                                        .position()
                                        .compareTo(projection.get().checkpoint().position())
                                <= 0)
                .toList();
        trouble.poisons.clear();
        trouble.attempts = 0;
        trouble.storageFailures = 0;
        if (projection.isEmpty() || !isCareful(projection.get())) {
            troubles.remove(key);
        }
        Instant now = parked.isEmpty() ? Instant.EPOCH : reports.now();
        for (Poison each : parked) {
            log.warn(
                    "Projection {} of tenant {} put the event at position {} and its stream aside",
                    key.projection(),
                    key.tenant(),
                    each.event().position());
            settings.listener()
                    .onParked(
                            reports.of(projection.orElseThrow()),
                            new ParkedEvent(each.event().position(), each.event().stream(), each.error(), now));
        }
    }

    Next ofProjector(StoredProjection projection, ProjectorFailure failure) {
        ProjectionKey key = projection.key();
        Trouble trouble = troubles.computeIfAbsent(key, absent -> new Trouble());
        boolean wasCareful = isCareful(projection);
        if (!wasCareful) {
            trouble.carefulUntil = failure.last();
        }
        if (!wasCareful && failure.event().isEmpty()) {
            return Next.atOnce(0);
        }
        trouble.attempts++;
        if (trouble.attempts < settings.maxAttempts()) {
            return Next.after(settings.backOff().after(trouble.attempts));
        }
        trouble.attempts = 0;
        if (failure.event().filter(event -> !Erasures.is(event)).isPresent()
                && settings.registration(key.projection()).errorPolicy() == ErrorPolicy.PARK_STREAM) {
            log.debug("An event is put aside", failure.cause());
            trouble.poisons.add(
                    new Poison(failure.event().get(), settings.failureText().error(failure.cause())));
            return Next.atOnce(0);
        }
        try {
            stop(projection, failure.position(), failure.cause());
            return Next.rest(0);
        } catch (RuntimeException e) {
            return ofStorage(key, e);
        }
    }

    Next ofStorage(ProjectionKey key, RuntimeException e) {
        Trouble trouble = troubles.computeIfAbsent(key, absent -> new Trouble());
        trouble.storageFailures++;
        if (trouble.storageFailures == 1) {
            log.warn(
                    "Projection {} of tenant {} waits, the storage failed: {}",
                    key.projection(),
                    key.tenant(),
                    Loggable.text(e));
            log.debug("The failure", e);
        }
        return Next.after(settings.backOff().after(trouble.storageFailures));
    }

    /** Stops a projection before a position, unless somebody else has it by now. */
    void stop(StoredProjection projection, Position position, Throwable cause) {
        ProjectionKey key = projection.key();
        Optional<StoredProjection> stopped = settings.storage().transaction(key.tenant(), transaction -> {
            Optional<StoredProjection> failed = transaction.lock(key.projection()).stream()
                    .filter(build -> build.key().equals(key))
                    .filter(build -> build.leaseToken() == projection.leaseToken())
                    .filter(build -> build.state() == ProjectionState.RUNNING)
                    .findFirst()
                    .map(build -> build.withState(
                                    ProjectionState.FAILED,
                                    Optional.of(settings.failureText().failure(position, cause, transaction.now())))
                            .withoutLease());
            failed.ifPresent(transaction::save);
            return failed;
        });
        held.drop(key);
        troubles.remove(key);
        if (stopped.isPresent()) {
            log.error(
                    "Projection {} of tenant {} has stopped before position {}: {}",
                    key.projection(),
                    key.tenant(),
                    position,
                    settings.failureText().quiet(cause));
            log.debug("The failure", cause);
            settings.listener().onFailed(reports.of(stopped.get()));
        }
    }

    /** What is wrong with one projection at the moment; used by one turn at a time, and the schedule lies between turns. */
    private static final class Trouble {

        private @Nullable Position carefulUntil;
        private int attempts;
        private int storageFailures;
        private final List<Poison> poisons = new ArrayList<>();
    }
}
