package io.nexus.eventstream.core;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.EventStoreProvider;
import io.nexus.eventstream.spi.EventStoreSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** Finds the store that a configuration names among those on the class path. */
final class EventStores {

    private EventStores() {}

    static EventStore open(EventStreamConfig config, EventSerializer serializer, Map<Class<?>, Object> resources) {
        if (!config.enabled()) {
            return new DisabledEventStore();
        }
        return provider(config).open(settings(config, serializer, resources));
    }

    /** Returns the audit that the backend keeps. */
    static AuditSink auditSink(EventStreamConfig config, EventSerializer serializer, Map<Class<?>, Object> resources) {
        return provider(config).auditSink(settings(config, serializer, resources));
    }

    private static EventStoreProvider provider(EventStreamConfig config) {
        return providers().stream()
                .filter(each -> each.backend().equals(config.backend()))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(
                        Setting.BACKEND.key(),
                        "no provider of \"%s\" is on the class path; there are %s"
                                .formatted(config.backend(), names())));
    }

    private static EventStoreSettings settings(
            EventStreamConfig config, EventSerializer serializer, Map<Class<?>, Object> resources) {
        return new EventStoreSettings(
                serializer, config.limits(), config.autoCreateTenants(), config.optionsOf(config.backend()), resources);
    }

    /** Returns whether a key belongs to one of the backends on the class path, which then judges it. */
    static boolean isBackendOption(String key) {
        return names().stream().anyMatch(name -> key.startsWith(name + "."));
    }

    private static List<String> names() {
        return providers().stream().map(EventStoreProvider::backend).toList();
    }

    private static List<EventStoreProvider> providers() {
        return ServiceLoader.load(EventStoreProvider.class, EventStoreProvider.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(EventStoreProvider::backend))
                .toList();
    }
}
