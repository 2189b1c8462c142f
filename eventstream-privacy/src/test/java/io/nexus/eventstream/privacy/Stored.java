package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Instant;

/** Events as if they had been stored. */
final class Stored {

    private Stored() {}

    static StoredEvent of(TenantId tenant, EncodedEvent event) {
        return of(tenant, event, event.payload());
    }

    static StoredEvent of(TenantId tenant, EncodedEvent event, byte[] payload) {
        return new StoredEvent(
                tenant,
                Position.of(1),
                event.stream(),
                EventVersion.of(1),
                event.id(),
                event.type(),
                payload,
                event.metadata(),
                Instant.EPOCH,
                Instant.EPOCH,
                EventHash.NONE);
    }
}
