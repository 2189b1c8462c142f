package io.nexus.eventstream.spi;

import io.nexus.eventstream.TenantId;
import java.util.Objects;

/**
 * Which row of the projections it is: one build of one projector's read model for one tenant, or a part of that build.
 *
 * @param tenant whose read model it is
 * @param projection the projector's name
 * @param slot what stands behind the names of its tables, for example {@code v1_a}
 * @param part 0, or the number of the part in a rebuild by several workers
 */
public record ProjectionKey(TenantId tenant, String projection, String slot, int part) {

    /** Checks that nothing is missing. */
    public ProjectionKey {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(projection, "projection");
        Objects.requireNonNull(slot, "slot");
    }
}
