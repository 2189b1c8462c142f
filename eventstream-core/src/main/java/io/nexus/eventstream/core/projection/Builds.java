package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.RetryTransactionException;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins builds of read models, and puts one in the place of another once it is complete. */
final class Builds {

    private static final Logger log = LoggerFactory.getLogger(Builds.class);
    private static final Duration SOON = Duration.ofMillis(20);
    private static final int MOST_DIFFERENCES = 20;

    private final EngineSettings settings;
    private final HeldProjections held;
    private final Reports reports;

    Builds(EngineSettings settings, HeldProjections held, Reports reports) {
        this.settings = settings;
        this.held = held;
        this.reports = reports;
    }

    /**
     * Makes the tables of a build, empties them for the tenant, and keeps the build's row.
     *
     * <p>Whoever calls has locked the preparation before it looked which builds there are. Looking first would let two
     * nodes begin the same build one after the other, and the second empty tables that the first is writing to.
     */
    static void begin(Projector projector, StoredProjection build, ProjectionTransaction transaction) {
        SlotContext context = new SlotContext(transaction, build.key().slot(), true);
        projector.prepare(context);
        projector.reset(context);
        transaction.save(build);
    }

    /**
     * Begins what a tenant lacks: its first build, or one of a higher version than the live one. If the projector cannot
     * prepare its tables, the build is kept as failed, so that it is seen and tried again when it is resumed.
     */
    private void beginMissing(TenantId tenant, String projection) {
        Projector projector = settings.registration(projection).projector();
        try {
            settings.storage().transaction(tenant, transaction -> {
                transaction.lockPreparation(projection);
                List<StoredProjection> builds = transaction.lock(projection);
                missing(projector, builds, transaction).ifPresent(build -> {
                    // What the build before in this slot had put aside is not of this one.
                    builds.stream()
                            .map(StoredProjection::key)
                            .filter(build.key()::equals)
                            .forEach(transaction::delete);
                    begin(projector, build, transaction);
                });
                return true;
            });
        } catch (StorageException | RetryTransactionException e) {
            // Not the projector's doing; the next poll finds it missing again.
            throw e;
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            Optional<StoredProjection> failed = settings.storage().transaction(tenant, transaction -> {
                transaction.lockPreparation(projection);
                Optional<StoredProjection> build = missing(projector, transaction.lock(projection), transaction)
                        .map(each -> each.withState(
                                ProjectionState.FAILED,
                                Optional.of(settings.failureText().failure(Position.START, e, transaction.now()))));
                build.ifPresent(transaction::save);
                return build;
            });
            log.error(
                    "Projection {} of tenant {} cannot begin: {}",
                    projection,
                    tenant,
                    settings.failureText().quiet(e));
            log.debug("The failure", e);
            failed.ifPresent(build -> settings.listener().onFailed(reports.of(build)));
        }
    }

    /**
     * Returns what has to be given a turn among what is due, and begins what is missing. What this engine believes about a
     * build that has changed hands since is forgotten.
     */
    List<ProjectionKey> toWorkOn(List<DueProjection> due) {
        List<ProjectionKey> keys = new ArrayList<>();
        for (DueProjection each : due) {
            if (each.stored().isPresent()) {
                held.dropUnless(each.stored().get());
                keys.add(each.stored().get().key());
            } else {
                beginMissing(each.tenant(), each.projection());
                keys.addAll(toWorkOn(each.tenant(), each.projection()));
            }
        }
        return keys;
    }

    /** Returns the builds that this engine may work on: those of its projector's version that run. */
    private List<ProjectionKey> toWorkOn(TenantId tenant, String projection) {
        int version = settings.registration(projection).projector().version();
        return settings.storage().find(tenant, projection).stream()
                .filter(build -> build.version() == version)
                .filter(build -> build.role() != SlotRole.PREVIOUS)
                .filter(build -> build.state() == ProjectionState.RUNNING)
                .map(StoredProjection::key)
                .toList();
    }

    private Optional<StoredProjection> missing(
            Projector projector, List<StoredProjection> builds, ProjectionTransaction transaction) {
        Optional<StoredProjection> live = Slots.live(builds);
        boolean building = !Slots.withRole(builds, SlotRole.BUILDING).isEmpty();
        if (building || (live.isPresent() && live.get().version() >= projector.version())) {
            return Optional.empty();
        }
        return Optional.of(fresh(projector, builds, transaction));
    }

    /** Returns a build that has not begun: the live one if there is none, and one beside it otherwise. */
    private StoredProjection fresh(
            Projector projector, List<StoredProjection> builds, ProjectionTransaction transaction) {
        TenantId tenant = transaction.tenant();
        Position head = head(tenant);
        Optional<StoredProjection> live = Slots.live(builds);
        return first(
                projector,
                new ProjectionKey(tenant, projector.name(), Slots.besideLive(projector.version(), builds), 0),
                live.isPresent() ? SlotRole.BUILDING : SlotRole.LIVE,
                live.map(each -> settledUntil(each, head)).orElse(head));
    }

    /** A log that was rewound under the live build ends before its checkpoint, and what comes then is nobody's replay. */
    private static Position settledUntil(StoredProjection live, Position head) {
        Position settled = Slots.settledUntil(live);
        return head.isBefore(settled) ? head : settled;
    }

    /**
     * Returns a build that has not begun. Its token begins anywhere, so that a worker which was frozen in a build that has been
     * removed since, or an engine that remembers it, cannot take this one for it. Not with the time: tokens grow by one with
     * each change of hands, and would meet.
     */
    static StoredProjection first(Projector projector, ProjectionKey key, SlotRole role, Position replayUntil) {
        return StoredProjection.begin(key, projector.version(), role, replayUntil)
                .withLeaseToken(ThreadLocalRandom.current().nextLong(1L << 62));
    }

    /**
     * Begins a build beside the live one.
     *
     * @throws IllegalStateException if one is being built already
     * @throws IllegalArgumentException if it cannot be done in this way
     */
    void rebuild(TenantId tenant, String projection, int parts, boolean compared) {
        Projector projector = settings.registration(projection).projector();
        if (parts < 1 || parts > Parts.MOST) {
            throw new IllegalArgumentException("a rebuild has 1 to %d parts, not %d".formatted(Parts.MOST, parts));
        }
        if (parts > 1 && !projector.isPartitionable()) {
            throw new IllegalArgumentException(
                    "projector %s does not say that its streams may be applied in any order (isPartitionable), so it is rebuilt in one part"
                            .formatted(projection));
        }
        if (compared && projector.tables().isEmpty()) {
            throw new IllegalArgumentException(
                    "projector %s does not name its tables, so there is nothing to compare".formatted(projection));
        }
        settings.storage().transaction(tenant, transaction -> {
            transaction.lockPreparation(projection);
            List<StoredProjection> builds = transaction.lock(projection);
            if (!Slots.withRole(builds, SlotRole.BUILDING).isEmpty()) {
                throw new IllegalStateException(
                        "projection %s of tenant %s is being rebuilt already: wait for it, or cancel it first"
                                .formatted(projection, tenant));
            }
            Slots.withRole(builds, SlotRole.PREVIOUS).forEach(build -> transaction.delete(build.key()));
            StoredProjection build = fresh(projector, builds, transaction);
            boolean beside = build.role() == SlotRole.BUILDING;
            if (compared && beside) {
                // Its parts must not run ahead of the live build, which may stand still: they could never be compared.
                Position live = Slots.live(builds).orElseThrow().checkpoint().position();
                build = build.withCompared(true)
                        .withReplayUntil(live.isBefore(build.replayUntil()) ? live : build.replayUntil());
            }
            boolean divided = parts > 1 && beside && build.replayUntil().value() > 0;
            begin(projector, divided ? build.asPart(0, parts) : build, transaction);
            for (int part = 1; divided && part < parts; part++) {
                transaction.save(build.asPart(part, parts));
            }
            return true;
        });
    }

    /** Gives up a build that is not live yet; returns whether there was one. */
    boolean cancel(TenantId tenant, String projection) {
        Projector projector = settings.registration(projection).projector();
        return settings.storage().transaction(tenant, transaction -> {
            List<StoredProjection> building = Slots.withRole(transaction.lock(projection), SlotRole.BUILDING);
            building.forEach(build -> transaction.delete(build.key()));
            building.stream()
                    .filter(build -> build.key().part() == 0 && build.version() == projector.version())
                    .forEach(build -> projector.reset(
                            new SlotContext(transaction, build.key().slot(), true)));
            return !building.isEmpty();
        });
    }

    /**
     * Makes the build before the last switch live again. It goes on from where it stood then; what the other has handled since
     * is a replay.
     *
     * @throws IllegalStateException if there is none
     */
    void rollBack(TenantId tenant, String projection) {
        settings.storage().transaction(tenant, transaction -> {
            transaction.lockLane();
            List<StoredProjection> builds = transaction.lock(projection);
            StoredProjection previous = Slots.withRole(builds, SlotRole.PREVIOUS).stream()
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "projection %s of tenant %s has no previous build".formatted(projection, tenant)));
            StoredProjection back = previous.withRole(SlotRole.LIVE).withoutLease();
            Optional<StoredProjection> live = Slots.live(builds);
            if (live.isPresent()) {
                transaction.save(
                        live.get().withRole(SlotRole.PREVIOUS).withInline(false).withoutLease());
                back = back.withReplayUntil(settledUntil(live.get(), head(tenant)));
            }
            transaction.save(back);
            return true;
        });
    }

    /** Lets a build go, so that another engine need not wait for the end of the lease; nothing if it has been lost. */
    void letGo(ProjectionKey key) {
        Optional<StoredProjection> build = held.find(key);
        held.drop(key);
        build.ifPresent(own -> settings.storage().release(key, own.leaseToken()));
    }

    /** Returns whether appends are to update this build, and do not yet. */
    boolean isToBecomeInline(StoredProjection projection) {
        return projection.role() == SlotRole.LIVE
                && !projection.inline()
                && settings.registration(projection.key().projection()).inline();
    }

    /** Goes on with a build that has come to its end: the end of its part, of the log, or of its life beside the appends. */
    Next arrived(StoredProjection projection) {
        if (projection.parts() > 1) {
            return merged(projection);
        }
        if (projection.role() == SlotRole.LIVE) {
            return becomeInline(projection);
        }
        return switchedOver(projection);
    }

    private Next merged(StoredProjection part) {
        ProjectionKey key = part.key();
        return settings.storage().transaction(key.tenant(), transaction -> {
            List<StoredProjection> parts = transaction.lock(key.projection()).stream()
                    .filter(build -> build.key().slot().equals(key.slot()))
                    .toList();
            boolean complete = parts.stream()
                    .allMatch(build -> build.checkpoint().position().equals(part.replayUntil())
                            && build.state() == ProjectionState.RUNNING);
            if (!complete || parts.isEmpty() || parts.get(0).parts() == 1) {
                return Next.rest(0);
            }
            long handled = parts.stream().mapToLong(StoredProjection::handled).sum();
            parts.stream().skip(1).forEach(build -> transaction.delete(build.key()));
            StoredProjection whole = parts.get(0);
            transaction.save(whole.asPart(0, 1)
                    .withCheckpoint(whole.checkpoint(), handled, whole.parked())
                    .withoutLease());
            return Next.atOnce(0);
        });
    }

    private Next becomeInline(StoredProjection projection) {
        ProjectionKey key = projection.key();
        return settings.storage().transaction(key.tenant(), transaction -> {
            transaction.lockLane();
            Optional<StoredProjection> live = Slots.live(transaction.lock(key.projection()));
            if (live.isEmpty() || live.get().leaseToken() != projection.leaseToken()) {
                return Next.rest(0);
            }
            StoredProjection complete = caughtUp(live.get(), head(key.tenant()), transaction);
            transaction.save(complete.withInline(true).withoutLease());
            return Next.rest(0);
        });
    }

    /**
     * The live build's row is locked for the length of this transaction, so it cannot run ahead. If that one stands still the
     * new one takes its place nevertheless, and goes on from there as the live one: what it handles then nobody has handled.
     */
    private Next switchedOver(StoredProjection projection) {
        ProjectionKey key = projection.key();
        boolean inline = settings.registration(key.projection()).inline();
        Outcome outcome = settings.storage().transaction(key.tenant(), transaction -> {
            if (inline) {
                transaction.lockLane();
            }
            List<StoredProjection> builds = transaction.lock(key.projection());
            StoredProjection build = builds.stream()
                    .filter(each -> each.key().equals(key) && each.leaseToken() == projection.leaseToken())
                    .filter(each -> each.state() == ProjectionState.RUNNING && each.role() == SlotRole.BUILDING)
                    .findFirst()
                    .orElse(null);
            if (build == null) {
                return Outcome.NOT_YET;
            }
            Optional<StoredProjection> live = Slots.live(builds);
            Position head = head(key.tenant());
            StoredProjection complete = live.isPresent() ? beside(live.get(), build, head, transaction) : build;
            if (live.isPresent() && complete.compared()) {
                if (!live.get().checkpoint().equals(complete.checkpoint())) {
                    return Outcome.NOT_YET;
                }
                List<ReadModelDifference> differences = transaction.compare(
                        settings.registration(key.projection()).projector().tables(),
                        live.get().key().slot(),
                        key.slot(),
                        MOST_DIFFERENCES);
                if (!differences.isEmpty()) {
                    StoredProjection heldBack = complete.withState(ProjectionState.PAUSED, Optional.empty())
                            .withoutLease();
                    transaction.save(heldBack);
                    return new Outcome(Optional.of(heldBack), differences);
                }
            }
            Slots.withRole(builds, SlotRole.PREVIOUS).forEach(each -> transaction.delete(each.key()));
            live.ifPresent(each -> transaction.save(
                    each.withRole(SlotRole.PREVIOUS).withInline(false).withoutLease()));
            StoredProjection now = complete.withRole(SlotRole.LIVE)
                    .withCompared(false)
                    .withInline(inline && complete.checkpoint().position().equals(head))
                    .withoutLease();
            transaction.save(now);
            return new Outcome(Optional.of(now), List.of());
        });
        if (outcome.build().isEmpty()) {
            return Next.after(SOON);
        }
        ProjectionStatus status = reports.of(outcome.build().get());
        if (!outcome.differences().isEmpty()) {
            settings.listener().onDifferences(status, outcome.differences());
            return Next.rest(0);
        }
        log.info("Projection {} of tenant {} is live in slot {}", key.projection(), key.tenant(), key.slot());
        settings.listener().onSwitched(status);
        // The live build may have stood still, and then there is more to do.
        return Next.atOnce(0);
    }

    /** Brings a build to where the live one stands, if the log still goes so far. */
    private StoredProjection beside(
            StoredProjection live, StoredProjection build, Position head, ProjectionTransaction transaction) {
        Position target = live.checkpoint().position();
        return caughtUp(
                build.withReplayUntil(settledUntil(live, head)), head.isBefore(target) ? head : target, transaction);
    }

    /** Applies what is missing up to a position, in the transaction that is to make the build live. */
    private StoredProjection caughtUp(StoredProjection build, Position target, ProjectionTransaction transaction) {
        if (target.compareTo(build.checkpoint().position()) <= 0) {
            return build;
        }
        ProjectionKey key = build.key();
        Registration registration = settings.registration(key.projection());
        // In two steps where the end of the replay lies between, as a turn does it: no side effects of what is a
        // replay.
        Position at = build.checkpoint().position();
        Position replayed = at;
        if (at.isBefore(build.replayUntil())) {
            replayed = build.replayUntil().isBefore(target) ? build.replayUntil() : target;
        }
        long handled = build.handled()
                + applied(registration, new SlotContext(transaction, key.slot(), true), at, replayed)
                + applied(registration, new SlotContext(transaction, key.slot(), false), replayed, target);
        EventHash hash = settings.storage().hashAt(key.tenant(), target).orElseThrow();
        long parked = transaction.lock(key.projection()).stream()
                .filter(each -> each.key().equals(key))
                .mapToLong(StoredProjection::parked)
                .sum();
        return build.withCheckpoint(new Checkpoint(target, hash), handled, parked);
    }

    /** Applies the events between two positions; returns how many. */
    private long applied(Registration registration, SlotContext context, Position after, Position upTo) {
        if (!after.isBefore(upTo)) {
            return 0;
        }
        ProjectionKey key =
                new ProjectionKey(context.tenant(), registration.projector().name(), context.slot(), 0);
        long handled = 0;
        Optional<EventQuery> next =
                Optional.of(EventQuery.log().after(after).upTo(upTo).ofTypes(Erasures.types(registration.projector())));
        while (next.isPresent()) {
            EventPage page = settings.store().read(context.tenant(), next.get());
            List<RecordedEvent> events = registration.errorPolicy() == ErrorPolicy.PARK_STREAM
                    ? Parking.withoutParked(context.transaction(), key, page.events(), List.of())
                    : page.events();
            Turns.project(registration.projector(), events, context, true);
            handled += page.events().size();
            next = page.next();
        }
        return handled;
    }

    private Position head(TenantId tenant) {
        return settings.store().head(tenant).map(LogHead::position).orElse(Position.START);
    }

    /** The build as it is after it was switched, or held back because of differences; empty if neither. */
    private record Outcome(Optional<StoredProjection> build, List<ReadModelDifference> differences) {

        private static final Outcome NOT_YET = new Outcome(Optional.empty(), List.of());
    }
}
