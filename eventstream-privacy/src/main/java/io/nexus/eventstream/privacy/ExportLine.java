package io.nexus.eventstream.privacy;

import io.nexus.eventstream.StoredEvent;

/** An event as a line of an export. */
final class ExportLine {

    private ExportLine() {}

    static String of(StoredEvent event) {
        return "{\"stream\":%s,\"version\":%s,\"position\":%s,\"eventId\":\"%s\",\"type\":%s,\"schemaVersion\":%d,\"occurredAt\":\"%s\",\"recordedAt\":\"%s\",\"payload\":%s,\"metadata\":%s}"
                .formatted(
                        JsonSpan.quoted(event.stream().toString()),
                        event.version(),
                        event.position(),
                        event.id(),
                        JsonSpan.quoted(event.type().name()),
                        event.type().schemaVersion(),
                        event.occurredAt(),
                        event.recordedAt(),
                        event.payloadJson(),
                        event.metadataJson());
    }
}
