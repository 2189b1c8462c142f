package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;

/**
 * Hears what happens to snapshots, for logs, metrics and alerts. It is called in the thread that did it and must return soon;
 * what it throws is logged and reaches nobody. Implementations are thread-safe.
 */
public interface SnapshotListener {

    /** A snapshot was saved. */
    default void onCreated(Snapshot snapshot) {}

    /** A snapshot was found not to be valid, passed over, and deleted if possible. Somebody should find out why. */
    default void onInvalid(InvalidSnapshotException exception) {}

    /** A snapshot could not be made by itself, or not be saved, read or deleted. Appends and states are not touched by it. */
    default void onFailure(TenantId tenant, StreamId stream, RuntimeException failure) {}
}
