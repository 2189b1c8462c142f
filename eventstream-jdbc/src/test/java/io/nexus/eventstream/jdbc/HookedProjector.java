package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A projector with somebody who looks on, and may hold it up.
 *
 * @param delegate does the work
 * @param beforePrepare called before the tables are made
 * @param afterProject called after each event was applied, before the commit
 */
record HookedProjector(
        Projector delegate, Runnable beforePrepare, BiConsumer<RecordedEvent, ProjectionContext> afterProject)
        implements Projector {

    @Override
    public String name() {
        return delegate.name();
    }

    @Override
    public int version() {
        return delegate.version();
    }

    @Override
    public Set<String> eventTypes() {
        return delegate.eventTypes();
    }

    @Override
    public Set<String> tables() {
        return delegate.tables();
    }

    @Override
    public void prepare(ProjectionContext context) {
        beforePrepare.run();
        delegate.prepare(context);
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        delegate.project(event, context);
        afterProject.accept(event, context);
    }

    @Override
    public void reset(ProjectionContext context) {
        delegate.reset(context);
    }
}
