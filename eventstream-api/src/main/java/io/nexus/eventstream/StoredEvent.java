package io.nexus.eventstream;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * An event exactly as it is stored: the bytes that were hashed, before decryption, upcasting or decoding. It is what an
 * auditor looks at; everybody else reads the {@link RecordedEvent} around it.
 *
 * @param tenant the owner of the log
 * @param position the place in the tenant's log
 * @param stream the stream
 * @param version the place in the stream
 * @param id the event's identity
 * @param type the name and schema version under which it was written
 * @param payload the payload, UTF-8 JSON; not to be modified
 * @param metadata the metadata, a UTF-8 JSON object; not to be modified
 * @param occurredAt business time
 * @param recordedAt when the database accepted the append
 * @param hash the link of the hash chain at this position
 */
// The arrays are shared and not copied: a page holds a thousand of these and most are decoded once and dropped.
@SuppressWarnings("ArrayRecordComponent")
public record StoredEvent(
        TenantId tenant,
        Position position,
        StreamId stream,
        EventVersion version,
        EventId id,
        EventType type,
        byte[] payload,
        byte[] metadata,
        Instant occurredAt,
        Instant recordedAt,
        EventHash hash) {

    /** Returns the payload as it is stored, as text. */
    public String payloadJson() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Returns the metadata as it is stored, as text. */
    public String metadataJson() {
        return new String(metadata, StandardCharsets.UTF_8);
    }

    /** Returns a copy with this hash. */
    public StoredEvent withHash(EventHash newHash) {
        return new StoredEvent(
                tenant, position, stream, version, id, type, payload, metadata, occurredAt, recordedAt, newHash);
    }

    /** Compares by tenant, position and hash, which covers everything else. */
    @Override
    public boolean equals(Object other) {
        return other instanceof StoredEvent event
                && tenant.equals(event.tenant)
                && position.equals(event.position)
                && hash.equals(event.hash);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, position, hash);
    }

    /** Returns where the event stands and what kind it is, without payload and metadata. */
    @Override
    public String toString() {
        return "%s version %s at position %s of tenant %s: %s".formatted(stream, version, position, tenant, type);
    }
}
