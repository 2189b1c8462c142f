package io.nexus.eventstream.tck;

import java.util.SplittableRandom;

/**
 * Where the random tests get their numbers from: another seed in every run, named in every failure, and the same one again
 * when it is given as the system property {@value #PROPERTY}.
 */
record Seed(long value) {

    static final String PROPERTY = "eventstream.tck.seed";

    static Seed next() {
        return new Seed(Long.getLong(PROPERTY, System.nanoTime()));
    }

    SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** Returns what to type to get these numbers again. */
    @Override
    public String toString() {
        return "-D%s=%d".formatted(PROPERTY, value);
    }
}
