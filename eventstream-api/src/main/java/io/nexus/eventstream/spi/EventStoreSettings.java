package io.nexus.eventstream.spi;

import io.nexus.eventstream.StoreLimits;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a provider is given to open a store with.
 *
 * @param serializer turns typed events into stored JSON and back
 * @param limits how large appends and pages may be
 * @param autoCreateTenants whether the first append of a tenant creates it
 * @param options settings of this backend alone, keys without the backend's name in front; a provider refuses those that
 *     it does not know
 * @param resources what the host provides, by type, for example a {@code javax.sql.DataSource}
 */
public record EventStoreSettings(
        EventSerializer serializer,
        StoreLimits limits,
        boolean autoCreateTenants,
        Map<String, String> options,
        Map<Class<?>, Object> resources) {

    /** Copies the maps. */
    public EventStoreSettings {
        Objects.requireNonNull(serializer, "serializer");
        Objects.requireNonNull(limits, "limits");
        options = Map.copyOf(options);
        resources = Map.copyOf(resources);
    }

    /** Returns the resource of this type. */
    public <T> Optional<T> resource(Class<T> type) {
        return Optional.ofNullable(resources.get(type)).map(type::cast);
    }
}
