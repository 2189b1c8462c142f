package io.nexus.eventstream.spi;

import io.nexus.eventstream.TenantId;
import java.time.Duration;

/**
 * Hears how appends go, to be turned into meters of the host's choice: how many end how, how long callers wait, how long
 * lanes are waited for and held, and how many appends share a commit.
 *
 * <p>Called in the threads that append, so it must be quick and must not block. What it throws is logged and changes no
 * append. Implementations are thread-safe.
 */
public interface AppendMetrics {

    /** Hears nothing. */
    AppendMetrics NONE = new AppendMetrics() {};

    /**
     * One append ended, however it did. An append to a tenant that is created on the way ends twice, first with {@link
     * Outcome#UNKNOWN_TENANT}.
     *
     * @param took from the call to its answer, waiting included
     */
    default void ended(TenantId tenant, Outcome outcome, Duration took) {}

    /**
     * One call to the database returned with the judgement of these appends. A call that only found a lane busy is not told
     * of: its appends come with the call that judges them, or end with {@link Outcome#LANE_BUSY}.
     *
     * @param appends how many appends were judged in it, one or more
     * @param events how many events they had
     * @param laneWait how long they waited for a lane that somebody else held, those calls included
     * @param laneHeld how long it held its lanes at most, from then to the end of its commit as seen from here; in a
     *     transaction of the caller, which holds the lane until it ends, until the call returned
     */
    default void sent(int appends, int events, Duration laneWait, Duration laneHeld) {}

    /** How an append ended. */
    enum Outcome {
        APPENDED,
        ALREADY_RECORDED,
        CONFLICT,
        ID_MISMATCH,
        UNKNOWN_TENANT,
        SECOND_TENANT,
        OTHER_TENANT,
        LANE_BUSY,
        CLOCK_SUSPECT,
        /** The connection broke, and nobody knows whether it was recorded. */
        IN_DOUBT,
        /** An error of the database or of the connection; nothing was recorded. */
        FAILED
    }
}
