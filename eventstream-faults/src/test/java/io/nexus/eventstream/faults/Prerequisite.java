package io.nexus.eventstream.faults;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What a scenario needs and a machine may lack. It is then reported as not run, or fails with {@code faults.require=all}. */
final class Prerequisite {

    static final String NOT_RUN = "NOT RUN: needs ";

    private Prerequisite() {}

    static <T> T required(Optional<T> found, String what) {
        return found.orElseThrow(() -> missing(what));
    }

    static RuntimeException missing(String what) {
        String message = NOT_RUN + what;
        if ("all".equals(System.getProperty("faults.require"))) {
            return new IllegalStateException(message);
        }
        return Assumptions.abort(message);
    }
}
