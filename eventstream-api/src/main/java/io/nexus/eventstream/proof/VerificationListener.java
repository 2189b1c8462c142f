package io.nexus.eventstream.proof;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;

/** Hears how far a verification, an export or an import has come. */
@FunctionalInterface
public interface VerificationListener {

    /** Does nothing. */
    VerificationListener NONE = (tenant, reached, last) -> {};

    /**
     * Is called after each page, in the thread that works.
     *
     * @param tenant the owner of the log
     * @param reached the last position that was looked at
     * @param last the last position that will be; the same as {@code reached} if that is not known
     */
    void reached(TenantId tenant, Position reached, Position last);
}
