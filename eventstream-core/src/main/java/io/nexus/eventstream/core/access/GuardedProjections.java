package io.nexus.eventstream.core.access;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Operations on projections that ask before each call and tell of it. A projection has no category: these calls need their right for
 * every category, but for the appender who waits for what he appended.
 */
final class GuardedProjections implements Projections {

    private final AccessGuard guard;
    private final Projections delegate;

    GuardedProjections(AccessGuard guard, Projections delegate) {
        this.guard = guard;
        this.delegate = delegate;
    }

    private GuardedCall ofAll(Operation operation, String name) {
        return guard.guarded(Optional.empty(), operation, name).onEverything();
    }

    private GuardedCall of(TenantId tenant, Operation operation, String name) {
        return guard.guarded(tenant, operation, name).onEverything();
    }

    @Override
    public void start() {
        ofAll(Operation.ADMINISTER, "start").run(delegate::start);
    }

    /** Asks nobody: it is a hint that whoever committed gives, and tells nothing. */
    @Override
    public void wake(TenantId tenant) {
        delegate.wake(tenant);
    }

    @Override
    public void wakeAll() {
        ofAll(Operation.ADMINISTER, "wakeAll").run(delegate::wakeAll);
    }

    @Override
    public void close() {
        ofAll(Operation.ADMINISTER, "close").run(delegate::close);
    }

    @Override
    public long runOnce() {
        return ofAll(Operation.ADMINISTER, "runOnce").run(() -> delegate.runOnce());
    }

    @Override
    public long run() {
        return ofAll(Operation.ADMINISTER, "run").run(() -> delegate.run());
    }

    @Override
    public void rebuild(TenantId tenant, String projection) {
        of(tenant, Operation.REBUILD, "rebuild").run(() -> delegate.rebuild(tenant, projection));
    }

    @Override
    public void rebuild(TenantId tenant, String projection, RebuildOptions options) {
        of(tenant, Operation.REBUILD, "rebuild").run(() -> delegate.rebuild(tenant, projection, options));
    }

    @Override
    public boolean cancel(TenantId tenant, String projection) {
        return of(tenant, Operation.REBUILD, "cancel").run(() -> delegate.cancel(tenant, projection));
    }

    @Override
    public void switchOver(TenantId tenant, String projection) {
        of(tenant, Operation.REBUILD, "switchOver").run(() -> delegate.switchOver(tenant, projection));
    }

    @Override
    public void rollBack(TenantId tenant, String projection) {
        of(tenant, Operation.REBUILD, "rollBack").run(() -> delegate.rollBack(tenant, projection));
    }

    @Override
    public void pause(TenantId tenant, String projection) {
        of(tenant, Operation.REBUILD, "pause").run(() -> delegate.pause(tenant, projection));
    }

    @Override
    public void resume(TenantId tenant, String projection) {
        of(tenant, Operation.REBUILD, "resume").run(() -> delegate.resume(tenant, projection));
    }

    @Override
    public long replayParked(TenantId tenant, String projection) {
        return of(tenant, Operation.REBUILD, "replayParked").run(() -> delegate.replayParked(tenant, projection));
    }

    @Override
    public List<ParkedEvent> parked(TenantId tenant, String projection) {
        GuardedCall call = of(tenant, Operation.READ, "parked");
        List<ParkedEvent> parked = call.run(() -> delegate.parked(tenant, projection));
        return call.allows(Operation.READ_PAYLOAD, Set.of())
                ? parked
                : parked.stream().map(GuardedProjections::withoutErrorText).toList();
    }

    private static ParkedEvent withoutErrorText(ParkedEvent event) {
        return new ParkedEvent(
                event.position(), event.stream(), event.error().isEmpty() ? "" : "withheld", event.parkedAt());
    }

    @Override
    public String table(TenantId tenant, String projection, String table) {
        return of(tenant, Operation.READ, "table").run(() -> delegate.table(tenant, projection, table));
    }

    @Override
    public List<ProjectionStatus> status(TenantId tenant, String projection) {
        return shown(tenant, () -> delegate.status(tenant, projection));
    }

    @Override
    public List<ProjectionStatus> status(TenantId tenant) {
        return shown(tenant, () -> delegate.status(tenant));
    }

    private List<ProjectionStatus> shown(TenantId tenant, Supplier<List<ProjectionStatus>> status) {
        GuardedCall call = of(tenant, Operation.READ, "status");
        List<ProjectionStatus> builds = call.run(status);
        return call.allows(Operation.READ_PAYLOAD, Set.of())
                ? builds
                : builds.stream().map(ProjectionStatus::withoutErrorText).toList();
    }

    /** Needs the right to append to what was appended to: whoever appended may wait for it to be seen. */
    @Override
    public void awaitProjection(TenantId tenant, AppendResult result, String projection, Duration timeout) {
        Set<String> categories = result.events().stream()
                .map(AppendedEvent::stream)
                .map(stream -> stream.category())
                .collect(Collectors.toSet());
        guard.guarded(tenant, Operation.APPEND, "awaitProjection")
                .needing(Operation.APPEND, categories)
                .check();
        delegate.awaitProjection(tenant, result, projection, timeout);
    }

    @Override
    public DryRunReport dryRun(TenantId tenant, Projector projector) {
        return of(tenant, Operation.REBUILD, "dryRun")
                .needing(Operation.READ_PAYLOAD, Set.of())
                .run(() -> delegate.dryRun(tenant, projector));
    }

    @Override
    public <T> T live(TenantId tenant, Projector projector, AsOf asOf, Function<ProjectionContext, T> question) {
        return of(tenant, Operation.READ_PAYLOAD, "live")
                .showingMeanwhile()
                .run(() -> delegate.live(tenant, projector, asOf, question));
    }

    @Override
    public Subscription subscribe(EventListener listener, int capacity, Overflow overflow) {
        return ofAll(Operation.READ_PAYLOAD, "subscribe")
                .showingMeanwhile()
                .run(() -> delegate.subscribe(listener, capacity, overflow));
    }
}
