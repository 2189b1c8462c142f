package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The hand-over between leaders and followers, under interleavings by the thousand. */
public class AppendQueueLincheckTest {

    private static final StreamId STREAM = StreamId.of("note", "1");

    private final AppendQueue queue = new AppendQueue(new Numbering(), true, 1, Duration.ZERO);
    private long ids;

    @Operation
    public long append() {
        return travelled("acme");
    }

    @Operation
    public long appendOfAnother() {
        return travelled("other");
    }

    private long travelled(String tenant) {
        long id;
        synchronized (this) {
            id = ++ids;
        }
        EncodedEvent event = new EncodedEvent(
                STREAM,
                new EventId(new UUID(id, id)),
                EventType.of("noted", 1),
                new byte[0],
                new byte[0],
                Optional.empty());
        QueuedAppend append = new QueuedAppend(
                TenantId.of(tenant),
                new AppendCommand(Map.of(STREAM, ExpectedVersion.any()), List.of(event)),
                Duration.ofDays(1));
        QueueAnswer.Judged judged = (QueueAnswer.Judged) queue.travel(append);
        return ((AppendOutcome.Conflict) judged.outcome()).actual().value();
    }

    @Test
    void everyAppendIsAnsweredOnceByOneLeaderAtATime() {
        new StressOptions()
                .threads(3)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(10)
                .invocationsPerIteration(1_000)
                .sequentialSpecification(Counter.class)
                .check(AppendQueueLincheckTest.class);
    }

    /** Called by one leader at a time only, so that a plain counter gives out every position once. */
    private static final class Numbering implements AppendQueue.Sender {

        private long position;

        @Override
        public void send(AppendGroup group, Duration wait) {
            for (QueuedAppend append : group.appends()) {
                append.answer(new QueueAnswer.Judged(
                        new AppendOutcome.Conflict(STREAM, io.nexus.eventstream.EventVersion.of(++position))));
            }
        }

        @Override
        public @Nullable Throwable doubt(Throwable failure) {
            return failure;
        }
    }

    /** What it must look like from outside. */
    public static final class Counter {

        private long position;

        public long append() {
            return ++position;
        }

        public long appendOfAnother() {
            return ++position;
        }
    }
}
