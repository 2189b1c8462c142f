package io.nexus.eventstream.projection;

import java.util.List;

/**
 * Hears of what happens to projections, for alerts and progress bars. Called by the engine's threads, one call at a time
 * for each projection of a tenant; what it throws is logged and harms nobody, but while it runs that projection waits.
 *
 * <p>If the storage cannot be asked at that moment, a status has what the engine knows itself: no lag and no blockers, and a
 * head that is not the newest.
 */
public interface ProjectionListener {

    /** An event failed after all retries, or the log was rewound, and the projection has stopped. */
    default void onFailed(ProjectionStatus status) {}

    /** An event failed after all retries and was put aside, with its stream. */
    default void onParked(ProjectionStatus status, ParkedEvent event) {}

    /**
     * The projection is further behind the log than the engine's threshold; said once until it has caught up. Called by the
     * thread that polls for all tenants: while it runs, nothing is found that was not appended through the engine's own store.
     */
    default void onLag(ProjectionStatus status) {}

    /** A rebuild has come further. */
    default void onProgress(RebuildProgress progress) {}

    /** A rebuild is complete and its read model is live. */
    default void onSwitched(ProjectionStatus status) {}

    /**
     * A rebuild that was to be compared differs from the live read model. It stays beside it until somebody switches or
     * cancels.
     *
     * @param differences at most 20 of them
     */
    default void onDifferences(ProjectionStatus status, List<ReadModelDifference> differences) {}
}
