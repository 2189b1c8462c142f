package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.StoredEvent;

/**
 * The hash chain that ties every event of a tenant to all events before it, layout version 1. The layout and its test
 * vectors stand in {@code docs/hash-chain.md}; changing it is a migration of every log.
 */
public final class HashChain {

    private HashChain() {}

    /**
     * Returns the link of an event: the SHA-256 of the link before it and of everything that is stored of the event. The
     * event's own {@code hash} is not looked at.
     *
     * @param previous the link of the event at the position before, {@link EventHash#NONE} at position 1
     */
    public static EventHash link(EventHash previous, StoredEvent event) {
        byte[] link = previous.bytes();
        new LinkHasher(event.tenant()).link(link, LogRow.of(event), link);
        return EventHash.of(link);
    }
}
