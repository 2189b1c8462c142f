package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events and the host's own rows are committed together or not at all, at any isolation level. */
abstract class HostCommitContract extends HostContract {

    private final IsolationLevel isolation;

    HostCommitContract(HostTransactionContract fixture, IsolationLevel isolation) {
        super(fixture);
        this.isolation = isolation;
    }

    @Test
    final void aRollbackTakesTheEventsWithTheRows() {
        append(hosts.store(), cash, "before");
        String row = row("rolled back");
        NewEvent event = posted("rolled back");
        try (HostTransaction host = hosts.begin(isolation)) {
            host.writeRow(row);
            assertThat(append(host.store(), cash, ExpectedVersion.exactly(1), event)
                            .position())
                    .isEqualTo(Position.of(2));
            host.rollback();
        }

        assertThat(hosts.isCommitted(row)).isFalse();
        assertThat(committed()).containsExactly("before");
        assertThat(hosts.store().find(tenant, event.id())).isEmpty();
        assertThat(append(hosts.store(), cash, ExpectedVersion.exactly(1), event)
                        .position())
                .isEqualTo(Position.of(2));
    }

    @Test
    final void nothingIsSeenByOthersBeforeTheCommitAndEverythingAfterIt() {
        append(hosts.store(), cash, "before");
        String row = row("committed");
        NewEvent event = posted("JE-1");
        EventStore others = hosts.store();
        try (HostTransaction host = hosts.begin(isolation)) {
            host.writeRow(row);
            append(host.store(), cash, ExpectedVersion.exactly(1), event, posted("JE-2"));

            assertThat(hosts.isCommitted(row)).isFalse();
            assertThat(committed()).containsExactly("before");
            assertThat(others.version(tenant, cash)).isEqualTo(EventVersion.of(1));
            assertThat(others.find(tenant, event.id())).isEmpty();
            assertThat(others.head(tenant))
                    .hasValueSatisfying(head -> assertThat(head.position()).isEqualTo(Position.of(1)));
            host.commit();
        }

        assertThat(hosts.isCommitted(row)).isTrue();
        assertThat(committed()).containsExactly("before", "JE-1", "JE-2");
        assertThat(others.version(tenant, cash)).isEqualTo(EventVersion.of(3));
        assertThat(others.find(tenant, event.id())).isPresent();
    }

    @Test
    final void aTransactionSeesItsOwnAppends() {
        append(hosts.store(), cash, "before");
        try (HostTransaction host = hosts.begin(isolation)) {
            EventStore store = host.store();
            NewEvent event = posted("JE-1");
            AppendResult first = append(store, cash, ExpectedVersion.exactly(1), event);

            assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.of(2));
            assertThat(entries(store, tenant, EventQuery.stream(cash))).containsExactly("before", "JE-1");
            assertThat(store.find(tenant, event.id())).isPresent();
            assertThat(store.head(tenant))
                    .hasValueSatisfying(head -> assertThat(head.position()).isEqualTo(first.position()));
            assertThat(store.positionAt(tenant, first.recordedAt())).isEqualTo(first.position());
            assertThat(append(store, cash, ExpectedVersion.exactly(1), event))
                    .as("the same append once more")
                    .isEqualTo(new AppendResult(first.events(), first.recordedAt(), true));

            AppendResult second = append(store, cash, ExpectedVersion.exactly(2), posted("JE-2"));
            assertThat(second.recordedAt()).isAfter(first.recordedAt());
            host.commit();
        }

        assertThat(committed()).containsExactly("before", "JE-1", "JE-2");
    }

    @Test
    final void appendsOfManyTransactionsMakeOneLogWithoutGaps() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            try (HostTransaction host = hosts.begin(isolation)) {
                append(host.store(), i % 2 == 0 ? cash : bank, "first of " + i, "second of " + i);
                append(host.store(), cash, "third of " + i);
                if (i % 3 == 0) {
                    host.rollback();
                } else {
                    host.commit();
                    expected.addAll(List.of("first of " + i, "second of " + i, "third of " + i));
                }
            }
            append(hosts.store(), bank, "between " + i);
            expected.add("between " + i);
        }

        assertThat(committed()).containsExactlyElementsOf(expected);
        long position = 0;
        byte[] link = new byte[EventHash.LENGTH];
        for (RecordedEvent event : hosts.store().walk(tenant, EventQuery.log())) {
            link = HashChainByHand.link(link, event.stored());
            assertThat(event.position().value()).isEqualTo(++position);
            assertThat(event.stored().hash().bytes()).isEqualTo(link);
        }
        assertThat(position).isEqualTo(36);
    }
}
