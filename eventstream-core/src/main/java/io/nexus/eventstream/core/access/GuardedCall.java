package io.nexus.eventstream.core.access;

import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.AccessRequest;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditEntry.Outcome;
import io.nexus.eventstream.access.Operation;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call on its way through the guard: asked for, announced, done, recorded. Used once, by one thread. */
final class GuardedCall {

    /**
     * What a call has appended or shown.
     *
     * @param operation the strongest right that was used
     */
    record Effect(
            Operation operation,
            long events,
            @Nullable Position first,
            @Nullable Position last) {

        static Effect none(Operation operation) {
            return new Effect(operation, 0, null, null);
        }
    }

    private final AccessGuard guard;
    private final Clock clock;
    private final Optional<TenantId> tenant;
    private final Operation operation;
    private final String name;
    private final Map<Operation, Set<String>> needs = new LinkedHashMap<>();
    private final UUID callId = EventId.generate().value();
    private List<StreamId> streams = List.of();
    private Optional<EventId> event = Optional.empty();
    private boolean showsMeanwhile;
    private @Nullable Actor actor;

    GuardedCall(AccessGuard guard, Clock clock, Optional<TenantId> tenant, Operation operation, String name) {
        this.guard = guard;
        this.clock = clock;
        this.tenant = tenant;
        this.operation = operation;
        this.name = name;
    }

    /** Says which right is needed, for each of these categories; for every category if there is none. */
    GuardedCall needing(Operation right, Set<String> categories) {
        needs.put(right, categories);
        return this;
    }

    /** Says that the call's own right is needed for these streams, which it is about. */
    GuardedCall on(StreamId stream) {
        return about(List.of(stream)).needing(operation, Set.of(stream.category()));
    }

    /** Says that the call's own right is needed for every category. */
    GuardedCall onEverything() {
        return needing(operation, Set.of());
    }

    GuardedCall about(List<StreamId> named) {
        streams = named;
        return this;
    }

    GuardedCall about(EventId named) {
        event = Optional.of(named);
        return this;
    }

    /** Says that events are shown while the work is done and not by its result: they are announced, as a change is. */
    GuardedCall showingMeanwhile() {
        showsMeanwhile = true;
        return this;
    }

    <T> T run(Supplier<T> work) {
        return run(work, result -> Effect.none(operation));
    }

    void run(Runnable work) {
        run(() -> {
            work.run();
            return true;
        });
    }

    <T> T run(Supplier<T> work, Function<? super T, Effect> effect) {
        check();
        boolean announced = operation.isChange() || showsMeanwhile;
        if (announced && guard.announcesChanges()) {
            guard.record(entry(Outcome.BEGUN, Effect.none(operation), Optional.empty()));
        }
        T result;
        try {
            result = work.get();
        } catch (AccessDeniedException e) {
            recordFailure(Outcome.DENIED, "refused " + e.operation().word());
            throw e;
        } catch (RuntimeException | Error e) {
            recordFailure(outcomeOf(e), e.getClass().getName());
            throw e;
        }
        if (guard.audits()) {
            AuditEntry done = entry(Outcome.DONE, effect.apply(result), Optional.empty());
            if (announced) {
                guard.recordAfterwards(done);
            } else {
                guard.record(done);
            }
        }
        return result;
    }

    /** Refuses the actor unless he has all rights that are needed; records only a refusal. */
    void check() {
        if (needs.isEmpty()) {
            throw new IllegalStateException("a guarded call that needs no right: " + name);
        }
        for (Map.Entry<Operation, Set<String>> need : needs.entrySet()) {
            Optional<AccessDeniedException> refusal = refusal(need.getKey(), need.getValue());
            if (refusal.isPresent()) {
                recordFailure(Outcome.DENIED, String.valueOf(refusal.get().getMessage()));
                throw refusal.get();
            }
        }
    }

    /** Returns who calls. He is asked for once. */
    private Actor actor() {
        Actor known = actor;
        if (known == null) {
            known = orRecorded(guard::actor);
            actor = known;
        }
        return known;
    }

    boolean allows(Operation right, Set<String> categories) {
        return refusal(right, categories).isEmpty();
    }

    /** Returns why not all of these categories are allowed, or every category if there is none. */
    Optional<AccessDeniedException> refusal(Operation right, Set<String> categories) {
        Actor who = actor();
        if (categories.isEmpty()) {
            return refusal(new AccessRequest(who, tenant, right, Optional.empty(), name));
        }
        return new TreeSet<>(categories)
                .stream()
                        .flatMap(category ->
                                refusal(new AccessRequest(who, tenant, right, Optional.of(category), name)).stream())
                        .findFirst();
    }

    private Optional<AccessDeniedException> refusal(AccessRequest request) {
        return orRecorded(() -> guard.refusal(request)).map(reason -> new AccessDeniedException(request, reason));
    }

    /** Asks the host, whose context or policy may fail. Then nothing is done, whoever it was. */
    private <T> T orRecorded(Supplier<T> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            recordFailure(Outcome.FAILED, e.getClass().getName());
            throw e;
        }
    }

    private void recordFailure(Outcome outcome, String detail) {
        if (guard.audits()) {
            guard.recordAfterwards(entry(outcome, Effect.none(operation), Optional.of(detail)));
        }
    }

    private static Outcome outcomeOf(Throwable failure) {
        if (failure instanceof ConcurrencyException) {
            return Outcome.CONFLICT;
        }
        return failure instanceof CommitOutcomeUnknownException ? Outcome.UNKNOWN : Outcome.FAILED;
    }

    private AuditEntry entry(Outcome outcome, Effect effect, Optional<String> detail) {
        Set<String> categories = new TreeSet<>();
        needs.values().forEach(categories::addAll);
        return new AuditEntry(
                callId,
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                actor == null ? Actor.nobody() : actor,
                tenant,
                effect.operation(),
                name,
                categories,
                streams,
                event,
                outcome,
                effect.events(),
                Optional.ofNullable(effect.first()),
                Optional.ofNullable(effect.last()),
                detail);
    }
}
