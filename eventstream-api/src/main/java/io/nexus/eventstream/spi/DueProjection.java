package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.util.Optional;

/**
 * A projection with something to do.
 *
 * @param tenant whose it is
 * @param projection the projector's name
 * @param stored the build that has something to do; empty if there has to be a build first
 * @param head the log's newest position
 */
public record DueProjection(TenantId tenant, String projection, Optional<StoredProjection> stored, Position head) {

    /** How many an engine asks for at once; those that have waited longest come first, so the others get their turn. */
    public static final int MOST_AT_ONCE = 1_000;
}
