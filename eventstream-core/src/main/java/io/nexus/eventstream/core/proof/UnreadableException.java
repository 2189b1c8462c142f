package io.nexus.eventstream.core.proof;

/** A line is not in the form that is specified. It never leaves the package. */
final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
