package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gives turns in the caller's thread, to every projection with something to do, one after the other. */
final class Rounds {

    /** What is due is asked for after so many pages of a projection, rather than after each. */
    private static final int PAGES_AT_ONCE = 20;

    private static final int IDLE_ROUNDS = 10;

    private final EngineSettings settings;
    private final Builds builds;
    private final Turns turns;
    private final Progress progress;

    Rounds(EngineSettings settings, Builds builds, Turns turns, Progress progress) {
        this.settings = settings;
        this.builds = builds;
        this.turns = turns;
        this.progress = progress;
    }

    long runOnce() {
        return nexts(1).stream().mapToLong(Next::handled).sum();
    }

    long run() {
        long handled = 0;
        int idle = 0;
        while (!Thread.currentThread().isInterrupted() && idle < IDLE_ROUNDS) {
            List<Next> nexts = nexts(PAGES_AT_ONCE);
            if (nexts.isEmpty()) {
                return handled;
            }
            long handledNow = nexts.stream().mapToLong(Next::handled).sum();
            handled += handledNow;
            Duration pause = nexts.stream()
                    .map(next -> next.delay().orElse(Duration.ZERO))
                    .min(Comparator.naturalOrder())
                    .orElse(Duration.ZERO);
            boolean atRest = handledNow == 0
                    && nexts.stream().allMatch(next -> next.delay().isEmpty());
            // Another engine is at work on what is due here, or a part waits for one that has failed: asking again at
            // once is no use, and asking for ever is none either.
            idle = atRest ? idle + 1 : 0;
            progress.await(progress.moves(), atRest ? settings.pollInterval() : pause);
        }
        return handled;
    }

    private List<Next> nexts(int pages) {
        List<DueProjection> due = settings.storage()
                .due(settings.projectors(), settings.owner(), Optional.empty(), DueProjection.MOST_AT_ONCE);
        Set<ProjectionKey> keys = new LinkedHashSet<>(builds.toWorkOn(due));
        List<Next> nexts = new ArrayList<>();
        keys.forEach(key -> nexts.add(turns(key, pages)));
        return nexts;
    }

    /** Gives a projection as many turns, fewer if it is at rest or has to wait by then. */
    private Next turns(ProjectionKey key, int most) {
        Next next = turns.take(key);
        long handled = next.handled();
        for (int turn = 1; turn < most && next.isAtOnce(); turn++) {
            next = turns.take(key);
            handled += next.handled();
        }
        return new Next(handled, next.delay());
    }
}
