package io.nexus.eventstream.tck;

import io.nexus.eventstream.StoredEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The hash chain once more, written from its byte layout in {@code docs/hash-chain.md} and from nothing else, so that a mistake in the library's own would
 * be seen. Version 1 of the layout, all numbers big-endian:
 *
 * <pre>
 * 20 bytes  eventstream.event.v1, ASCII
 * 32 bytes  the link before, zeros at position 1
 *  8 bytes  position
 *  8 bytes  version
 *  4 bytes  schema version
 *  8 bytes  occurredAt, microseconds since 2000-01-01T00:00:00Z
 *  8 bytes  recordedAt, the same
 * 16 bytes  event id
 *  4 bytes  length in bytes, then UTF-8: tenant, stream category, aggregate id, event type
 *  4 bytes  length, then the bytes as they are stored: payload, metadata
 * </pre>
 */
final class HashChainByHand {

    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");

    private HashChainByHand() {}

    static byte[] link(byte[] previous, StoredEvent event) {
        List<byte[]> texts = new ArrayList<>();
        texts.add(utf8(event.tenant().value()));
        texts.add(utf8(event.stream().category()));
        texts.add(utf8(event.stream().aggregateId().value()));
        texts.add(utf8(event.type().name()));
        texts.add(event.payload());
        texts.add(event.metadata());
        int size = texts.stream().mapToInt(text -> 4 + text.length).sum();

        ByteBuffer bytes = ByteBuffer.allocate(20 + 32 + 8 + 8 + 4 + 8 + 8 + 16 + size);
        bytes.put("eventstream.event.v1".getBytes(StandardCharsets.US_ASCII));
        bytes.put(previous);
        bytes.putLong(event.position().value());
        bytes.putLong(event.version().value());
        bytes.putInt(event.type().schemaVersion());
        bytes.putLong(micros(event.occurredAt()));
        bytes.putLong(micros(event.recordedAt()));
        bytes.putLong(event.id().value().getMostSignificantBits());
        bytes.putLong(event.id().value().getLeastSignificantBits());
        for (byte[] text : texts) {
            bytes.putInt(text.length).put(text);
        }
        return sha256(bytes.array());
    }

    private static long micros(Instant moment) {
        Duration since = Duration.between(YEAR_2000, moment);
        return since.getSeconds() * 1_000_000 + since.getNano() / 1_000;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
