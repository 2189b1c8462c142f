package io.nexus.eventstream.tck;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A projection engine as the contract sees it; the author of an engine passes each call on. */
public interface EngineUnderTest extends AutoCloseable {

    /** Begins to work in the background. */
    void start();

    /** Stops, and lets its projections go. */
    @Override
    void close();

    /** Works in the caller's thread until all has caught up or stopped; returns how many events were handled. */
    long run();

    /** Gives every projection with something to do one turn; returns how many events were handled. */
    long runOnce();

    /** Begins a rebuild, in parts or compared before it takes the live one's place. */
    void rebuild(TenantId tenant, String projection, int parts, boolean compared);

    /** Gives up a rebuild; returns whether there was one. */
    boolean cancel(TenantId tenant, String projection);

    /** Lets a rebuild that differs take the live one's place. */
    void switchOver(TenantId tenant, String projection);

    /** Makes the build before the last switch live again. */
    void rollBack(TenantId tenant, String projection);

    /** Stops a projection until it is resumed. */
    void pause(TenantId tenant, String projection);

    /** Lets a projection go on. */
    void resume(TenantId tenant, String projection);

    /** Replays what was put aside; returns how many events. */
    long replayParked(TenantId tenant, String projection);

    /** Returns what was put aside, in order. */
    List<ParkedEvent> parked(TenantId tenant, String projection);

    /** Returns how the builds of a projection stand, the live one first. */
    List<ProjectionStatus> status(TenantId tenant, String projection);

    /** Returns the name of a live table, slot included. */
    String table(TenantId tenant, String projection, String table);

    /** Waits until a projection contains what was appended. */
    void awaitProjection(TenantId tenant, AppendResult result, String projection, Duration timeout);

    /** Tries a projector without writing. */
    DryRunReport dryRun(TenantId tenant, Projector projector);

    /** Builds a read model for the moment and asks it a question. */
    <T> T live(TenantId tenant, Projector projector, AsOf asOf, Function<ProjectionContext, T> question);

    /** Lets a listener hear of what is committed from now on. */
    Subscription subscribe(EventListener listener, int capacity, Overflow overflow);
}
