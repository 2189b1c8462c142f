package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class GettingStartedTest {

    @Test
    void theFirstLinesWork() {
        DataSource dataSource = freshDatabase();

        SchemaMigrator.of(dataSource).migrate();

        EventStreamManager ledger = EventStreamManager.builder()
                .store(PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class)))
                .tenant(TenantId.of("acme"))
                .build();

        StreamId cash = StreamId.of("account", "1000");
        ledger.append(cash, ExpectedVersion.noStream(), new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR"));

        Balance today = ledger.state(cash, Balance.fold());

        assertThat(today.amount()).isEqualTo("5000.00");

        Instant auditDay = ledger.head().orElseThrow().recordedAt();
        ledger.append(
                cash,
                ExpectedVersion.exactly(1),
                NewEvent.of(new AccountDebited("JE-2", new BigDecimal("250.00"), "MYR"))
                        .occurredAt(Instant.parse("2025-12-30T00:00:00Z")));

        LocalDate yearEnd = LocalDate.of(2025, 12, 31);
        Balance nowKnown = ledger.stateAt(cash, AsOf.occurred(yearEnd), Balance.fold());
        Balance thenKnown = ledger.stateAt(cash, AsOf.occurred(yearEnd).andRecorded(auditDay), Balance.fold());

        assertThat(nowKnown.amount()).isEqualTo("250.00");
        assertThat(thenKnown.amount()).isEqualTo("0");
    }

    static DataSource freshDatabase() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(LocalPostgres.server().newDatabase());
        return dataSource;
    }
}
