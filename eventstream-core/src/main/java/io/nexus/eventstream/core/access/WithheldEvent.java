package io.nexus.eventstream.core.access;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.WithheldPayload;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event whose reader may see that it is there, but not what it says. The hash is withheld too: it is made of the content
 * and of what the reader sees, so a short content could be guessed by trying.
 *
 * @param stored the stored event without its content
 */
record WithheldEvent(
        StoredEvent stored, EventType type, EventMetadata metadata, int part, AccessDeniedException refusal)
        implements RecordedEvent {

    private static final String JSON = "{\"withheld\":true}";

    static WithheldEvent of(RecordedEvent event, AccessDeniedException refusal) {
        StoredEvent stored = event.stored();
        Map<String, String> hidden = new LinkedHashMap<>();
        event.metadata().entries().keySet().forEach(key -> hidden.put(key, "***"));
        return new WithheldEvent(
                new StoredEvent(
                        stored.tenant(),
                        stored.position(),
                        stored.stream(),
                        stored.version(),
                        stored.id(),
                        stored.type(),
                        JSON.getBytes(StandardCharsets.UTF_8),
                        JSON.getBytes(StandardCharsets.UTF_8),
                        stored.occurredAt(),
                        stored.recordedAt(),
                        EventHash.NONE),
                event.type(),
                EventMetadata.of(hidden),
                event.part(),
                refusal);
    }

    @Override
    public Object payload() {
        return new WithheldPayload(type, refusal);
    }

    @Override
    public String json() {
        return JSON;
    }

    @Override
    public String maskedJson() {
        return JSON;
    }

    /** Returns place and type. */
    @Override
    public String toString() {
        return stored + " (withheld)";
    }
}
