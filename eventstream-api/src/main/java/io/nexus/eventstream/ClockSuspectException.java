package io.nexus.eventstream;

import java.time.Duration;
import java.time.Instant;

/**
 * The database's clock is behind the newest event of the log, or differs from the caller's clock, by more than the
 * configured bound. Nothing was written: a single append under a clock that runs ahead would move the tenant's log into
 * the future for ever.
 *
 * <p><strong>What to do:</strong> set the clocks right (NTP) on the database and on this machine, then append again.
 */
public final class ClockSuspectException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    /** With which moment the database's clock was compared. */
    public enum ComparedWith {
        /** With {@code recordedAt} of the newest event of the log. */
        NEWEST_EVENT("the newest event of the log"),
        /** With the clock of the machine that called. */
        CALLER("the caller's clock");

        private final String words;

        ComparedWith(String words) {
            this.words = words;
        }
    }

    private final transient TenantId tenant;
    private final transient Instant databaseTime;
    private final transient Instant otherTime;
    private final ComparedWith comparedWith;

    /** Creates the exception. */
    public ClockSuspectException(TenantId tenant, Instant databaseTime, Instant otherTime, ComparedWith comparedWith) {
        super(
                "the database's clock says %s, %s says %s, which is %s apart; nothing was written for tenant %s: set the clocks right and try again"
                        .formatted(
                                databaseTime,
                                comparedWith.words,
                                otherTime,
                                Duration.between(databaseTime, otherTime).abs(),
                                tenant),
                null);
        this.tenant = tenant;
        this.databaseTime = databaseTime;
        this.otherTime = otherTime;
        this.comparedWith = comparedWith;
    }

    /** Returns the tenant to whose log the append would have gone. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns what the database's clock said. */
    public Instant databaseTime() {
        return databaseTime;
    }

    /** Returns the moment that it does not agree with. */
    public Instant otherTime() {
        return otherTime;
    }

    /** Returns whose moment that is. */
    public ComparedWith comparedWith() {
        return comparedWith;
    }
}
