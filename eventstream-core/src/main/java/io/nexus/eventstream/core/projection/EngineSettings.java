package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What an engine was built with; shared by its parts. */
record EngineSettings(
        ProjectingEventStore store,
        Map<String, Registration> registrations,
        Listeners listeners,
        String owner,
        int workers,
        int batchSize,
        Duration pollInterval,
        Duration lease,
        int maxAttempts,
        BackOff backOff,
        Duration lagThreshold,
        boolean failureMessages) {

    ProjectionStorage storage() {
        return store.projections();
    }

    Collection<Projector> projectors() {
        return registrations.values().stream().map(Registration::projector).toList();
    }

    /** Returns how many projectors run behind the log, and not in the transactions of appends. */
    long behindTheLog() {
        return registrations.values().stream().filter(each -> !each.inline()).count();
    }

    /** Returns the registration of this projector, or says which there are. */
    Registration registration(String projection) {
        Registration registration = registrations.get(projection);
        if (registration == null) {
            throw new IllegalArgumentException("no projector is registered as '%s'; there are %s"
                    .formatted(projection, List.copyOf(registrations.keySet())));
        }
        return registration;
    }

    /** Returns what says in words how a projector failed. */
    FailureText failureText() {
        return new FailureText(storage(), failureMessages);
    }

    /** Returns what to tell, which never throws. */
    ProjectionListener listener() {
        return listeners;
    }
}
