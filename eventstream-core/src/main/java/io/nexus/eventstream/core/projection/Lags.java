package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.ProjectionStatus;
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
        Set<ProjectionKey> now = new HashSet<>();
        for (DueProjection each : due) {
            Optional<StoredProjection> stored = each.stored().filter(build -> build.role() == SlotRole.LIVE);
            if (stored.isPresent() && stored.get().checkpoint().position().isBefore(each.head())) {
                ProjectionKey key = stored.get().key();
                if (behind.contains(key)) {
                    now.add(key);
                    continue;
                }
                ProjectionStatus status = reports.of(key);
                if (status.lag().compareTo(settings.lagThreshold()) > 0) {
                    now.add(key);
                    settings.listener().onLag(status);
                }
            }
        }
        behind.retainAll(now);
        behind.addAll(now);
    }
}
