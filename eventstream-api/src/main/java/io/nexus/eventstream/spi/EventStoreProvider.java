package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventStore;

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
     * @throws io.nexus.eventstream.ConfigurationException if an option is unknown or cannot be used, or a resource that it
     *     needs was not given
     */
    EventStore open(EventStoreSettings settings);
}
