package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.CASH;
import static io.nexus.eventstream.Samples.ID;
import static io.nexus.eventstream.Samples.MOMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppendResultTest {

    private static final StreamId SALES = StreamId.of("account", "4000");

    @Test
    void positionIsTheLargestOfAllStreams() {
        AppendResult result =
                new AppendResult(List.of(at(CASH, 8, 11), at(SALES, 3, 12), at(CASH, 9, 10)), MOMENT, false);

        assertThat(result.position()).isEqualTo(Position.of(12));
    }

    @Test
    void versionIsTheLastOfTheStreamThatIsAskedFor() {
        AppendResult result =
                new AppendResult(List.of(at(CASH, 8, 10), at(CASH, 9, 11), at(SALES, 3, 12)), MOMENT, false);

        assertThat(result.version(CASH)).isEqualTo(EventVersion.of(9));
        assertThat(result.version(SALES)).isEqualTo(EventVersion.of(3));
        assertThat(result.version(StreamId.of("account", "9999"))).isEqualTo(EventVersion.NONE);
    }

    @Test
    void theResultOfAStoreThatIsSwitchedOffStandsNowhere() {
        AppendResult result = new AppendResult(List.of(), MOMENT, false);

        assertThat(result.position()).isEqualTo(Position.START);
        assertThat(result.version(CASH)).isEqualTo(EventVersion.NONE);
    }

    @Test
    void eventsAreCopied() {
        List<AppendedEvent> events = new ArrayList<>(List.of(at(CASH, 1, 1)));
        AppendResult result = new AppendResult(events, MOMENT, true);
        events.clear();

        assertThat(result.events()).containsExactly(at(CASH, 1, 1));
        assertThat(result).isEqualTo(new AppendResult(List.of(at(CASH, 1, 1)), MOMENT, true));
        assertThat(result).isNotEqualTo(new AppendResult(List.of(at(CASH, 1, 1)), MOMENT, false));
    }

    @Test
    @SuppressWarnings("NullAway")
    void aResultHasATime() {
        assertThatThrownBy(() -> new AppendResult(List.of(), null, false)).hasMessage("recordedAt");
    }

    private static AppendedEvent at(StreamId stream, long version, long position) {
        return new AppendedEvent(ID, stream, EventVersion.of(version), Position.of(position));
    }
}
