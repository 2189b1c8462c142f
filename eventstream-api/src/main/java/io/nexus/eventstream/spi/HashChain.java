package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.StoredEvent;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/**
 * The hash chain that ties every event of a tenant to all events before it, layout version 1. The layout and its test
 * vectors stand in {@code docs/hash-chain.md}; changing it is a migration of every log.
 */
public final class HashChain {

    /** Put in front of every link, so that no other SHA-256 of this library can be taken for one. */
    private static final byte[] DOMAIN = "eventstream.event.v1".getBytes(StandardCharsets.US_ASCII);

    /** PostgreSQL's own epoch, which its binary form of a timestamp counts from. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private HashChain() {}

    /**
     * Returns the link of an event: the SHA-256 of the link before it and of everything that is stored of the event. The
     * event's own {@code hash} is not looked at.
     *
     * @param previous the link of the event at the position before, {@link EventHash#NONE} at position 1
     */
    public static EventHash link(EventHash previous, StoredEvent event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + event.payload().length + event.metadata().length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(DOMAIN);
            out.write(previous.bytes());
            out.writeLong(event.position().value());
            out.writeLong(event.version().value());
            out.writeInt(event.type().schemaVersion());
            out.writeLong(micros(event.occurredAt()));
            out.writeLong(micros(event.recordedAt()));
            UUID id = event.id().value();
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            writeText(out, event.tenant().value());
            writeText(out, event.stream().category());
            writeText(out, event.stream().aggregateId().value());
            writeText(out, event.type().name());
            writeBytes(out, event.payload());
            writeBytes(out, event.metadata());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return EventHash.of(sha256().digest(bytes.toByteArray()));
    }

    private static long micros(Instant moment) {
        return (moment.getEpochSecond() - EPOCH.getEpochSecond()) * 1_000_000 + moment.getNano() / 1_000;
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
