package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppendingTest {

    private final StreamId cash = StreamId.of("account", "1000");
    private final StreamId sales = StreamId.of("account", "4000");
    private final StreamId period = StreamId.of("fiscal-period", "2025-12");

    private EventStore store;
    private EventStreamManager ledger;

    @BeforeEach
    void open() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class, PeriodOpened.class));
        ledger = EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("acme"))
                .metadata(() -> EventMetadata.none().withUserId("u-17"))
                .build();
        ledger.append(period, ExpectedVersion.noStream(), new PeriodOpened("2025-12"));
    }

    record PeriodOpened(String period) {}

    @Test
    void anEntryIsPostedToSeveralStreamsAtomically() {
        BigDecimal amount = new BigDecimal("5000.00");
        Instant postedOn = Instant.parse("2025-12-30T00:00:00Z");

        AppendResult result = ledger.appendAll(List.of(
                StreamAppend.expecting(period, ExpectedVersion.exactly(1)),
                StreamAppend.of(
                        cash,
                        ExpectedVersion.any(),
                        NewEvent.of(new AccountDebited("JE-1", amount, "MYR")).occurredAt(postedOn)),
                StreamAppend.of(
                        sales,
                        ExpectedVersion.any(),
                        NewEvent.of(new AccountCredited("JE-1", amount, "MYR")).occurredAt(postedOn))));

        assertThat(result.version(cash)).isEqualTo(EventVersion.first());
        assertThat(result.position().value()).isEqualTo(3);
        assertThat(ledger.find(result.events().get(0).id())
                        .orElseThrow()
                        .metadata()
                        .userId())
                .hasValue("u-17");
    }

    @Test
    void aDecisionIsMadeOnAStateAndAppendedWithItsVersion() {
        ledger.execute(
                cash, Balance.fold(), balance -> List.of(new AccountDebited("JE-2", new BigDecimal("1.00"), "MYR")));

        assertThat(ledger.version(cash)).isEqualTo(EventVersion.first());
    }

    @Test
    void aRetryIsAnsweredWithTheFirstResult() {
        NewEvent debit = NewEvent.of(new AccountDebited("JE-3", new BigDecimal("7.00"), "MYR"))
                .withId(EventId.fromName("journal/JE-3/line/1"));

        AppendResult first = ledger.append(cash, ExpectedVersion.noStream(), debit);
        AppendResult again = ledger.append(cash, ExpectedVersion.noStream(), debit);

        assertThat(again.alreadyRecorded()).isTrue();
        assertThat(again.events()).isEqualTo(first.events());
        assertThat(again.recordedAt()).isEqualTo(first.recordedAt());
    }

    @Test
    void anUnknownOutcomeIsResolvedByRepeatingTheSameAppend() {
        StreamAppend append = StreamAppend.of(
                cash, ExpectedVersion.any(), NewEvent.of(new AccountDebited("JE-4", BigDecimal.ONE, "MYR")));
        AppendResult result;
        try {
            result = store.append(ledger.tenant(), append);
        } catch (CommitOutcomeUnknownException e) {
            result = store.appendAll(e.tenant(), e.appends());
        }

        assertThat(result.events()).hasSize(1);
    }
}
