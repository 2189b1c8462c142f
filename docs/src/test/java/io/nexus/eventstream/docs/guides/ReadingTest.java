package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadingTest {

    private final StreamId cash = StreamId.of("account", "1000");
    private EventStreamManager ledger;

    @BeforeEach
    void openAndPost() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        ledger = EventStreamManager.builder()
                .store(PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class)))
                .tenant(TenantId.of("acme"))
                .build();
        for (int day = 1; day <= 9; day++) {
            ledger.append(
                    cash,
                    ExpectedVersion.any(),
                    NewEvent.of(new AccountDebited("JE-" + day, new BigDecimal("10.00"), "MYR"))
                            .occurredAt(Instant.parse("2026-03-0" + day + "T00:00:00Z")));
        }
    }

    @Test
    void aStreamIsWalkedFromItsBeginning() {
        List<Object> facts = new ArrayList<>();
        for (RecordedEvent event : ledger.walk(EventQuery.stream(cash))) {
            facts.add(event.payload());
        }

        assertThat(facts).hasSize(9);
    }

    @Test
    void queriesSayWhichEventsAndInWhichOrder() {
        EventQuery newest = EventQuery.stream(cash).backward().pageSize(1);
        EventQuery some =
                EventQuery.stream(cash).fromVersion(EventVersion.of(3)).upToVersion(EventVersion.of(5));
        EventQuery debits = EventQuery.log().after(Position.of(4)).ofTypes("account-debited");

        assertThat(ledger.read(newest).events().get(0).version()).isEqualTo(EventVersion.of(9));
        assertThat(ledger.read(some).events()).hasSize(3);
        assertThat(ledger.read(debits).events()).hasSize(5);
    }

    @Test
    void pagesAreReadOneByOne() {
        int seen = 0;
        Optional<EventQuery> next = Optional.of(EventQuery.log().pageSize(4));
        while (next.isPresent()) {
            EventPage page = ledger.read(next.get());
            seen += page.events().size();
            next = page.next();
        }

        assertThat(seen).isEqualTo(9);
    }

    @Test
    void aStateIsAskedForOnTwoClocks() {
        Instant beforeTheCorrection = ledger.head().orElseThrow().recordedAt();
        ledger.append(
                cash,
                ExpectedVersion.any(),
                NewEvent.of(new AccountCredited("JE-10", new BigDecimal("4.00"), "MYR"))
                        .occurredAt(Instant.parse("2026-03-02T00:00:00Z")));

        AsOf third = AsOf.occurred(LocalDate.of(2026, 3, 3));
        Balance asKnownNow = ledger.stateAt(cash, third, Balance.fold());
        Balance asKnownThen = ledger.stateAt(cash, third.andRecorded(beforeTheCorrection), Balance.fold());
        Balance inMalaysia = ledger.stateAt(
                cash, AsOf.occurred(LocalDate.of(2026, 3, 3), ZoneId.of("Asia/Kuala_Lumpur")), Balance.fold());
        Balance afterFive = ledger.stateAt(cash, AsOf.version(EventVersion.of(5)), Balance.fold());

        assertThat(asKnownNow.amount()).isEqualTo("26.00");
        assertThat(asKnownThen.amount()).isEqualTo("30.00");
        assertThat(inMalaysia.amount()).isEqualTo("26.00");
        assertThat(afterFive.amount()).isEqualTo("50.00");
    }

    @Test
    void aMomentIsResolvedOnceForReadsThatBelongTogether() {
        Instant auditDay = ledger.head().orElseThrow().recordedAt();

        Position audited = ledger.positionAt(auditDay);
        EventPage asAudited = ledger.read(EventQuery.log().upTo(audited));
        Iterable<RecordedEvent> yearEndAsAudited = ledger.walk(
                EventQuery.log().asOf(AsOf.occurred(LocalDate.of(2026, 3, 3)).andRecorded(auditDay)));
        Balance cashAsAudited = ledger.stateAt(cash, AsOf.recorded(auditDay), Balance.fold());

        assertThat(asAudited.events()).hasSize(9);
        assertThat(yearEndAsAudited).hasSize(3);
        assertThat(cashAsAudited.amount()).isEqualTo("90.00");
    }

    @Test
    void anEventHasFourViews() {
        RecordedEvent event = ledger.read(EventQuery.log().pageSize(1)).events().get(0);

        String stored = event.stored().payloadJson();
        String upcast = event.json();
        Object typed = event.payload();
        String masked = event.maskedJson();

        assertThat(stored).isEqualTo(upcast).isEqualTo(masked);
        assertThat(typed).isEqualTo(new AccountDebited("JE-1", new BigDecimal("10.00"), "MYR"));
    }
}
