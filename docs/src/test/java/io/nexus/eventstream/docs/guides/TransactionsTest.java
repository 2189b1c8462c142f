package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.JoinedEventStore;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionsTest {

    private final TenantId acme = TenantId.of("acme");
    private final StreamId cash = StreamId.of("account", "1000");
    private DataSource dataSource;
    private PostgresEventStore store;
    private EventStreamManager ledger;

    @BeforeEach
    void open() throws SQLException {
        dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
        store.ensureTenant(acme);
        ledger = EventStreamManager.builder().store(store).tenant(acme).build();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE invoices (number text PRIMARY KEY, paid boolean NOT NULL)");
            statement.execute("INSERT INTO invoices VALUES ('INV-1', false)");
        }
    }

    @Test
    void eventsAndRowsOfTheHostAreCommittedTogether() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE invoices SET paid = true WHERE number = ?")) {
                update.setString(1, "INV-1");
                update.executeUpdate();
            }
            ledger.with(store.joining(connection))
                    .append(cash, ExpectedVersion.any(), new AccountDebited("INV-1", new BigDecimal("10.00"), "MYR"));
            connection.commit();
        }

        assertThat(ledger.version(cash).value()).isEqualTo(1);
    }

    @Test
    void theLaneIsTakenBeforeRowsThatOthersWriteToo() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            JoinedEventStore joined = store.joining(connection);
            joined.lockLanes(acme);
            try (Statement update = connection.createStatement()) {
                update.executeUpdate("UPDATE invoices SET paid = true");
            }
            ledger.with(joined)
                    .append(cash, ExpectedVersion.any(), new AccountDebited("INV-1", new BigDecimal("10.00"), "MYR"));
            connection.commit();
        }

        assertThat(ledger.version(cash).value()).isEqualTo(1);
    }
}
