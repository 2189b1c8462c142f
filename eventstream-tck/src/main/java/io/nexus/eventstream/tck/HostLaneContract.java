package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A transaction that has appended holds its tenant's lane until it ends: who waits for it, for how long, and who does not. */
abstract class HostLaneContract extends HostContract {

    HostLaneContract(HostTransactionContract fixture) {
        super(fixture);
    }

    @Test
    final void aWaitingWriterGetsTheNextPosition() {
        try (HostTransaction host = begin()) {
            AppendResult held = append(host.store(), cash, "JE-1", "JE-2");
            CompletableFuture<AppendResult> writer = Racers.begin(() -> append(hosts.store(), cash, "JE-3"));
            hosts.awaitBlocked(1);
            assertThat(writer).isNotDone();
            host.commit();

            AppendResult next = Racers.result(writer);
            assertThat(next.position()).isEqualTo(Position.of(3));
            assertThat(next.version(cash)).isEqualTo(EventVersion.of(3));
            assertThat(next.recordedAt()).isAfter(held.recordedAt());
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2", "JE-3");
    }

    @Test
    final void aWaitingWriterGetsThePositionOfARolledBackAppend() {
        try (HostTransaction host = begin()) {
            append(host.store(), cash, ExpectedVersion.noStream(), posted("rolled back"));
            CompletableFuture<AppendResult> writer =
                    Racers.begin(() -> append(hosts.store(), cash, ExpectedVersion.noStream(), posted("JE-1")));
            hosts.awaitBlocked(1);
            host.rollback();

            assertThat(Racers.result(writer).position()).isEqualTo(Position.of(1));
        }
        assertThat(committed()).containsExactly("JE-1");
    }

    @Test
    final void aWaitingWriterIsJudgedByWhatWasCommittedMeanwhile() {
        append(hosts.store(), cash, "JE-1");
        for (boolean byHost : List.of(true, false)) {
            try (HostTransaction host = begin()) {
                EventVersion before = host.store().version(tenant, cash);
                append(host.store(), cash, "held");
                CompletableFuture<EventVersion> writer =
                        Racers.begin(() -> conflictOf(byHost, ExpectedVersion.exactly(before)));
                hosts.awaitBlocked(1);
                host.commit();

                assertThat(Racers.result(writer)).isEqualTo(before.next());
            }
        }
        assertThat(committed()).containsExactly("JE-1", "held", "held");
    }

    @Test
    final void aWaitingWriterOfTheSameAppendIsAnsweredWithItsResult() {
        NewEvent event = posted("JE-1");
        try (HostTransaction host = begin()) {
            AppendResult first = append(host.store(), cash, ExpectedVersion.noStream(), event);
            CompletableFuture<AppendResult> writer =
                    Racers.begin(() -> append(hosts.store(), cash, ExpectedVersion.noStream(), event));
            hosts.awaitBlocked(1);
            host.commit();

            assertThat(Racers.result(writer)).isEqualTo(new AppendResult(first.events(), first.recordedAt(), true));
        }
        assertThat(committed()).containsExactly("JE-1");
    }

    @Test
    final void waitingHostsComeOneAfterTheOther() {
        try (HostTransaction host = begin()) {
            append(host.store(), cash, "held");
            CompletableFuture<List<Long>> others = Racers.begin(() -> Racers.together(5, racer -> {
                try (HostTransaction waiting = begin()) {
                    waiting.writeRow(row("racer"));
                    long position = append(waiting.store(), cash, "racer " + racer)
                            .position()
                            .value();
                    waiting.commit();
                    return position;
                }
            }));
            hosts.awaitBlocked(5);
            host.commit();

            assertThat(Racers.result(others)).containsExactlyInAnyOrder(2L, 3L, 4L, 5L, 6L);
        }
        assertThat(committed()).hasSize(6).startsWith("held");
    }

    @Test
    final void aBusyLaneIsReportedWithItsHolderWhenTheBoundHasPassed() {
        try (HostTransaction host = begin()) {
            append(host.store(), cash, "held");

            assertThatExceptionOfType(LaneBusyException.class)
                    .isThrownBy(() -> append(impatient.store(), cash, "refused"))
                    .satisfies(this::namesTheHolder);
            try (HostTransaction waiting = impatient.begin(IsolationLevel.READ_COMMITTED)) {
                assertThatExceptionOfType(LaneBusyException.class)
                        .isThrownBy(() -> append(waiting.store(), cash, "refused"))
                        .satisfies(this::namesTheHolder);
            }
            host.commit();
        }
        assertThat(append(impatient.store(), cash, "JE-2").position()).isEqualTo(Position.of(2));
    }

    @Test
    final void anExpectationThatHasPassedIsAnsweredWithoutTheLane() {
        append(hosts.store(), cash, "JE-1", "JE-2");
        try (HostTransaction asking = impatient.begin(IsolationLevel.READ_COMMITTED)) {
            assertThat(conflict(asking.store(), ExpectedVersion.exactly(1))).isEqualTo(EventVersion.of(2));
            assertThat(conflict(asking.store(), ExpectedVersion.noStream())).isEqualTo(EventVersion.of(2));
            // The transaction is still open and does not stop anybody.
            assertThat(append(impatient.store(), cash, "JE-3").position()).isEqualTo(Position.of(3));

            try (HostTransaction holder = begin()) {
                append(holder.store(), cash, "held");
                // The lane is taken and does not stop the answer.
                assertThat(conflict(asking.store(), ExpectedVersion.exactly(2))).isEqualTo(EventVersion.of(3));
                assertThat(conflict(impatient.store(), ExpectedVersion.exactly(2)))
                        .isEqualTo(EventVersion.of(3));
            }
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2", "JE-3");
    }

    @Test
    final void aRepeatedAppendIsAnsweredWithoutTheLane() {
        NewEvent event = posted("JE-1");
        NewEvent second = posted("JE-2");
        AppendResult first = append(hosts.store(), cash, ExpectedVersion.any(), event, second);
        AppendResult repeated = new AppendResult(first.events(), first.recordedAt(), true);
        try (HostTransaction asking = impatient.begin(IsolationLevel.READ_COMMITTED)) {
            assertThat(append(asking.store(), cash, ExpectedVersion.any(), event, second))
                    .isEqualTo(repeated);
            assertThat(append(impatient.store(), cash, "JE-3").position()).isEqualTo(Position.of(3));

            try (HostTransaction holder = begin()) {
                append(holder.store(), cash, "held");
                assertThat(append(asking.store(), cash, ExpectedVersion.any(), event, second))
                        .isEqualTo(repeated);
                assertThat(append(impatient.store(), cash, ExpectedVersion.any(), event, second))
                        .isEqualTo(repeated);
            }
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2", "JE-3");
    }

    @Test
    final void readersDoNotWaitForTheLane() {
        NewEvent event = posted("JE-1");
        AppendResult first = append(hosts.store(), cash, ExpectedVersion.any(), event);
        try (HostTransaction host = begin()) {
            append(host.store(), cash, "held");

            EventStore store = impatient.store();
            assertThat(entries(store, tenant, EventQuery.log())).containsExactly("JE-1");
            assertThat(entries(store, tenant, EventQuery.stream(cash).backward()))
                    .containsExactly("JE-1");
            assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.of(1));
            assertThat(store.head(tenant)).isPresent();
            assertThat(store.find(tenant, event.id())).isPresent();
            assertThat(store.positionAt(tenant, first.recordedAt())).isEqualTo(Position.of(1));
            host.commit();
        }
        assertThat(committed()).containsExactly("JE-1", "held");
    }

    private EventVersion conflictOf(boolean byHost, ExpectedVersion expected) {
        if (!byHost) {
            return conflict(hosts.store(), expected);
        }
        try (HostTransaction waiting = begin()) {
            EventVersion actual = conflict(waiting.store(), expected);
            waiting.commit();
            return actual;
        }
    }

    private EventVersion conflict(EventStore store, ExpectedVersion expected) {
        EventVersion[] actual = new EventVersion[1];
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> append(store, cash, expected, posted("refused")))
                .satisfies(e -> actual[0] = e.actual());
        return actual[0];
    }

    private void namesTheHolder(LaneBusyException e) {
        assertThat(e.tenant()).isEqualTo(tenant);
        assertThat(e.waited()).isBetween(BOUND.minusMillis(50), Duration.ofSeconds(60));
        assertThat(e.holders()).hasSize(1);
        assertThat(e).hasMessageContaining(e.holders().get(0).toString());
    }
}
