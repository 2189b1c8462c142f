package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RetryTransactionException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A transaction that looks at an old snapshot cannot tell a conflict from what it does not see. It is told to run again, and
 * never that a stream is not as expected.
 */
abstract class HostSnapshotContract extends HostContract {

    private final IsolationLevel isolation;

    HostSnapshotContract(HostTransactionContract fixture, IsolationLevel isolation) {
        super(fixture);
        this.isolation = isolation;
    }

    @Test
    final void aWouldBeConflictIsARetryAndRunningAgainWorks() {
        append(hosts.store(), cash, "JE-1");
        try (HostTransaction host = hosts.begin(isolation)) {
            EventVersion loaded = host.store().version(tenant, cash);
            append(hosts.store(), cash, "by another");

            assertThatExceptionOfType(RetryTransactionException.class)
                    .isThrownBy(
                            () -> append(host.store(), cash, ExpectedVersion.exactly(loaded), posted("first attempt")))
                    .satisfies(e -> assertThat(e.tenant()).isEqualTo(tenant));
            host.rollback();
        }
        try (HostTransaction again = hosts.begin(isolation)) {
            EventVersion loaded = again.store().version(tenant, cash);
            append(again.store(), cash, ExpectedVersion.exactly(loaded), posted("second attempt"));
            again.commit();
        }
        assertThat(committed()).containsExactly("JE-1", "by another", "second attempt");
    }

    @Test
    final void anAppendBehindOthersThatItDoesNotSeeIsARetry() {
        try (HostTransaction host = hosts.begin(isolation)) {
            assertThat(host.store().head(tenant)).isEmpty();
            append(hosts.store(), bank, "to another stream");

            assertThatExceptionOfType(RetryTransactionException.class)
                    .isThrownBy(() -> append(host.store(), cash, "first attempt"));
            host.rollback();
        }
        try (HostTransaction again = hosts.begin(isolation)) {
            append(again.store(), cash, "second attempt");
            again.commit();
        }
        assertThat(committed()).containsExactly("to another stream", "second attempt");
    }

    @Test
    final void anExpectationThatHasPassedIsARetryEvenIfTheTransactionSeesSo() {
        append(hosts.store(), cash, "JE-1", "JE-2");
        for (ExpectedVersion expected :
                List.of(ExpectedVersion.noStream(), ExpectedVersion.exactly(1), ExpectedVersion.exactly(7))) {
            try (HostTransaction host = hosts.begin(isolation)) {
                assertThat(host.store().version(tenant, cash)).isEqualTo(EventVersion.of(2));
                assertThatExceptionOfType(RetryTransactionException.class)
                        .isThrownBy(() -> append(host.store(), cash, expected, posted("refused")));
            }
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2");
    }

    @Test
    final void anAppendThatAnotherHasRecordedIsAnsweredOnceItIsSeen() {
        NewEvent event = posted("JE-1");
        AppendResult first;
        try (HostTransaction host = hosts.begin(isolation)) {
            assertThat(host.store().head(tenant)).isEmpty();
            first = append(hosts.store(), cash, ExpectedVersion.noStream(), event);

            assertThatExceptionOfType(RetryTransactionException.class)
                    .isThrownBy(() -> append(host.store(), cash, ExpectedVersion.noStream(), event));
        }
        try (HostTransaction again = hosts.begin(isolation)) {
            assertThat(append(again.store(), cash, ExpectedVersion.noStream(), event))
                    .isEqualTo(new AppendResult(first.events(), first.recordedAt(), true));
            again.commit();
        }
        assertThat(committed()).containsExactly("JE-1");
    }

    @Test
    final void aWriterWaitsForATransactionWithASnapshotToo() {
        try (HostTransaction host = hosts.begin(isolation)) {
            append(host.store(), cash, "JE-1");
            CompletableFuture<AppendResult> writer = Racers.begin(() -> append(hosts.store(), cash, "JE-2"));
            hosts.awaitBlocked(1);
            assertThat(writer).isNotDone();
            host.commit();

            assertThat(Racers.result(writer).position()).isEqualTo(Position.of(2));
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2");
    }

    @Test
    final void aMomentAfterTheNewestEventIsNotFinalInASnapshot() {
        Instant newest = append(hosts.store(), cash, "JE-1").recordedAt();
        try (HostTransaction host = hosts.begin(isolation)) {
            assertThat(host.store().positionAt(tenant, newest)).isEqualTo(Position.of(1));
            Instant later = append(hosts.store(), cash, "unseen").recordedAt();

            assertThatExceptionOfType(NotFinalYetException.class)
                    .isThrownBy(() -> host.store().positionAt(tenant, later))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(NotFinalYetException.Reason.OLD_SNAPSHOT));
            assertThat(host.store().positionAt(tenant, newest)).isEqualTo(Position.of(1));
            host.writeRow(row("after the question"));
            host.commit();
        }
        assertThat(committed()).containsExactly("JE-1", "unseen");
    }

    @Test
    final void racersThatRunAgainAllGetTheirTurn() {
        List<Integer> conflicts = Racers.together(6, racer -> {
            int retries = 0;
            for (int i = 0; i < 4; i++) {
                while (!appendedWithTheVersionSeen(racer + "/" + i)) {
                    retries++;
                }
            }
            return retries;
        });

        assertThat(conflicts).hasSize(6);
        assertThat(committed()).hasSize(24).doesNotHaveDuplicates();
        assertThat(hosts.store().version(tenant, cash)).isEqualTo(EventVersion.of(24));
    }

    private boolean appendedWithTheVersionSeen(String entry) {
        try (HostTransaction host = hosts.begin(isolation)) {
            EventVersion seen = host.store().version(tenant, cash);
            append(host.store(), cash, ExpectedVersion.exactly(seen), posted(entry));
            host.commit();
            return true;
        } catch (RetryTransactionException e) {
            return false;
        }
    }
}
