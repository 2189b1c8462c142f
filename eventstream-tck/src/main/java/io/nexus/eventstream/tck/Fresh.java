package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.TenantId;

/** Tenants that no other test uses. */
final class Fresh {

    private Fresh() {}

    static TenantId tenant() {
        return TenantId.of("tck-" + EventId.generate());
    }
}
