package io.nexus.eventstream;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Values that several tests need and none of them is about. */
final class Samples {

    static final TenantId ACME = TenantId.of("acme");
    static final StreamId CASH = StreamId.of("account", "1000");
    static final EventId ID = EventId.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    static final Instant MOMENT = Instant.parse("2026-01-02T03:04:05.000006Z");

    private Samples() {}

    /** An event whose payload and metadata hold a secret that no text of ours may show. */
    record Debited(String secret, BigDecimal amount) {}

    static StoredEvent stored(long position) {
        return new StoredEvent(
                ACME,
                Position.of(position),
                CASH,
                EventVersion.of(position),
                ID,
                EventType.of("debited", 1),
                "{\"secret\":\"hunter2\"}".getBytes(StandardCharsets.UTF_8),
                "{\"userId\":\"hunter2\"}".getBytes(StandardCharsets.UTF_8),
                MOMENT.minusSeconds(60),
                MOMENT,
                EventHash.NONE);
    }

    /** An event that was read, with this payload. */
    record Read(StoredEvent stored, Object payload) implements RecordedEvent {

        static Read at(long position) {
            return new Read(Samples.stored(position), "payload " + position);
        }

        @Override
        public EventType type() {
            return stored.type();
        }

        @Override
        public EventMetadata metadata() {
            return EventMetadata.none();
        }

        @Override
        public int part() {
            return 0;
        }

        @Override
        public String json() {
            return stored.payloadJson();
        }

        @Override
        public String maskedJson() {
            return "{}";
        }
    }
}
