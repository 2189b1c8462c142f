package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventMetadataTest {

    private static final EventMetadata FULL = EventMetadata.none()
            .withUserId("u-17")
            .withIpAddress("192.0.2.7")
            .withCausationId("c-1")
            .withCorrelationId("k-1")
            .with("batch", "2025-12");

    @Test
    void entriesAreKeptInTheOrderInWhichTheyWereAdded() {
        assertThat(FULL.entries())
                .containsExactly(
                        entry("userId", "u-17"),
                        entry("ipAddress", "192.0.2.7"),
                        entry("causationId", "c-1"),
                        entry("correlationId", "k-1"),
                        entry("batch", "2025-12"));
    }

    @Test
    void fourEntriesHaveAccessorsOfTheirOwn() {
        assertThat(FULL.userId()).contains("u-17");
        assertThat(FULL.ipAddress()).contains("192.0.2.7");
        assertThat(FULL.causationId()).contains("c-1");
        assertThat(FULL.correlationId()).contains("k-1");
        assertThat(FULL.get("batch")).contains("2025-12");
        assertThat(FULL.get("other")).isEmpty();
    }

    @Test
    void nothingIsThereUntilItIsAdded() {
        EventMetadata none = EventMetadata.none();

        assertThat(none.entries()).isEmpty();
        assertThat(none.userId()).isEmpty();
        assertThat(none.ipAddress()).isEmpty();
        assertThat(none.causationId()).isEmpty();
        assertThat(none.correlationId()).isEmpty();
        assertThat(EventMetadata.of(Map.of())).isSameAs(none);
    }

    @Test
    void everyWitherReplacesItsOwnEntryAndKeepsTheOthers() {
        assertChanged(FULL.withUserId("new"), "userId");
        assertChanged(FULL.withIpAddress("new"), "ipAddress");
        assertChanged(FULL.withCausationId("new"), "causationId");
        assertChanged(FULL.withCorrelationId("new"), "correlationId");
        assertChanged(FULL.with("batch", "new"), "batch");
        assertChanged(FULL.with("more", "new"), "more");
        assertThat(FULL.userId()).as("the first one is unchanged").contains("u-17");
    }

    @Test
    void ownEntriesGoBeforeDefaults() {
        EventMetadata own = EventMetadata.none().withUserId("own").with("a", "own");
        EventMetadata defaults = EventMetadata.none().withUserId("default").with("b", "default");

        assertThat(own.orElse(defaults).entries())
                .containsOnly(entry("userId", "own"), entry("a", "own"), entry("b", "default"));
        assertThat(own.orElse(EventMetadata.none())).isSameAs(own);
        assertThat(EventMetadata.none().orElse(defaults)).isEqualTo(defaults);
    }

    @Test
    void valuesNeedNoLengthAndMayBeBlank() {
        String large = "🏦".repeat(100_000);

        assertThat(EventMetadata.none().with("a", large).get("a")).contains(large);
        assertThat(EventMetadata.none().with("a", "").get("a")).contains("");
    }

    @Test
    void valuesThatCannotBeStoredAreRefusedByTheNameOfTheirEntry() {
        assertThatThrownBy(() -> EventMetadata.none().with("batch", "secret\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metadata entry \"batch\" must not contain NUL (U+0000), found at index 6");
        assertThatThrownBy(() -> EventMetadata.of(Map.of("batch", "secret\uD83C")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "metadata entry \"batch\" must not contain half of a surrogate pair (not a character), found at index 6");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingKeysAndValuesAreNamed() {
        assertThatThrownBy(() -> EventMetadata.none().with("batch", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("metadata entry \"batch\"");
        assertThatThrownBy(() -> EventMetadata.none().with(null, "x"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
    }

    @Test
    void theMapIsCopiedAndCannotBeChanged() {
        Map<String, String> given = new LinkedHashMap<>(Map.of("a", "1"));
        EventMetadata metadata = EventMetadata.of(given);
        given.put("b", "2");

        assertThat(metadata.entries()).containsOnly(entry("a", "1"));
        assertThatThrownBy(() -> metadata.entries().put("b", "2")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void equalityIsByEntries() {
        assertThat(FULL).isEqualTo(EventMetadata.of(Map.copyOf(FULL.entries()))).isNotEqualTo(FULL.with("a", "b"));
        assertThat(FULL).hasSameHashCodeAs(EventMetadata.of(Map.copyOf(FULL.entries())));
    }

    @Test
    void textShowsKeysAndNeverValues() {
        assertThat(FULL).hasToString("EventMetadata[userId, ipAddress, causationId, correlationId, batch]");
    }

    private static void assertChanged(EventMetadata changed, String key) {
        Map<String, String> expected = new LinkedHashMap<>(FULL.entries());
        expected.put(key, "new");
        assertThat(changed.entries()).isEqualTo(expected);
    }
}
