package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.SecondTenantException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Transactions that append for several tenants. */
abstract class HostTenantsContract extends HostContract {

    HostTenantsContract(HostTransactionContract fixture) {
        super(fixture);
    }

    @Test
    final void aSecondTenantIsRefusedAndTheTransactionGoesOn() {
        try (HostTransaction host = begin()) {
            append(host.store(), cash, "JE-1");
            assertThatExceptionOfType(SecondTenantException.class)
                    .isThrownBy(() -> appendTo(host, other, "refused"))
                    .satisfies(e -> assertThat(e.tenant()).isEqualTo(other));
            assertThatExceptionOfType(SecondTenantException.class).isThrownBy(() -> host.lockLanes(other));
            assertThatExceptionOfType(SecondTenantException.class).isThrownBy(() -> host.lockLanes(tenant, other));
            goesOn(host, row("second tenant"));
        }
        assertThat(entries(hosts.store(), other, EventQuery.log())).isEmpty();
    }

    @Test
    final void lanesTakenUpFrontAllowSeveralTenants() {
        try (HostTransaction host = begin()) {
            host.lockLanes(other, tenant);
            append(host.store(), cash, "mine");
            appendTo(host, other, "theirs");
            append(host.store(), cash, "mine again");
            host.lockLanes(tenant);
            assertThatExceptionOfType(SecondTenantException.class).isThrownBy(() -> host.lockLanes(Fresh.tenant()));

            assertThat(committed()).isEmpty();
            host.commit();
        }
        assertThat(committed()).containsExactly("mine", "mine again");
        assertThat(entries(hosts.store(), other, EventQuery.log())).containsExactly("theirs");
    }

    @Test
    final void aLaneTakenUpFrontKeepsOthersOutUntilTheEnd() {
        try (HostTransaction host = begin()) {
            host.lockLanes(tenant, other);
            assertThatExceptionOfType(LaneBusyException.class)
                    .isThrownBy(() -> append(impatient.store(), cash, "refused"));
            try (HostTransaction second = impatient.begin(IsolationLevel.READ_COMMITTED)) {
                assertThatExceptionOfType(LaneBusyException.class).isThrownBy(() -> second.lockLanes(other));
            }
            host.rollback();
        }
        assertThat(append(impatient.store(), cash, "JE-1").position()).isEqualTo(Position.of(1));
    }

    @Test
    final void lanesTakenInOppositeOrdersNeverDeadlock() {
        int rounds = 30;
        List<Integer> done = Racers.together(4, racer -> {
            for (int i = 0; i < rounds; i++) {
                try (HostTransaction host = begin()) {
                    if (racer % 2 == 0) {
                        host.lockLanes(tenant, other);
                        append(host.store(), cash, "mine");
                        appendTo(host, other, "theirs");
                    } else {
                        host.lockLanes(other, tenant);
                        appendTo(host, other, "theirs");
                        append(host.store(), cash, "mine");
                    }
                    host.commit();
                }
            }
            return rounds;
        });

        assertThat(done).containsOnly(rounds);
        assertThat(committed()).hasSize(4 * rounds);
        assertThat(entries(hosts.store(), other, EventQuery.log())).hasSize(4 * rounds);
    }

    @Test
    final void transactionsOfTwoTenantsMayCommitInAnyOrder() {
        AtomicBoolean writing = new AtomicBoolean(true);
        CompletableFuture<List<EventPage>> mine = LogFollower.follow(hosts.store(), tenant, 2, writing);
        CompletableFuture<List<EventPage>> theirs = LogFollower.follow(hosts.store(), other, 2, writing);
        for (int i = 0; i < 10; i++) {
            try (HostTransaction first = begin();
                    HostTransaction second = begin()) {
                append(first.store(), cash, "mine " + i, "mine too " + i);
                appendTo(second, other, "theirs " + i);
                second.commit();
                first.commit();
            }
        }
        writing.set(false);

        assertThat(LogFollower.positions(Racers.result(mine)))
                .containsExactly(
                        1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
        assertThat(LogFollower.positions(Racers.result(theirs)))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    final void lanesOfTenantsWithOddNamesAreTaken() {
        for (String odd : List.of("{a,b}", "\"", "\\", "NULL", "it's", "a,b", "{}", "é😀\u0001", "a".repeat(80))) {
            TenantId one = TenantId.of(Fresh.tenant() + odd);
            TenantId two = TenantId.of(odd + Fresh.tenant());
            hosts.store().ensureTenant(one);
            hosts.store().ensureTenant(two);
            try (HostTransaction host = begin()) {
                host.lockLanes(one, two);
                appendTo(host, two, odd);
                appendTo(host, one, odd);
                appendTo(host, one, odd);
                host.commit();
            }
            try (HostTransaction host = begin()) {
                appendTo(host, one, odd);
                appendTo(host, one, odd);
                assertThatExceptionOfType(SecondTenantException.class).isThrownBy(() -> appendTo(host, two, odd));
                host.commit();
            }
            assertThat(entries(hosts.store(), one, EventQuery.log())).containsExactly(odd, odd, odd, odd);
            assertThat(entries(hosts.store(), two, EventQuery.log())).containsExactly(odd);
        }
    }

    @Test
    final void aQuestionAboutATenantThatDoesNotExistTakesNoLane() {
        Instant past = append(hosts.store(), cash, "JE-1").recordedAt();
        try (HostTransaction host = begin()) {
            assertThat(host.store().positionAt(Fresh.tenant(), past)).isEqualTo(Position.START);
            append(host.store(), cash, "JE-2");
            host.commit();
        }
        assertThat(committed()).containsExactly("JE-1", "JE-2");
    }

    private AppendResult appendTo(HostTransaction host, TenantId owner, String entry) {
        return host.store().append(owner, StreamAppend.of(cash, ExpectedVersion.any(), posted(entry)));
    }
}
