package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.ProjectionTimeoutException;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps read models up to date behind the log, for all tenants, on any number of nodes.
 *
 * <pre>{@code
 * ProjectionEngine engine = ProjectionEngine.builder(store)
 *         .projector(new AccountBalances())
 *         .build();
 * engine.start();
 * ...
 * engine.awaitProjection(acme, result, "account-balances", Duration.ofSeconds(2));
 * ...
 * engine.close();
 * }</pre>
 *
 * <p>Each projector has one projection for each tenant, each with a checkpoint of its own. The checkpoint and what the
 * projector writes are committed together, so every event takes effect once, whatever crashes. One engine at a time works
 * on a projection; it holds a lease for that by the storage's clock, and whoever lost it without knowing cannot commit.
 *
 * <p>A projection that fails stops, is seen in its {@link #status} and told to listeners; it stops nobody else. A projector
 * of a higher version is built beside the live read model and then takes its place.
 *
 * <p>Thread-safe. Methods block for as long as the storage takes. They throw {@link
 * io.nexus.eventstream.StorageException} if it cannot be reached, and {@link IllegalArgumentException} for the name of a
 * projector that is not registered here.
 */
public final class ProjectionEngine implements Projections {

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int ROUND = 1_000;

    private static final Logger log = LoggerFactory.getLogger(ProjectionEngine.class);

    private final boolean enabled;
    private final EngineSettings settings;
    private final HeldProjections held = new HeldProjections();
    private final Progress progress;
    private final Reports reports;
    private final Builds builds;
    private final Parking parking;
    private final Simulation simulation;
    private final Rounds rounds;
    private final Schedule schedule;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final @Nullable ExecutorService ownExecutor;
    private @Nullable Subscription wakes;

    ProjectionEngine(ProjectionEngineBuilder builder) {
        enabled = builder.enabled();
        settings = builder.settings();
        progress = new Progress(settings, held);
        reports = new Reports(settings, held);
        builds = new Builds(settings, held, reports);
        parking = new Parking(settings);
        simulation = new Simulation(settings);
        Turns turns = new Turns(settings, held, builds, new Failures(settings, held, reports), progress);
        Executor executor;
        Optional<Executor> given = builder.executor();
        if (given.isPresent()) {
            ownExecutor = null;
            executor = given.get();
        } else {
            ownExecutor = Executors.newFixedThreadPool(settings.workers(), Threads.daemons("eventstream-projections"));
            executor = ownExecutor;
        }
        rounds = new Rounds(settings, builds, turns, progress);
        schedule = new Schedule(settings, executor, held, builds, turns::take, new Lags(settings, reports));
    }

    /**
     * Returns a builder of an engine for a store; its inline projectors are registered by themselves. On a guarded store the
     * engine works as the system, behind the guard; whoever sets that up must be allowed to administer all tenants.
     *
     * @throws IllegalArgumentException if the store cannot keep projections
     * @throws io.nexus.eventstream.access.AccessDeniedException if the store is guarded and the present actor may not
     */
    public static ProjectionEngineBuilder builder(EventStore store) {
        if (AccessGuard.unguarded(store) instanceof ProjectingEventStore projecting) {
            return new ProjectionEngineBuilder(projecting);
        }
        throw new IllegalArgumentException(
                "%s keeps no projections (it is no ProjectingEventStore): give the engine the store itself, not a decorated one"
                        .formatted(store.getClass().getName()));
    }

    @Override
    public synchronized void start() {
        if (!enabled) {
            log.warn("Projections are switched off (projections.enabled=false): read models stay as they are");
            return;
        }
        if (wakes != null) {
            throw new IllegalStateException("the engine was started before; build another one");
        }
        wakes = settings.store().onAppend(this::wake);
        schedule.start();
    }

    @Override
    public void wake(TenantId tenant) {
        schedule.wake(tenant);
        followers.forEach(Follower::wake);
    }

    @Override
    public void wakeAll() {
        schedule.lookAgain();
        followers.forEach(Follower::wake);
    }

    @Override
    public synchronized void close() {
        if (wakes != null) {
            wakes.close();
        }
        followers.forEach(Follower::close);
        schedule.close(Duration.ofSeconds(10));
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }

    @Override
    public long runOnce() {
        return rounds.runOnce();
    }

    @Override
    public long run() {
        return rounds.run();
    }

    @Override
    public void rebuild(TenantId tenant, String projection) {
        rebuild(tenant, projection, RebuildOptions.defaults());
    }

    @Override
    public void rebuild(TenantId tenant, String projection, RebuildOptions options) {
        builds.rebuild(tenant, projection, options.parts(), options.compared());
        schedule.lookAgain();
    }

    @Override
    public boolean cancel(TenantId tenant, String projection) {
        boolean cancelled = builds.cancel(tenant, projection);
        letGo(tenant, projection);
        return cancelled;
    }

    private void letGo(TenantId tenant, String projection) {
        held.keysOf(tenant).stream()
                .filter(key -> key.projection().equals(projection))
                .forEach(builds::letGo);
    }

    @Override
    public void switchOver(TenantId tenant, String projection) {
        settings.registration(projection);
        changed(
                tenant,
                projection,
                build -> build.role() == SlotRole.BUILDING
                        ? Optional.of(build.withCompared(false).withState(ProjectionState.RUNNING, Optional.empty()))
                        : Optional.empty());
    }

    @Override
    public void rollBack(TenantId tenant, String projection) {
        settings.registration(projection);
        builds.rollBack(tenant, projection);
        letGo(tenant, projection);
        schedule.lookAgain();
    }

    @Override
    public void pause(TenantId tenant, String projection) {
        settings.registration(projection);
        changed(
                tenant,
                projection,
                build -> build.role() != SlotRole.PREVIOUS && build.state() == ProjectionState.RUNNING
                        ? Optional.of(build.withState(ProjectionState.PAUSED, Optional.empty()))
                        : Optional.empty());
    }

    @Override
    public void resume(TenantId tenant, String projection) {
        Projector projector = settings.registration(projection).projector();
        settings.storage().transaction(tenant, transaction -> {
            transaction.lockPreparation(projection);
            List<StoredProjection> stopped = transaction.lock(projection).stream()
                    .filter(build -> build.role() != SlotRole.PREVIOUS)
                    .filter(build -> build.state() != ProjectionState.RUNNING)
                    .toList();
            requireSome(stopped, tenant, projection, "was stopped");
            for (StoredProjection build : stopped) {
                StoredProjection resumed = build.withState(ProjectionState.RUNNING, Optional.empty())
                        .withoutLease();
                // Parts share their tables, which were made when all of them began.
                boolean neverBegan = build.parts() == 1
                        && build.checkpoint().position().equals(Position.START)
                        && build.version() == projector.version();
                if (neverBegan) {
                    Builds.begin(projector, resumed, transaction);
                } else {
                    transaction.save(resumed);
                }
            }
            return true;
        });
        schedule.lookAgain();
    }

    @Override
    public long replayParked(TenantId tenant, String projection) {
        settings.registration(projection);
        return liveBuild(tenant, projection).map(parking::replay).orElse(0L);
    }

    @Override
    public List<ParkedEvent> parked(TenantId tenant, String projection) {
        settings.registration(projection);
        return liveBuild(tenant, projection)
                .map(live -> settings.storage().parked(live.key(), ROUND))
                .orElse(List.of());
    }

    @Override
    public String table(TenantId tenant, String projection, String table) {
        settings.registration(projection);
        return liveBuild(tenant, projection)
                .map(live -> table + "_" + live.key().slot())
                .orElseThrow(() -> new IllegalStateException(
                        "projection %s of tenant %s has no read model yet: append something, and let an engine run"
                                .formatted(projection, tenant)));
    }

    @Override
    public List<ProjectionStatus> status(TenantId tenant, String projection) {
        if (projection.length() > Registration.MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("no projection has a name of %d characters, at most %d are allowed"
                    .formatted(projection.length(), Registration.MAX_NAME_LENGTH));
        }
        return reports.of(tenant, projection);
    }

    @Override
    public List<ProjectionStatus> status(TenantId tenant) {
        return settings.storage().names(tenant).stream()
                .flatMap(name -> reports.of(tenant, name).stream())
                .toList();
    }

    @Override
    public void awaitProjection(TenantId tenant, AppendResult result, String projection, Duration timeout) {
        settings.registration(projection);
        Position position = result.position();
        long begin = System.nanoTime();
        while (true) {
            long moves = progress.moves();
            Optional<StoredProjection> live =
                    liveHere(tenant, projection, position).or(() -> liveBuild(tenant, projection));
            Position checkpoint =
                    live.map(build -> build.checkpoint().position()).orElse(Position.START);
            if (checkpoint.compareTo(position) >= 0) {
                return;
            }
            if (live.isPresent() && live.get().failure().isPresent()) {
                throw new ProjectionException(
                        projection, tenant, live.get().failure().get().position(), null);
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            Duration left = timeout.minus(waited);
            if (left.isNegative() || left.isZero() || Thread.currentThread().isInterrupted()) {
                throw new ProjectionTimeoutException(projection, tenant, position, checkpoint, waited);
            }
            progress.await(moves, left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
        }
    }

    @Override
    public DryRunReport dryRun(TenantId tenant, Projector projector) {
        return simulation.dryRun(tenant, projector);
    }

    @Override
    public <T> T live(TenantId tenant, Projector projector, AsOf asOf, Function<ProjectionContext, T> question) {
        return simulation.live(tenant, projector, EventQuery.log().asOf(asOf), question);
    }

    @Override
    public Subscription subscribe(EventListener listener, int capacity, Overflow overflow) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity must be 1 or more, not " + capacity);
        }
        Follower follower = new Follower(settings, listener, capacity, overflow);
        followers.add(follower);
        follower.start();
        return () -> {
            follower.close();
            followers.remove(follower);
        };
    }

    private Optional<StoredProjection> liveHere(TenantId tenant, String projection, Position position) {
        return held.keysOf(tenant).stream()
                .filter(key -> key.projection().equals(projection))
                .flatMap(key -> held.find(key).stream())
                .filter(build -> build.role() == SlotRole.LIVE)
                .filter(build -> build.checkpoint().position().compareTo(position) >= 0)
                .findFirst();
    }

    private Optional<StoredProjection> liveBuild(TenantId tenant, String projection) {
        return Slots.live(settings.storage().find(tenant, projection));
    }

    private void changed(
            TenantId tenant, String projection, Function<StoredProjection, Optional<StoredProjection>> change) {
        settings.storage().transaction(tenant, transaction -> {
            List<StoredProjection> changed = transaction.lock(projection).stream()
                    .flatMap(build -> change.apply(build).stream())
                    .toList();
            requireSome(changed, tenant, projection, "is in a state for that");
            changed.forEach(build -> transaction.save(build.withoutLease()));
            return true;
        });
        schedule.lookAgain();
    }

    private static void requireSome(List<StoredProjection> builds, TenantId tenant, String projection, String state) {
        if (builds.isEmpty()) {
            throw new IllegalStateException("no build of projection %s of tenant %s %s; status() says how they stand"
                    .formatted(projection, tenant, state));
        }
    }
}
