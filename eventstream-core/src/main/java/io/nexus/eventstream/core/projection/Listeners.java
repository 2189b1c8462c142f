package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.RebuildProgress;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners; what one throws is logged and reaches nobody. */
final class Listeners implements ProjectionListener {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final List<ProjectionListener> listeners;
    private final boolean toldOfFailures;

    Listeners(List<ProjectionListener> listeners, boolean toldOfFailures) {
        this.toldOfFailures = toldOfFailures;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onFailed(ProjectionStatus status) {
        if (toldOfFailures) {
            tell(each -> each.onFailed(status));
        }
    }

    @Override
    public void onParked(ProjectionStatus status, ParkedEvent event) {
        tell(each -> each.onParked(status, event));
    }

    @Override
    public void onLag(ProjectionStatus status) {
        tell(each -> each.onLag(status));
    }

    @Override
    public void onProgress(RebuildProgress progress) {
        tell(each -> each.onProgress(progress));
    }

    @Override
    public void onSwitched(ProjectionStatus status) {
        tell(each -> each.onSwitched(status));
    }

    @Override
    public void onDifferences(ProjectionStatus status, List<ReadModelDifference> differences) {
        tell(each -> each.onDifferences(status, differences));
    }

    private void tell(Consumer<ProjectionListener> call) {
        for (ProjectionListener each : listeners) {
            try {
                call.accept(each);
            } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
                log.warn("A projection listener failed: {}", e.getClass().getName());
            }
        }
    }
}
