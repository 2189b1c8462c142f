package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.AppendMetrics.Outcome;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.CommitInDoubtException;
import java.time.Duration;
import java.util.List;
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
            Duration took = since(begin);
            tell(each -> each.ended(tenant, outcome, took));
        }
    }

    /** Tells of a call that judged one append, began at {@code begin} and waited for its lane so long. */
    void sent(int events, long begin, long laneWaitedMicros) {
        Duration took = since(begin);
        Duration waited = within(took, laneWaitedMicros);
        tell(each -> each.sent(1, events, waited, took.minus(waited)));
    }

    /** Tells of a call that judged several; those that had found their lane busy before have waited for it since they came. */
    void sent(List<QueuedAppend> judged, long begin, long laneWaitedMicros) {
        Duration took = since(begin);
        Duration waited = within(took, laneWaitedMicros);
        Duration before = judged.stream()
                .filter(QueuedAppend::wasTried)
                .findFirst()
                .map(first -> Duration.ofNanos(begin - first.begin()))
                .orElse(Duration.ZERO);
        int events =
                judged.stream().mapToInt(each -> each.command().events().size()).sum();
        tell(each -> each.sent(judged.size(), events, before.plus(waited), took.minus(waited)));
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** The server's clock may have jumped meanwhile. */
    private static Duration within(Duration took, long micros) {
        return Duration.ofNanos(Math.min(took.toNanos(), Math.max(0, micros) * 1_000));
    }

    private void tell(Consumer<AppendMetrics> word) {
        try {
            word.accept(metrics);
        } catch (Throwable e) {
            // Whatever it is, the append has been committed, or has failed for a reason of its own.
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
