package io.nexus.eventstream.core;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.spi.EventStoreProvider;
import io.nexus.eventstream.spi.EventStoreSettings;
import java.time.Clock;

/** The backend {@code memory}; a {@link Clock} is taken from the resources if there is one. Public for ServiceLoader. */
public final class InMemoryEventStoreProvider implements EventStoreProvider {

    /** For ServiceLoader. */
    public InMemoryEventStoreProvider() {}

    @Override
    public String backend() {
        return "memory";
    }

    @Override
    public EventStore open(EventStoreSettings settings) {
        for (String option : settings.options().keySet()) {
            throw new ConfigurationException("memory." + option, "unknown, the memory backend has no settings");
        }
        return InMemoryEventStore.builder(settings.serializer())
                .limits(settings.limits())
                .autoCreateTenants(settings.autoCreateTenants())
                .clock(settings.resource(Clock.class).orElseGet(Clock::systemUTC))
                .build();
    }
}
