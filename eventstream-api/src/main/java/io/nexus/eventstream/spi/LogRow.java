package io.nexus.eventstream.spi;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * An event in the bytes that its link covers, and the link that is stored beside it. Nothing about it has been checked: it may be
 * what somebody has made of an event behind the library's back. The arrays are not to be modified.
 *
 * @param numbers position (8 bytes), version (8), schema version (4), occurred at (8), recorded at (8), event id (16), as in
 *     {@code docs/hash-chain.md}
 * @param category the stream's category, UTF-8
 * @param aggregateId the stream's aggregate, UTF-8
 * @param eventType the name of the event type, UTF-8
 * @param payload the payload as it is stored
 * @param metadata the metadata as it is stored
 * @param hash the link that is stored, of whatever length
 */
// Made by the million in a verification, and read once.
@SuppressWarnings("ArrayRecordComponent")
public record LogRow(
        byte[] numbers,
        byte[] category,
        byte[] aggregateId,
        byte[] eventType,
        byte[] payload,
        byte[] metadata,
        byte[] hash) {

    /** The number of bytes of {@code numbers}. */
    public static final int NUMBERS = 52;

    private static final int VERSION = 8;
    private static final int SCHEMA_VERSION = 16;
    private static final int OCCURRED_AT = 20;
    private static final int RECORDED_AT = 28;
    private static final int EVENT_ID = 36;

    /** PostgreSQL's own epoch, which its binary form of a timestamp counts from. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    /**
     * Checks that there are as many bytes of numbers as there must be.
     *
     * @throws IllegalArgumentException if not
     */
    public LogRow {
        if (numbers.length != NUMBERS) {
            throw new IllegalArgumentException("%d bytes, not %d".formatted(NUMBERS, numbers.length));
        }
    }

    /** Returns an event in its bytes. */
    public static LogRow of(StoredEvent event) {
        UUID id = event.id().value();
        byte[] numbers = numbers(
                event.position().value(),
                event.version().value(),
                event.type().schemaVersion(),
                micros(event.occurredAt()),
                micros(event.recordedAt()),
                id);
        return new LogRow(
                numbers,
                utf8(event.stream().category()),
                utf8(event.stream().aggregateId().value()),
                utf8(event.type().name()),
                event.payload(),
                event.metadata(),
                event.hash().bytes());
    }

    /** Returns the bytes of these numbers; the times are microseconds since 2000-01-01T00:00:00Z. */
    public static byte[] numbers(
            long position, long version, int schemaVersion, long occurredAt, long recordedAt, UUID eventId) {
        return ByteBuffer.allocate(NUMBERS)
                .putLong(position)
                .putLong(version)
                .putInt(schemaVersion)
                .putLong(occurredAt)
                .putLong(recordedAt)
                .putLong(eventId.getMostSignificantBits())
                .putLong(eventId.getLeastSignificantBits())
                .array();
    }

    /** Returns the place in the log, be it one that an event can have or not. */
    public long position() {
        return number(0);
    }

    /** Returns the place in the stream, be it one that an event can have or not. */
    public long version() {
        return number(VERSION);
    }

    /** Returns the schema version. */
    public int schemaVersion() {
        return (int) (number(SCHEMA_VERSION) >> 32);
    }

    /** Returns the business time in microseconds since 2000-01-01T00:00:00Z. */
    public long occurredAt() {
        return number(OCCURRED_AT);
    }

    /** Returns when it was recorded, in microseconds since 2000-01-01T00:00:00Z. */
    public long recordedAt() {
        return number(RECORDED_AT);
    }

    /** Returns the event's id. */
    public UUID eventId() {
        return new UUID(number(EVENT_ID), number(EVENT_ID + Long.BYTES));
    }

    /** Returns the same event at another place of the log and of its stream. */
    public LogRow at(long position, long version) {
        return new LogRow(
                numbers(position, version, schemaVersion(), occurredAt(), recordedAt(), eventId()),
                category,
                aggregateId,
                eventType,
                payload,
                metadata,
                hash);
    }

    /**
     * Returns the event.
     *
     * @throws IllegalArgumentException if no event can be like this
     */
    public StoredEvent event(TenantId tenant) {
        return new StoredEvent(
                tenant,
                Position.of(position()),
                new StreamId(text(category), new AggregateId(text(aggregateId))),
                EventVersion.of(version()),
                new EventId(eventId()),
                new EventType(text(eventType), schemaVersion()),
                payload,
                metadata,
                moment(occurredAt()),
                moment(recordedAt()),
                EventHash.of(hash));
    }

    /** Returns the moment of a number of microseconds since 2000-01-01T00:00:00Z. */
    public static Instant moment(long micros) {
        return EPOCH.plusSeconds(Math.floorDiv(micros, 1_000_000L))
                .plusNanos(Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    /** Returns a moment as a number of microseconds since 2000-01-01T00:00:00Z. */
    public static long micros(Instant moment) {
        return (moment.getEpochSecond() - EPOCH.getEpochSecond()) * 1_000_000 + moment.getNano() / 1_000;
    }

    private long number(int index) {
        return ByteBuffer.wrap(numbers).getLong(index);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
