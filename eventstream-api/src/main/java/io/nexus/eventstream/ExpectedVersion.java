package io.nexus.eventstream;

import java.util.Objects;

/**
 * What an append expects of a stream. If the stream is not so when the append has its turn, nothing is written and the
 * append ends in a {@link ConcurrencyException}.
 *
 * <p>There are four choices: {@link #any()}, {@link #noStream()}, {@link #streamExists()} and
 * {@link #exactly(EventVersion)}.
 */
public sealed interface ExpectedVersion {

    /** Expects nothing: the events go to the end of the stream whatever stands before them. */
    static ExpectedVersion any() {
        return Any.INSTANCE;
    }

    /** Expects that the stream has no events yet. */
    static ExpectedVersion noStream() {
        return NoStream.INSTANCE;
    }

    /** Expects that the stream has at least one event. */
    static ExpectedVersion streamExists() {
        return StreamExists.INSTANCE;
    }

    /**
     * Expects that the last event of the stream has this version. {@link EventVersion#NONE} means {@link #noStream()}, so
     * that the version of a freshly loaded state can be passed on as it is.
     */
    static ExpectedVersion exactly(EventVersion version) {
        return version.equals(EventVersion.NONE) ? noStream() : new Exactly(version);
    }

    /** As {@link #exactly(EventVersion)}, for a version kept as a number. */
    static ExpectedVersion exactly(long version) {
        return exactly(EventVersion.of(version));
    }

    /** Returns whether a stream at {@code actual} is as expected; {@link EventVersion#NONE} is a stream without events. */
    boolean isMetBy(EventVersion actual);

    /** The choice made by {@link ExpectedVersion#any()}. */
    enum Any implements ExpectedVersion {
        /** The only value. */
        INSTANCE;

        @Override
        public boolean isMetBy(EventVersion actual) {
            return true;
        }

        @Override
        public String toString() {
            return "any version";
        }
    }

    /** The choice made by {@link ExpectedVersion#noStream()}. */
    enum NoStream implements ExpectedVersion {
        /** The only value. */
        INSTANCE;

        @Override
        public boolean isMetBy(EventVersion actual) {
            return actual.equals(EventVersion.NONE);
        }

        @Override
        public String toString() {
            return "no stream";
        }
    }

    /** The choice made by {@link ExpectedVersion#streamExists()}. */
    enum StreamExists implements ExpectedVersion {
        /** The only value. */
        INSTANCE;

        @Override
        public boolean isMetBy(EventVersion actual) {
            return actual.value() > 0;
        }

        @Override
        public String toString() {
            return "an existing stream";
        }
    }

    /**
     * The choice made by {@link ExpectedVersion#exactly(EventVersion)}.
     *
     * @param version the version that the last event of the stream must have, 1 or more
     */
    record Exactly(EventVersion version) implements ExpectedVersion {

        /** Checks that the version is one of an event. */
        public Exactly {
            Objects.requireNonNull(version, "version");
            if (version.equals(EventVersion.NONE)) {
                throw new IllegalArgumentException("use ExpectedVersion.noStream() for a stream without events");
            }
        }

        @Override
        public boolean isMetBy(EventVersion actual) {
            return version.equals(actual);
        }

        @Override
        public String toString() {
            return "exactly version " + version;
        }
    }
}
