package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AppendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Measures appends. */
final class Meter {

    private final List<Long> nanos = new ArrayList<>();
    private long events;

    /** Runs an append and counts it, unless it turns out to have been recorded before. */
    AppendResult measure(Supplier<AppendResult> append) {
        long begin = System.nanoTime();
        AppendResult result = append.get();
        if (!result.alreadyRecorded()) {
            nanos.add(System.nanoTime() - begin);
            events += result.events().size();
        }
        return result;
    }

    /** Returns how many events were recorded. */
    long events() {
        return events;
    }

    /** Returns how many appends that took. */
    int appends() {
        return nanos.size();
    }

    /** Returns the time in which half of the appends were done, zero if there was none. */
    Duration median() {
        return nanos.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(nanos.stream().sorted().toList().get(nanos.size() / 2));
    }
}
