package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.AppendMetrics.Outcome;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.CommitInDoubtException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the host's metrics about appends, whatever they make of it. Thread-safe. */
final class AppendMeter {

    private static final Logger log = LoggerFactory.getLogger(AppendMeter.class);

    private final AppendMetrics metrics;

    AppendMeter(AppendMetrics metrics) {
        this.metrics = metrics;
    }

    /** Runs an append and tells how it ended. */
    AppendOutcome measured(TenantId tenant, Supplier<AppendOutcome> append) {
        long begin = System.nanoTime();
        Outcome ended = Outcome.FAILED;
        try {
            AppendOutcome outcome = append.get();
            ended = named(outcome);
            return outcome;
        } catch (CommitInDoubtException e) {
            ended = Outcome.IN_DOUBT;
            throw e;
        } finally {
            Outcome outcome = ended;
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            tell(each -> each.ended(tenant, outcome, took));
        }
    }

    /** Tells of a call that began at {@code begin} and waited for its lane so long. */
    void sent(int appends, int events, long begin, long laneWaitedMicros) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        Duration waited = Duration.ofNanos(Math.min(took.toNanos(), Math.max(0, laneWaitedMicros) * 1_000));
        tell(each -> each.sent(appends, events, waited, took.minus(waited)));
    }

    private void tell(Consumer<AppendMetrics> word) {
        try {
            word.accept(metrics);
        } catch (RuntimeException e) {
            log.warn("The host's append metrics threw: {}", e.getClass().getName());
        }
    }

    private static Outcome named(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return appended.result().alreadyRecorded() ? Outcome.ALREADY_RECORDED : Outcome.APPENDED;
        }
        if (outcome instanceof AppendOutcome.Conflict) {
            return Outcome.CONFLICT;
        }
        if (outcome instanceof AppendOutcome.IdMismatch) {
            return Outcome.ID_MISMATCH;
        }
        if (outcome instanceof AppendOutcome.UnknownTenant) {
            return Outcome.UNKNOWN_TENANT;
        }
        if (outcome instanceof AppendOutcome.SecondTenant) {
            return Outcome.SECOND_TENANT;
        }
        if (outcome instanceof AppendOutcome.OtherTenant) {
            return Outcome.OTHER_TENANT;
        }
        return outcome instanceof AppendOutcome.LaneBusy ? Outcome.LANE_BUSY : Outcome.CLOCK_SUSPECT;
    }
}
