package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.core.projection.RebuildOptions;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore.Subscription;
import io.nexus.eventstream.tck.EngineOptions;
import io.nexus.eventstream.tck.EngineUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The engine as the contract sees it. */
record TestedEngine(ProjectionEngine engine) implements EngineUnderTest {

    static TestedEngine of(ProjectingEventStore store, EngineOptions options) {
        ProjectionEngineBuilder builder = ProjectionEngine.builder(store)
                .batchSize(options.batchSize())
                .pollInterval(options.pollInterval())
                .lease(options.lease())
                .maxAttempts(options.maxAttempts())
                .backOff(options.firstBackOff(), options.mostBackOff());
        options.projectors().forEach(builder::projector);
        options.listeners().forEach(builder::listener);
        return new TestedEngine(builder.build());
    }

    @Override
    public void start() {
        engine.start();
    }

    @Override
    public void close() {
        engine.close();
    }

    @Override
    public long run() {
        return engine.run();
    }

    @Override
    public long runOnce() {
        return engine.runOnce();
    }

    @Override
    public void rebuild(TenantId tenant, String projection, int parts, boolean compared) {
        engine.rebuild(tenant, projection, new RebuildOptions(parts, compared));
    }

    @Override
    public boolean cancel(TenantId tenant, String projection) {
        return engine.cancel(tenant, projection);
    }

    @Override
    public void switchOver(TenantId tenant, String projection) {
        engine.switchOver(tenant, projection);
    }

    @Override
    public void rollBack(TenantId tenant, String projection) {
        engine.rollBack(tenant, projection);
    }

    @Override
    public void pause(TenantId tenant, String projection) {
        engine.pause(tenant, projection);
    }

    @Override
    public void resume(TenantId tenant, String projection) {
        engine.resume(tenant, projection);
    }

    @Override
    public long replayParked(TenantId tenant, String projection) {
        return engine.replayParked(tenant, projection);
    }

    @Override
    public List<ParkedEvent> parked(TenantId tenant, String projection) {
        return engine.parked(tenant, projection);
    }

    @Override
    public List<ProjectionStatus> status(TenantId tenant, String projection) {
        return engine.status(tenant, projection);
    }

    @Override
    public String table(TenantId tenant, String projection, String table) {
        return engine.table(tenant, projection, table);
    }

    @Override
    public void awaitProjection(TenantId tenant, AppendResult result, String projection, Duration timeout) {
        engine.awaitProjection(tenant, result, projection, timeout);
    }

    @Override
    public DryRunReport dryRun(TenantId tenant, Projector projector) {
        return engine.dryRun(tenant, projector);
    }

    @Override
    public <T> T live(TenantId tenant, Projector projector, AsOf asOf, Function<ProjectionContext, T> question) {
        return engine.live(tenant, projector, asOf, question);
    }

    @Override
    public Subscription subscribe(EventListener listener, int capacity, Overflow overflow) {
        return engine.subscribe(listener, capacity, overflow);
    }
}
