package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreLimitsTest {

    private static final StoreLimits LIMITS = new StoreLimits(1, 2, 3, 4, 5);

    @Test
    void theDefaultsAreThoseOfTheManual() {
        assertThat(StoreLimits.defaults()).isEqualTo(new StoreLimits(10_000, 16_777_216, 65_536, 100, 1_000));
    }

    @Test
    void everyWitherKeepsTheOtherLimits() {
        assertThat(LIMITS.withMaxEventsPerAppend(9)).isEqualTo(new StoreLimits(9, 2, 3, 4, 5));
        assertThat(LIMITS.withMaxPayloadBytes(9)).isEqualTo(new StoreLimits(1, 9, 3, 4, 5));
        assertThat(LIMITS.withMaxMetadataBytes(9)).isEqualTo(new StoreLimits(1, 2, 9, 4, 5));
        assertThat(LIMITS.withPageSize(8, 9)).isEqualTo(new StoreLimits(1, 2, 3, 8, 9));
    }

    @Test
    void theLargestLimitsAreAllowed() {
        StoreLimits largest = new StoreLimits(1_000_000, 268_435_456, 16_777_216, 100_000, 100_000);

        assertThat(largest.pageSize()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|1|1|1|1|maxEventsPerAppend is 0, it must be 1 to 1000000",
                "1000001|1|1|1|1|maxEventsPerAppend is 1000001, it must be 1 to 1000000",
                "1|0|1|1|1|maxPayloadBytes is 0, it must be 1 to 268435456",
                "1|268435457|1|1|1|maxPayloadBytes is 268435457, it must be 1 to 268435456",
                "1|1|0|1|1|maxMetadataBytes is 0, it must be 1 to 16777216",
                "1|1|16777217|1|1|maxMetadataBytes is 16777217, it must be 1 to 16777216",
                "1|1|1|0|1|pageSize is 0, it must be 1 to 1",
                "1|1|1|11|10|pageSize is 11, it must be 1 to 10",
                "1|1|1|1|0|maxPageSize is 0, it must be 1 to 100000",
                "1|1|1|1|100001|maxPageSize is 100001, it must be 1 to 100000",
            })
    void limitsOutsideTheirBoundsAreRefused(
            int events, int payload, int metadata, int page, int maxPage, String message) {
        assertThatThrownBy(() -> new StoreLimits(events, payload, metadata, page, maxPage))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
