package io.nexus.eventstream.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventStoreSettingsTest {

    @Test
    void resourcesAreFoundByTheTypeUnderWhichTheHostGaveThem() {
        Clock clock = Clock.systemUTC();
        EventStoreSettings settings = settings(Map.of(), Map.of(Clock.class, clock));

        assertThat(settings.resource(Clock.class)).containsSame(clock);
        assertThat(settings.resource(Runnable.class)).isEmpty();
    }

    @Test
    void mapsAreCopied() {
        Map<String, String> options = new HashMap<>(Map.of("schema", "es"));
        Map<Class<?>, Object> resources = new HashMap<>();
        EventStoreSettings settings = settings(options, resources);
        options.clear();
        resources.put(String.class, "late");

        assertThat(settings.options()).containsOnlyKeys("schema");
        assertThat(settings.resource(String.class)).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> new EventStoreSettings(null, StoreLimits.defaults(), true, Map.of(), Map.of()))
                .hasMessage("serializer");
        assertThatThrownBy(() -> new EventStoreSettings(new NoSerializer(), null, true, Map.of(), Map.of()))
                .hasMessage("limits");
        assertThatThrownBy(() -> new AppendCommand(null, List.of())).hasMessage("expectations");
        assertThatThrownBy(() -> new AppendCommand(Map.of(), null)).hasMessage("events");
    }

    private static EventStoreSettings settings(Map<String, String> options, Map<Class<?>, Object> resources) {
        return new EventStoreSettings(new NoSerializer(), StoreLimits.defaults(), true, options, resources);
    }

    /** Stands where a serializer is needed that nobody calls. */
    private static final class NoSerializer implements EventSerializer {

        @Override
        public EncodedEvent encode(TenantId tenant, StreamId stream, NewEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<DecodedEvent> decode(StoredEvent stored) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<String> storedTypes(Set<String> types) {
            throw new UnsupportedOperationException();
        }
    }
}
