package io.nexus.eventstream.core;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import java.util.Objects;

/**
 * A state and the version of the stream that it was folded from: decide on the state, append expecting the version.
 *
 * @param state the folded state
 * @param version the version of the last event in it, {@link EventVersion#NONE} for a stream without events
 * @param <S> the state
 */
public record LoadedState<S>(S state, EventVersion version) {

    /** Checks that there is a version. */
    public LoadedState {
        Objects.requireNonNull(version, "version");
    }

    /** Returns the expectation that nobody has appended since. */
    public ExpectedVersion expected() {
        return ExpectedVersion.exactly(version);
    }
}
