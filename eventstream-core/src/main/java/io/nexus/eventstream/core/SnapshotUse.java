package io.nexus.eventstream.core;

/**
 * What became of the states that a {@link SnapshotManager} was asked for since it was built.
 *
 * @param fromCache began at a state in memory
 * @param fromSnapshot began at a stored snapshot
 * @param fromEvents began at the first event
 * @param created snapshots saved
 * @param invalid snapshots found not to be valid
 * @param failed snapshots that could not be made by themselves, saved, read or deleted
 */
public record SnapshotUse(long fromCache, long fromSnapshot, long fromEvents, long created, long invalid, long failed) {

    /** Returns the part of all states that did not begin at the first event, 0 to 1; 0 if none was asked for. */
    public double hitRate() {
        long all = fromCache + fromSnapshot + fromEvents;
        return all == 0 ? 0 : (double) (fromCache + fromSnapshot) / all;
    }
}
