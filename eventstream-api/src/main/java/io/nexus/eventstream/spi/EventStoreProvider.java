package io.nexus.eventstream.spi;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.access.AuditSink;

/**
 * Makes a kind of store available by name. Found by {@link java.util.ServiceLoader}, so that a configuration file can
 * choose the store among those on the class path.
 */
public interface EventStoreProvider {

    /** Returns the name, for example {@code postgres}. */
    String backend();

    /**
     * Opens a store.
     *
     * @throws ConfigurationException if an option is unknown or cannot be used, or a resource that it
     *     needs was not given
     */
    EventStore open(EventStoreSettings settings);

    /**
     * Opens the audit that this kind of store keeps beside the log. Nothing is looked at yet: the schema may come into being when
     * the store is opened.
     *
     * @throws ConfigurationException if it keeps none
     */
    default AuditSink auditSink(EventStoreSettings settings) {
        throw new ConfigurationException("audit.sinks", "the backend %s keeps no audit, use log".formatted(backend()));
    }
}
