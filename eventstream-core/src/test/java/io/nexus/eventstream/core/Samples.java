package io.nexus.eventstream.core;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Values that several tests need and none of them is about. */
final class Samples {

    static final TenantId ACME = TenantId.of("acme");
    static final StreamId CASH = StreamId.of("account", "1000");
    static final EventId ID = EventId.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    static final Instant MOMENT = Instant.parse("2026-01-02T03:04:05.000006Z");

    static final EventTypes ACCOUNT_EVENTS = EventTypes.of(AccountEvent.class);

    /** The sum of what was debited less what was credited. */
    static final Fold<BigDecimal> BALANCE = Fold.of(
            BigDecimal.ZERO,
            AccountEvent.class,
            (sum, event) -> event instanceof Debited ? sum.add(event.amount()) : sum.subtract(event.amount()));

    private Samples() {}

    sealed interface AccountEvent permits Debited, Credited {

        BigDecimal amount();
    }

    record Debited(String entry, BigDecimal amount) implements AccountEvent {}

    record Credited(String entry, BigDecimal amount) implements AccountEvent {}

    static Debited debited(String amount) {
        return new Debited("JE-1", new BigDecimal(amount));
    }

    static Credited credited(String amount) {
        return new Credited("JE-1", new BigDecimal(amount));
    }

    /** Returns the JSON under which an event is stored. */
    static String written(EventSerializer serializer, Record event) {
        byte[] payload = serializer.encode(ACME, CASH, NewEvent.of(event)).payload();
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Returns the JSON under which an event is stored by a serializer that knows its class alone. */
    static String written(Record event) {
        return written(JsonEventSerializer.of(EventTypes.of(event.getClass())), event);
    }

    /** Returns the first event that stored JSON is read as. */
    static DecodedEvent decoded(EventSerializer serializer, EventType type, String json) {
        return serializer.decode(stored(type, json)).get(0);
    }

    /** Returns what stored JSON of a class is read as by a serializer that knows that class alone. */
    static <T extends Record> T read(Class<T> eventClass, String json) {
        EventTypes types = EventTypes.of(eventClass);
        EventType type = types.typeOf(eventClass).orElseThrow();
        return eventClass.cast(
                decoded(JsonEventSerializer.of(types), type, json).payload());
    }

    static StoredEvent stored(EventType type, String json) {
        return stored(type, json, "{}");
    }

    static StoredEvent stored(EventType type, String json, String metadata) {
        return new StoredEvent(
                ACME,
                Position.of(7),
                CASH,
                EventVersion.of(3),
                ID,
                type,
                json.getBytes(StandardCharsets.UTF_8),
                metadata.getBytes(StandardCharsets.UTF_8),
                MOMENT,
                MOMENT,
                EventHash.NONE);
    }
}
