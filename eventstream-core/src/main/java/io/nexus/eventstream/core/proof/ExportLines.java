package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.LogRow;
import java.util.UUID;

/** The lines of an export, but for seals. {@code docs/hash-chain.md} specifies them. */
final class ExportLines {

    static final String HEADER = "{\"format\":\"eventstream.export.v1\",\"tenant\":";
    static final String EVENT = "{\"position\":";
    static final String TRAILER = "{\"events\":";

    private ExportLines() {}

    static void writeHeader(TenantId tenant, LineWriter line) {
        line.raw(HEADER).text(tenant.value()).raw("}");
    }

    static TenantId header(LineReader line) throws UnreadableException {
        try {
            TenantId tenant = TenantId.of(SealText.text(line.expect(HEADER)));
            line.expect("}").end();
            return tenant;
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    static void write(LogRow row, LineWriter line) {
        line.raw(EVENT).number(row.position());
        line.raw(",\"version\":").number(row.version());
        line.raw(",\"schemaVersion\":").number(row.schemaVersion());
        line.raw(",\"occurredAt\":").number(row.occurredAt());
        line.raw(",\"recordedAt\":").number(row.recordedAt());
        line.raw(",\"eventId\":\"").raw(row.eventId().toString());
        line.raw("\",\"category\":").text(row.category());
        line.raw(",\"aggregateId\":").text(row.aggregateId());
        line.raw(",\"eventType\":").text(row.eventType());
        line.raw(",\"payload\":").text(row.payload());
        line.raw(",\"metadata\":").text(row.metadata());
        line.raw(",\"hash\":").hex(row.hash()).raw("}");
    }

    static LogRow event(LineReader line) throws UnreadableException {
        long position = line.expect(EVENT).number();
        long version = line.expect(",\"version\":").number();
        long schemaVersion = line.expect(",\"schemaVersion\":").number();
        if (schemaVersion != (int) schemaVersion) {
            throw new UnreadableException("schema version %d does not fit into 4 bytes".formatted(schemaVersion));
        }
        long occurredAt = line.expect(",\"occurredAt\":").number();
        long recordedAt = line.expect(",\"recordedAt\":").number();
        UUID id = id(SealText.text(line.expect(",\"eventId\":")));
        LogRow row = new LogRow(
                LogRow.numbers(position, version, (int) schemaVersion, occurredAt, recordedAt, id),
                line.expect(",\"category\":").text(),
                line.expect(",\"aggregateId\":").text(),
                line.expect(",\"eventType\":").text(),
                line.expect(",\"payload\":").text(),
                line.expect(",\"metadata\":").text(),
                line.expect(",\"hash\":").hex());
        line.expect("}").end();
        return row;
    }

    static void writeTrailer(long events, long seals, byte[] link, byte[] sha256, LineWriter line) {
        line.raw(TRAILER).number(events);
        line.raw(",\"seals\":").number(seals);
        line.raw(",\"link\":").hex(link);
        line.raw(",\"sha256\":").hex(sha256).raw("}");
    }

    static Trailer trailer(LineReader line) throws UnreadableException {
        Trailer trailer = new Trailer(
                line.expect(TRAILER).number(),
                line.expect(",\"seals\":").number(),
                EventHash.of(line.expect(",\"link\":").hex(EventHash.LENGTH)),
                EventHash.of(line.expect(",\"sha256\":").hex(EventHash.LENGTH)));
        line.expect("}").end();
        return trailer;
    }

    private static UUID id(String text) throws UnreadableException {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new UnreadableException("\"%s\" is no event id".formatted(text));
    }

    /** What the last line says about those before. */
    record Trailer(long events, long seals, EventHash link, EventHash sha256) {}
}
