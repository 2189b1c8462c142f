package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.LaneBusyException;

/**
 * What the log says of an exception. The text of somebody else's may quote events, and that of a busy lane quotes the statement
 * of whoever holds it: of those it names the class alone.
 */
final class Loggable {

    private Loggable() {}

    static String text(Throwable e) {
        return e instanceof EventStreamException && !(e instanceof LaneBusyException)
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
    }
}
