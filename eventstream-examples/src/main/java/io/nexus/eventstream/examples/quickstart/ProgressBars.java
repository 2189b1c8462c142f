package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.RebuildProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Prints how far the read models of one tenant have come, a line each time that the engine tells. Thread-safe. */
final class ProgressBars implements ProjectionListener {

    private static final int LENGTH = 20;

    // All guarded by lock.
    private final Object lock = new Object();
    private final Screen screen;
    private Optional<TenantId> shown = Optional.empty();
    private final Map<String, Long> percents = new HashMap<>();
    private int printed;

    ProgressBars(Screen screen) {
        this.screen = screen;
    }

    /** Shows the progress of this tenant from now on. */
    void show(TenantId tenant) {
        synchronized (lock) {
            shown = Optional.of(tenant);
            percents.clear();
            printed = 0;
        }
    }

    /** Shows nothing any more; returns how many lines were printed since {@link #show}. */
    int hide() {
        synchronized (lock) {
            shown = Optional.empty();
            return printed;
        }
    }

    @Override
    public void onProgress(RebuildProgress progress) {
        synchronized (lock) {
            if (!shown.equals(Optional.of(progress.tenant()))) {
                return;
            }
            Long before = percents.put(progress.projection(), percent(progress));
            if (before == null || before < percent(progress)) {
                printed++;
                screen.line("%s", line(progress));
            }
        }
    }

    static String line(RebuildProgress progress) {
        long done = Math.min(progress.done(), progress.total());
        long percent = percent(progress);
        int full = (int) (percent * LENGTH / 100);
        String text = "  %-16s [%s%s] %3d %%  %9s of %s events"
                .formatted(
                        progress.projection(),
                        "#".repeat(full),
                        ".".repeat(LENGTH - full),
                        percent,
                        Screen.number(done),
                        Screen.number(progress.total()));
        Optional<Duration> remaining = progress.remaining().filter(left -> done < progress.total());
        return text
                + remaining
                        .map(left -> String.format(Locale.ROOT, ", %.1f s to go", left.toMillis() / 1e3))
                        .orElse("");
    }

    private static long percent(RebuildProgress progress) {
        return progress.total() == 0 ? 100 : Math.min(progress.done(), progress.total()) * 100 / progress.total();
    }
}
