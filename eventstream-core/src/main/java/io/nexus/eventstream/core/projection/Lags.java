package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says once when a live projection is further behind than it may be, and again only after it has caught up. */
final class Lags {

    private final EngineSettings settings;
    private final Reports reports;
    private final Set<ProjectionKey> behind = new HashSet<>();

    Lags(EngineSettings settings, Reports reports) {
        this.settings = settings;
        this.reports = reports;
    }

    /** Looks at what is due; called by one thread. */
    void look(List<DueProjection> due) {
        Set<ProjectionKey> late = new HashSet<>();
        for (DueProjection each : due) {
            Optional<StoredProjection> stored = each.stored().filter(build -> build.role() == SlotRole.LIVE);
            if (stored.isPresent() && stored.get().checkpoint().position().isBefore(each.head())) {
                ProjectionKey key = stored.get().key();
                if (behind.contains(key)) {
                    late.add(key);
                } else if (isLate(stored.get())) {
                    late.add(key);
                    settings.listener().onLag(reports.of(key));
                }
            }
        }
        behind.retainAll(late);
        behind.addAll(late);
    }

    /** One question for each that is due, since a status asks several and all may be due at once. */
    private boolean isLate(StoredProjection build) {
        return settings.storage()
                .recordedAfter(build.key().tenant(), build.checkpoint().position())
                .filter(recorded -> recorded.plus(settings.lagThreshold())
                        .isBefore(settings.storage().now()))
                .isPresent();
    }
}
