package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The host's projector threw, or the event that it was to be given cannot be read. Carries the cause through a storage. */
final class ProjectorFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Position position;
    private final transient Position last;
    private final transient @Nullable RecordedEvent event;

    ProjectorFailure(Position position, Position last, @Nullable RecordedEvent event, Throwable cause) {
        super(cause.toString(), cause);
        this.position = position;
        this.last = last;
        this.event = event;
    }

    Position position() {
        return position;
    }

    /** Returns where the events end among which the failing one is. */
    Position last() {
        return last;
    }

    /** Returns the event, empty if it is not known which of several it is, or if it cannot be read. */
    Optional<RecordedEvent> event() {
        return Optional.ofNullable(event);
    }

    Throwable cause() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
