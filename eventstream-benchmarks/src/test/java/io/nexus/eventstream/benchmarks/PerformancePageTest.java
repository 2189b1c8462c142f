package io.nexus.eventstream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PerformancePageTest {

    private static final Path DOCS = Path.of("../docs");
    private static final Path RESULTS = Path.of("results");

    @Test
    void thePageAndItsPicturesShowWhatTheResultsSay() throws IOException {
        Map<String, String> drawn = PerformancePage.files(RESULTS, text(DOCS.resolve("performance.md")));

        assertThat(drawn).containsKeys("performance.md", "images/workloads.svg");
        for (Map.Entry<String, String> file : drawn.entrySet()) {
            assertThat(text(DOCS.resolve(file.getKey())))
                    .as("docs/%s; PerformancePage writes it anew", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).replace("\r\n", "\n");
    }
}
