package io.nexus.eventstream.examples.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How long a writer waits that lost a race. */
class BackoffTest {

    private final Backoff backoff = new Backoff(10, Duration.ofMillis(5), Duration.ofMillis(100));

    @Test
    void boundOfThePauseDoublesUpToTheLongest() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] bounds = {5, 10, 20, 40, 80, 100, 100, 100};
        for (int attempt = 1; attempt <= bounds.length; attempt++) {
            int each = attempt;
            Duration longest = Stream.generate(() -> backoff.pause(each, random))
                    .limit(1_000)
                    .max(Duration::compareTo)
                    .orElseThrow();
            assertThat(longest)
                    .as("seed %d, attempt %d", seed, attempt)
                    .isBetween(
                            Duration.ofMillis(bounds[attempt - 1]).dividedBy(2),
                            Duration.ofMillis(bounds[attempt - 1]));
        }
    }

    @Test
    void pauseIsNeverTheSameForEverybody() {
        Random random = new Random(1);

        assertThat(IntStream.range(0, 100)
                        .mapToObj(i -> backoff.pause(3, random))
                        .distinct())
                .hasSizeGreaterThan(90)
                .allMatch(pause -> !pause.isNegative() && !pause.isZero());
    }

    @Test
    void pauseStaysBoundedHoweverOftenItFailed() {
        assertThat(backoff.pause(1_000_000, new Random(1))).isLessThanOrEqualTo(Duration.ofMillis(100));
    }
}
