package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import org.jspecify.annotations.Nullable;

/** The part of one event that a value belongs to; what is encrypted for one place cannot be decrypted in another. */
final class Place {

    static final String PAYLOAD = "payload";
    static final String METADATA = "metadata";

    private final TenantId tenant;
    private final EventId event;
    private final EventType type;
    private final String part;

    // What is the same for all values, made for the first one.
    private byte @Nullable [] bytes;

    Place(TenantId tenant, EventId event, EventType type, String part) {
        this.tenant = tenant;
        this.event = event;
        this.type = type;
        this.part = part;
    }

    static Place of(StoredEvent stored, String part) {
        return new Place(stored.tenant(), stored.id(), stored.type(), part);
    }

    TenantId tenant() {
        return tenant;
    }

    EventId event() {
        return event;
    }

    /** Returns the associated data of a value. */
    byte[] at(String path, String erased) {
        byte[] common = bytes;
        if (common == null) {
            common = new Bytes("eventstream.personal.v1")
                    .add(tenant.value())
                    .add(event.value())
                    .add(type.name())
                    .add(type.schemaVersion())
                    .add(part)
                    .bytes();
            bytes = common;
        }
        return new Bytes(common).add(path).add(erased).bytes();
    }

    @Override
    public String toString() {
        return "the %s of event %s (%s) of tenant %s".formatted(part, event, type, tenant);
    }
}
