package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventStore;

/** An event store whose logs can be verified, sealed, exported and imported. */
public interface ProvingEventStore extends EventStore {

    /** Returns the rows and the seals of its logs. */
    ProofStorage proofs();
}
