package io.nexus.eventstream.access;

import io.nexus.eventstream.EventStreamException;

/**
 * The audit could not record a call, and what is not recorded must not happen: nothing was changed, and nothing that was read is
 * handed out.
 *
 * <p><strong>What to do:</strong> see to the sink, as the cause says, and call again; an append may keep its event ids.
 */
public final class AuditFailedException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public AuditFailedException(AuditEntry entry, RuntimeException cause) {
        super(
                "the audit could not record %s of %s (%s), so nothing was changed or handed out: see to the sink, and call again; audit.on_failure says what a failing sink means"
                        .formatted(entry.call(), entry.actor(), entry.outcome()),
                cause);
    }
}
