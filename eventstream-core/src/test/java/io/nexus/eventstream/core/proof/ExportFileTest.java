package io.nexus.eventstream.core.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.StoreLimits;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExportFileTest {

    private static final int PAYLOAD = 256 << 20;
    private static final int METADATA = 16 << 20;

    /** A control character is one byte before and six after. */
    @Test
    void theLargestEventThatAStoreTakesIsALine() {
        StoreLimits largest =
                StoreLimits.defaults().withMaxPayloadBytes(PAYLOAD).withMaxMetadataBytes(METADATA);

        assertThatThrownBy(() -> largest.withMaxPayloadBytes(PAYLOAD + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> largest.withMaxMetadataBytes(METADATA + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat((long) ExportFile.MAX_LINE).isGreaterThan(6L * (PAYLOAD + METADATA));
    }

    @Test
    void aLineIsReadUpToItsBound() throws Exception {
        int most = 100_000;

        assertThat(file(most - 1, most).next()).isNotNull();
        assertThatThrownBy(() -> file(most, most).next())
                .isInstanceOf(UnreadableException.class)
                .hasMessage("a line is longer than 100000 bytes");
    }

    private static ExportFile file(int characters, int maxLine) {
        byte[] line = ("x".repeat(characters) + "\n").getBytes(StandardCharsets.UTF_8);
        return new ExportFile(new ByteArrayInputStream(line), maxLine);
    }
}
