package io.nexus.eventstream.examples.quickstart;

/** A field of a file does not say what its column asks for. */
final class InvalidValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidValueException(String message) {
        super(message);
    }
}
