package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.Position;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Questions about the past while a transaction has appended and not yet ended: never two different answers. */
abstract class HostAsOfContract extends HostContract {

    HostAsOfContract(HostTransactionContract fixture) {
        super(fixture);
    }

    @Test
    final void aQuestionThatAnOpenTransactionDecidesWaitsForItsCommit() {
        append(hosts.store(), cash, "JE-1");
        try (HostTransaction host = begin()) {
            Instant asked = append(host.store(), cash, "JE-2").recordedAt();
            CompletableFuture<Position> position =
                    Racers.begin(() -> hosts.store().positionAt(tenant, asked));
            CompletableFuture<List<String>> state = Racers.begin(() -> upTo(hosts.store(), asked));
            hosts.awaitBlocked(2);
            assertThat(position).isNotDone();
            host.commit();

            assertThat(Racers.result(position)).isEqualTo(Position.of(2));
            assertThat(Racers.result(state)).containsExactly("JE-1", "JE-2");
            assertThat(hosts.store().positionAt(tenant, asked)).isEqualTo(Position.of(2));
            assertThat(upTo(hosts.store(), asked)).containsExactly("JE-1", "JE-2");
        }
    }

    @Test
    final void aQuestionThatAnOpenTransactionDecidesWaitsForItsRollback() {
        append(hosts.store(), cash, "JE-1");
        try (HostTransaction host = begin()) {
            Instant asked = append(host.store(), cash, "rolled back").recordedAt();
            CompletableFuture<Position> position =
                    Racers.begin(() -> hosts.store().positionAt(tenant, asked));
            hosts.awaitBlocked(1);
            host.rollback();

            assertThat(Racers.result(position)).isEqualTo(Position.of(1));
            append(hosts.store(), cash, "JE-2");
            assertThat(hosts.store().positionAt(tenant, asked)).isEqualTo(Position.of(1));
            assertThat(upTo(hosts.store(), asked)).containsExactly("JE-1");
        }
    }

    @Test
    final void aQuestionThatAnOpenTransactionDecidesIsNotAnsweredByGuessing() {
        Instant newest = append(hosts.store(), cash, "JE-1").recordedAt();
        try (HostTransaction host = begin()) {
            AppendResult open = append(host.store(), cash, "JE-2");
            for (Instant asked : List.of(newest.plusNanos(1_000), open.recordedAt())) {
                assertThatExceptionOfType(LaneBusyException.class)
                        .isThrownBy(() -> impatient.store().positionAt(tenant, asked))
                        .satisfies(e -> assertThat(e.holders()).hasSize(1));
                assertThatExceptionOfType(LaneBusyException.class).isThrownBy(() -> upTo(impatient.store(), asked));
            }
            host.commit();
            assertThat(impatient.store().positionAt(tenant, open.recordedAt())).isEqualTo(Position.of(2));
            assertThat(impatient.store().positionAt(tenant, newest.plusNanos(1_000)))
                    .isEqualTo(Position.of(1));
        }
    }

    @Test
    final void aQuestionAboutWhatIsCommittedHasOneAnswerBeforeDuringAndAfter() {
        append(hosts.store(), cash, "JE-1");
        Instant asked = append(hosts.store(), cash, "JE-2").recordedAt();
        assertKnown(asked);
        try (HostTransaction host = begin()) {
            assertKnown(asked);
            append(host.store(), cash, "JE-3");
            assertKnown(asked);
            assertThat(host.store().positionAt(tenant, asked)).isEqualTo(Position.of(2));
            assertThat(upTo(host.store(), asked)).containsExactly("JE-1", "JE-2");
            host.commit();
        }
        assertKnown(asked);
        append(hosts.store(), cash, "JE-4");
        assertKnown(asked);
        assertThat(committed()).hasSize(4);
    }

    @Test
    final void aTransactionThatHasAskedAboutTheEndOfTheLogKeepsItUntilItEnds() {
        Instant asked = append(hosts.store(), cash, "JE-1").recordedAt().plusNanos(1_000);
        try (HostTransaction host = begin()) {
            assertThat(host.store().positionAt(tenant, asked)).isEqualTo(Position.of(1));
            CompletableFuture<AppendResult> writer = Racers.begin(() -> append(hosts.store(), cash, "JE-2"));
            hosts.awaitBlocked(1);
            assertThat(host.store().positionAt(tenant, asked)).isEqualTo(Position.of(1));
            host.commit();

            assertThat(Racers.result(writer).recordedAt()).isAfter(asked);
        }
        assertThat(hosts.store().positionAt(tenant, asked)).isEqualTo(Position.of(1));
    }

    private void assertKnown(Instant asked) {
        assertThat(impatient.store().positionAt(tenant, asked)).isEqualTo(Position.of(2));
        assertThat(upTo(impatient.store(), asked)).containsExactly("JE-1", "JE-2");
    }

    private List<String> upTo(EventStore store, Instant asked) {
        return entries(store, tenant, EventQuery.stream(cash).upToRecordedAt(asked));
    }
}
