package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A refused append is an answer, not an error of the database: the host's transaction goes on and commits its own work. */
abstract class HostRefusalContract extends HostContract {

    HostRefusalContract(HostTransactionContract fixture) {
        super(fixture);
    }

    @Test
    final void aTransactionGoesOnAfterAConflict() {
        append(hosts.store(), cash, "JE-1", "JE-2");
        for (ExpectedVersion expected :
                List.of(ExpectedVersion.noStream(), ExpectedVersion.exactly(1), ExpectedVersion.exactly(3))) {
            String row = row("conflict");
            try (HostTransaction host = begin()) {
                host.writeRow("before " + row);
                assertThatExceptionOfType(ConcurrencyException.class)
                        .isThrownBy(() -> append(host.store(), cash, expected, posted("refused")))
                        .satisfies(e -> assertThat(e.actual()).isEqualTo(EventVersion.of(2)));
                goesOn(host, row);
            }
            assertThat(hosts.isCommitted("before " + row)).isTrue();
        }
        assertThat(committed()).doesNotContain("refused").hasSize(5);
    }

    @Test
    final void aTransactionGoesOnAfterAMismatchOfIds() {
        NewEvent known = posted("JE-1");
        append(hosts.store(), cash, ExpectedVersion.any(), known);
        String row = row("mismatch");
        try (HostTransaction host = begin()) {
            host.writeRow("before " + row);
            assertThatExceptionOfType(EventIdMismatchException.class)
                    .isThrownBy(
                            () -> append(host.store(), cash, ExpectedVersion.any(), known, posted("partly refused")));
            assertThatExceptionOfType(EventIdMismatchException.class)
                    .isThrownBy(() -> append(
                            host.store(),
                            cash,
                            ExpectedVersion.any(),
                            posted("changed").withId(known.id())));
            goesOn(host, row);
        }
        assertThat(hosts.isCommitted("before " + row)).isTrue();
        assertThat(committed()).hasSize(2);
    }

    @Test
    final void aTransactionGoesOnAfterAnUnknownTenantWhichItNeverCreates() {
        TenantId unknown = Fresh.tenant();
        String row = row("unknown tenant");
        try (HostTransaction host = begin()) {
            host.writeRow("before " + row);
            assertThatExceptionOfType(TenantNotFoundException.class)
                    .isThrownBy(() -> host.store()
                            .append(unknown, StreamAppend.of(cash, ExpectedVersion.any(), posted("refused"))))
                    .satisfies(e -> assertThat(e.tenant()).isEqualTo(unknown));
            assertThatExceptionOfType(TenantNotFoundException.class).isThrownBy(() -> host.lockLanes(unknown));
            goesOn(host, row);
        }
        assertThat(hosts.isCommitted("before " + row)).isTrue();
    }

    @Test
    final void aTransactionGoesOnAfterABusyLane() {
        String row = row("busy lane");
        try (HostTransaction host = impatient.begin(IsolationLevel.READ_COMMITTED)) {
            host.writeRow("before " + row);
            try (HostTransaction holder = begin()) {
                append(holder.store(), cash, "JE-1");
                assertThatExceptionOfType(LaneBusyException.class)
                        .isThrownBy(() -> append(host.store(), cash, "refused"));
                assertThatExceptionOfType(LaneBusyException.class).isThrownBy(() -> host.lockLanes(tenant));
                holder.commit();
            }
            goesOn(host, row);
        }
        assertThat(hosts.isCommitted("before " + row)).isTrue();
        assertThat(committed()).doesNotContain("refused").startsWith("JE-1");
    }

    @Test
    final void aTransactionSucceedsWithTheRightExpectationAfterAConflict() {
        append(hosts.store(), cash, "JE-1", "JE-2");
        try (HostTransaction host = begin()) {
            ConcurrencyException[] conflict = new ConcurrencyException[1];
            assertThatExceptionOfType(ConcurrencyException.class)
                    .isThrownBy(() -> append(host.store(), cash, ExpectedVersion.exactly(5), posted("refused")))
                    .satisfies(e -> conflict[0] = e);
            append(host.store(), cash, ExpectedVersion.exactly(conflict[0].actual()), posted("JE-3"));
            host.commit();
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2", "JE-3");
    }
}
