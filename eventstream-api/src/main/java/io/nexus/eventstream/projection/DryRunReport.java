package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a projector would do with a log, found out without writing anything.
 *
 * @param upTo the position up to which it was tried
 * @param handled how many events it has handled, by type, those before the failure if there is one
 * @param failure the first event that it failed on; nothing after that one was tried
 * @param differences rows that it would write and the live read model does not have, and the other way round, at most 20;
 *     empty if the projector does not name its tables or there is no live one
 * @param took how long it took
 */
public record DryRunReport(
        Position upTo,
        Map<String, Long> handled,
        Optional<ProjectionFailure> failure,
        List<ReadModelDifference> differences,
        Duration took) {

    /** Copies the collections. */
    public DryRunReport {
        handled = Map.copyOf(handled);
        differences = List.copyOf(differences);
    }
}
