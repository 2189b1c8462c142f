package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.ACME;
import static io.nexus.eventstream.Samples.CASH;
import static io.nexus.eventstream.Samples.ID;
import static io.nexus.eventstream.Samples.MOMENT;
import static io.nexus.eventstream.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Samples.Read;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoredEventTest {

    @Test
    void textShowsThePlaceAndTheKindOnly() {
        assertThat(stored(7)).hasToString("account/1000 version 7 at position 7 of tenant acme: debited v1");
        assertThat(new UnknownEvent(EventType.of("debited", 1), stored(7).payloadJson()))
                .hasToString("UnknownEvent[debited v1]");
    }

    @Test
    void bytesAreGivenAsText() {
        assertThat(stored(7).payloadJson()).isEqualTo("{\"secret\":\"hunter2\"}");
        assertThat(stored(7).metadataJson()).isEqualTo("{\"userId\":\"hunter2\"}");
    }

    @Test
    void tenantPositionAndHashMakeAnEventEqual() {
        StoredEvent event = stored(7).withHash(hash(1));

        assertThat(event)
                .isEqualTo(stored(7).withHash(hash(1)))
                .hasSameHashCodeAs(stored(7).withHash(hash(1)));
        assertThat(event)
                .isNotEqualTo(stored(7).withHash(hash(2)))
                .isNotEqualTo(stored(8).withHash(hash(1)))
                .isNotEqualTo(ofTenant(TenantId.of("other")).withHash(hash(1)))
                .isNotEqualTo("an event");
    }

    @Test
    void aNewHashKeepsEverythingElse() {
        StoredEvent event = stored(7);
        StoredEvent linked = event.withHash(hash(1));

        assertThat(linked.hash()).isEqualTo(hash(1));
        assertThat(parts(linked)).containsExactly(parts(event).toArray());
    }

    @Test
    void aRecordedEventTellsThePlaceOfItsStoredEvent() {
        RecordedEvent read = Read.at(7);

        assertThat(read.tenant()).isEqualTo(ACME);
        assertThat(read.position()).isEqualTo(Position.of(7));
        assertThat(read.stream()).isEqualTo(CASH);
        assertThat(read.version()).isEqualTo(EventVersion.of(7));
        assertThat(read.id()).isEqualTo(ID);
        assertThat(read.occurredAt()).isEqualTo(MOMENT.minusSeconds(60));
        assertThat(read.recordedAt()).isEqualTo(MOMENT);
    }

    @Test
    void hashesAre32BytesThatNobodyElseCanChange() {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) 0xAB;
        EventHash hash = EventHash.of(bytes);
        bytes[0] = 0;
        hash.bytes()[0] = 0;

        assertThat(hash).hasToString("ab" + "0".repeat(62));
        assertThat(hash).isEqualTo(EventHash.of(hash.bytes())).hasSameHashCodeAs(EventHash.of(hash.bytes()));
        assertThat(hash).isNotEqualTo(EventHash.NONE).isNotEqualTo(hash.toString());
        assertThat(EventHash.NONE).hasToString("0".repeat(64)).isEqualTo(EventHash.of(new byte[32]));
    }

    @Test
    void hashesOfAnotherLengthAreRefused() {
        Stream.of(0, 31, 33)
                .forEach(length -> assertThatThrownBy(() -> EventHash.of(new byte[length]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("a SHA-256 has 32 bytes, not " + length));
    }

    private static EventHash hash(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return EventHash.of(bytes);
    }

    private static StoredEvent ofTenant(TenantId tenant) {
        StoredEvent event = stored(7);
        return new StoredEvent(
                tenant,
                event.position(),
                event.stream(),
                event.version(),
                event.id(),
                event.type(),
                event.payload(),
                event.metadata(),
                event.occurredAt(),
                event.recordedAt(),
                event.hash());
    }

    private static Stream<Object> parts(StoredEvent event) {
        return Stream.of(
                event.tenant(),
                event.position(),
                event.stream(),
                event.version(),
                event.id(),
                event.type(),
                event.payloadJson(),
                event.metadataJson(),
                event.occurredAt(),
                event.recordedAt());
    }
}
