package io.nexus.eventstream.access;

import java.util.Objects;

/**
 * Keeps the audit. It is called in the caller's thread, and the call that an entry tells of waits for it.
 *
 * <p>When {@link #write} returns, the entry is kept as safely as the sink promises; if it cannot keep it, it throws, and {@link
 * SinkFailure} says what that means for the call. Implementations are thread-safe and must not call what is audited.
 */
@FunctionalInterface
public interface AuditSink {

    /** Writes an entry. */
    void write(AuditEntry entry);

    /** Returns a sink that writes each entry here and then there; it fails if either does. */
    default AuditSink and(AuditSink other) {
        Objects.requireNonNull(other, "other");
        return entry -> {
            write(entry);
            other.write(entry);
        };
    }
}
