package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /** Makes the tables of a build, empties them for the tenant, and keeps the build's row. */
    static void begin(Projector projector, StoredProjection build, ProjectionTransaction transaction) {
        transaction.lockPreparation(projector.name());
        SlotContext context = new SlotContext(transaction, build.key().slot(), true);
        projector.prepare(context);
        projector.reset(context);
        transaction.save(build);
    }

    /**
     * Begins what a tenant lacks: its first build, or one of a higher version than the live one. If the projector cannot
     * prepare its tables, the build is kept as failed, so that it is seen and tried again when it is resumed.
     */
    void beginMissing(TenantId tenant, String projection) {
        Projector projector = settings.registration(projection).projector();
        try {
            settings.storage().transaction(tenant, transaction -> {
                List<StoredProjection> builds = transaction.lock(projection);
                missing(projector, tenant, builds).ifPresent(build -> {
                    // What the build before in this slot had put aside is not of this one.
                    builds.stream()
                            .map(StoredProjection::key)
                            .filter(build.key()::equals)
                            .forEach(transaction::delete);
                    begin(projector, build, transaction);
                });
                return true;
            });
        } catch (StorageException e) {
            throw e;
        } catch (RuntimeException e) {
            settings.storage().transaction(tenant, transaction -> {
                missing(projector, tenant, transaction.lock(projection))
                        .ifPresent(build -> transaction.save(build.withState(
                                ProjectionState.FAILED,
                                Optional.of(Failures.failure(Position.START, e, transaction.now())))));
                return true;
            });
            log.error(
                    "Projection {} of tenant {} cannot begin: {}",
                    projection,
                    tenant,
                    e.getClass().getName());
            settings.storage().find(tenant, projection).stream()
                    .filter(build -> build.state() == ProjectionState.FAILED)
                    .forEach(build -> settings.listener().onFailed(reports.of(build.key())));
        }
    }

    /** Returns the builds that this engine may work on: those of its projector's version that run. */
    List<ProjectionKey> toWorkOn(TenantId tenant, String projection) {
        int version = settings.registration(projection).projector().version();
        return settings.storage().find(tenant, projection).stream()
                .filter(build -> build.version() == version)
                .filter(build -> build.role() != SlotRole.PREVIOUS)
                .filter(build -> build.state() == ProjectionState.RUNNING)
                .map(StoredProjection::key)
                .toList();
    }

    private Optional<StoredProjection> missing(Projector projector, TenantId tenant, List<StoredProjection> builds) {
        Optional<StoredProjection> live = Slots.live(builds);
        boolean building = !Slots.withRole(builds, SlotRole.BUILDING).isEmpty();
        if (building || (live.isPresent() && live.get().version() >= projector.version())) {
            return Optional.empty();
        }
        ProjectionKey key =
                new ProjectionKey(tenant, projector.name(), Slots.besideLive(projector.version(), builds), 0);
        return Optional.of(StoredProjection.begin(
                key, projector.version(), live.isPresent() ? SlotRole.BUILDING : SlotRole.LIVE, head(tenant)));
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
            List<StoredProjection> builds = transaction.lock(projection);
            if (!Slots.withRole(builds, SlotRole.BUILDING).isEmpty()) {
                throw new IllegalStateException(
                        "projection %s of tenant %s is being rebuilt already: wait for it, or cancel it first"
                                .formatted(projection, tenant));
            }
            Slots.withRole(builds, SlotRole.PREVIOUS).forEach(build -> transaction.delete(build.key()));
            Position head = head(tenant);
            boolean first = Slots.live(builds).isEmpty();
            StoredProjection build = StoredProjection.begin(
                            new ProjectionKey(tenant, projection, Slots.besideLive(projector.version(), builds), 0),
                            projector.version(),
                            first ? SlotRole.LIVE : SlotRole.BUILDING,
                            head)
                    .withCompared(compared && !first);
            boolean divided = parts > 1 && !first && head.value() > 0;
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
     * Makes the build before the last switch live again. It goes on from where it stood then.
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
            Slots.live(builds)
                    .ifPresent(live -> transaction.save(
                            live.withRole(SlotRole.PREVIOUS).withInline(false).withoutLease()));
            transaction.save(previous.withRole(SlotRole.LIVE).withoutLease());
            return true;
        });
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

    /** The live build's row is locked for the length of this transaction, so it cannot run ahead. */
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
                return new Outcome(false, List.of());
            }
            Optional<StoredProjection> live = Slots.live(builds);
            Position target = live.map(each -> each.checkpoint().position()).orElse(Position.START);
            if (inline) {
                target = head(key.tenant());
            }
            StoredProjection complete = caughtUp(build, target, transaction);
            if (live.isPresent() && complete.compared()) {
                if (!live.get().checkpoint().equals(complete.checkpoint())) {
                    return new Outcome(false, List.of());
                }
                List<ReadModelDifference> differences = transaction.compare(
                        settings.registration(key.projection()).projector().tables(),
                        live.get().key().slot(),
                        key.slot(),
                        MOST_DIFFERENCES);
                if (!differences.isEmpty()) {
                    transaction.save(complete.withState(ProjectionState.PAUSED, Optional.empty())
                            .withoutLease());
                    return new Outcome(false, differences);
                }
            }
            Slots.withRole(builds, SlotRole.PREVIOUS).forEach(each -> transaction.delete(each.key()));
            live.ifPresent(each -> transaction.save(
                    each.withRole(SlotRole.PREVIOUS).withInline(false).withoutLease()));
            transaction.save(complete.withRole(SlotRole.LIVE)
                    .withCompared(false)
                    .withInline(inline)
                    .withoutLease());
            return new Outcome(true, List.of());
        });
        held.drop(key);
        if (outcome.switched()) {
            log.info("Projection {} of tenant {} is live in slot {}", key.projection(), key.tenant(), key.slot());
            settings.listener().onSwitched(reports.of(key));
            return Next.rest(0);
        }
        if (!outcome.differences().isEmpty()) {
            settings.listener().onDifferences(reports.of(key), outcome.differences());
            return Next.rest(0);
        }
        return Next.after(SOON);
    }

    /** Applies what is missing up to a position, in the transaction that is to make the build live. */
    private StoredProjection caughtUp(StoredProjection build, Position target, ProjectionTransaction transaction) {
        if (target.compareTo(build.checkpoint().position()) <= 0) {
            return build;
        }
        ProjectionKey key = build.key();
        Registration registration = settings.registration(key.projection());
        SlotContext context = new SlotContext(transaction, key.slot(), false);
        EventQuery query = EventQuery.log()
                .after(build.checkpoint().position())
                .upTo(target)
                .ofTypes(registration.projector().eventTypes());
        long handled = build.handled();
        for (Optional<EventQuery> next = Optional.of(query); next.isPresent(); ) {
            EventPage page = settings.store().read(key.tenant(), next.get());
            Turns.project(
                    registration.projector(),
                    registration.errorPolicy() == ErrorPolicy.PARK_STREAM
                            ? Parking.withoutParked(transaction, key, page.events(), List.of())
                            : page.events(),
                    context,
                    true);
            handled += page.events().size();
            next = page.next();
        }
        EventHash hash = settings.storage().hashAt(key.tenant(), target).orElseThrow();
        long parked = transaction.lock(key.projection()).stream()
                .filter(each -> each.key().equals(key))
                .mapToLong(StoredProjection::parked)
                .sum();
        return build.withCheckpoint(new Checkpoint(target, hash), handled, parked);
    }

    private Position head(TenantId tenant) {
        return settings.store().head(tenant).map(LogHead::position).orElse(Position.START);
    }

    private record Outcome(boolean switched, List<ReadModelDifference> differences) {}
}
