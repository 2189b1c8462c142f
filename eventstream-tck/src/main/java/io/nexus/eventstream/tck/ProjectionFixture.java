package io.nexus.eventstream.tck;

import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import java.util.List;

/** What the projection contract needs of the author of a store or of an engine. */
public interface ProjectionFixture {

    /** Returns a store without any events, for the types of {@link LedgerEvent}, that runs these projectors inline. */
    ProjectingEventStore open(List<Projector> inline);

    /** Returns another store over the log and the read models of this one, as after a restart with other inline projectors. */
    ProjectingEventStore reopen(ProjectingEventStore store, List<Projector> inline);

    /**
     * Returns an engine, which is not started yet and is not the only one on its store.
     *
     * @param store one of {@link #open} or {@link #reopen}, or one around it that the test has made
     */
    Projections engine(ProjectingEventStore store, EngineOptions options);

    /** Returns how the contract's projectors read and write. */
    ReadModelRows rows();
}
