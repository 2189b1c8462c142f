package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One append in an {@link AppendQueue}, and the thread that waits for its answer. */
final class QueuedAppend {

    private final TenantId tenant;
    private final AppendCommand command;
    private final long bytes;
    private final Thread thread = Thread.currentThread();
    private final long begin = System.nanoTime();
    private final long patience;

    /** Whether its thread is to lead the next group; written under the queue's lock. */
    private volatile boolean elected;

    /** When it became so the last time; guarded by the queue's lock. */
    private long electedAt;

    private volatile @Nullable QueueAnswer answer;

    /** Whether it was sent without waiting for its lane, which answers what needs none; written by the leader of its group. */
    private volatile boolean tried;

    QueuedAppend(TenantId tenant, AppendCommand command, Duration patience) {
        this.tenant = tenant;
        this.command = command;
        this.patience = patience.toNanos();
        long sum = 0;
        for (EncodedEvent event : command.events()) {
            sum += event.payload().length + event.metadata().length;
        }
        this.bytes = sum;
    }

    TenantId tenant() {
        return tenant;
    }

    AppendCommand command() {
        return command;
    }

    long bytes() {
        return bytes;
    }

    long begin() {
        return begin;
    }

    /** Returns how long it has been waiting, in nanoseconds. */
    long waited() {
        return System.nanoTime() - begin;
    }

    /** Returns how long it is willing to wait from now on, in nanoseconds, 0 or less if no longer. */
    long remaining() {
        return patience - waited();
    }

    boolean isElected() {
        return elected;
    }

    void elect(boolean nowElected) {
        if (nowElected) {
            electedAt = System.nanoTime();
        }
        elected = nowElected;
    }

    long electedAt() {
        return electedAt;
    }

    @Nullable
    QueueAnswer answer() {
        return answer;
    }

    /** Sets the answer without waking anybody; {@link #wake} follows when the queue has been brought in order. */
    void answer(QueueAnswer newAnswer) {
        answer = newAnswer;
    }

    boolean wasTried() {
        return tried;
    }

    void tried() {
        tried = true;
    }

    void wake() {
        if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }
}
