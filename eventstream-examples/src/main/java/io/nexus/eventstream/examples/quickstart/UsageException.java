package io.nexus.eventstream.examples.quickstart;

/** The program was called in a way that it cannot act on. The message is for whoever called it; nothing was imported. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
