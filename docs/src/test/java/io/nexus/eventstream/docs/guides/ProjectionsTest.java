package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.PostgresNotifications;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.RebuildOptions;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionsTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId CASH = StreamId.of("account", "1000");

    private final DataSource dataSource = GettingStartedTest.freshDatabase();

    @BeforeEach
    void migrate() {
        SchemaMigrator.of(dataSource).migrate();
    }

    @Test
    void aReadModelFollowsTheLog() throws SQLException {
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));

        ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new AccountBalances()).build();
        engine.start();

        EventStreamManager ledger =
                EventStreamManager.builder().store(store).tenant(ACME).build().withProjections(engine);

        AppendResult result = append(ledger, "5000.00");
        ledger.awaitProjection(result, "account-balances", Duration.ofMinutes(1));
        String table = engine.table(ACME, "account-balances", "account_balance");

        assertThat(table).isEqualTo("account_balance_v1_a");
        assertThat(balance(table)).isEqualTo("5000.00");

        engine.rebuild(ACME, "account-balances");

        awaitLive(engine, "v1_b");
        assertThat(balance(engine.table(ACME, "account-balances", "account_balance")))
                .isEqualTo("5000.00");
        engine.rollBack(ACME, "account-balances");
        assertThat(engine.table(ACME, "account-balances", "account_balance")).isEqualTo(table);

        ProjectionStatus status = ledger.projectionStatus("account-balances").get(0);
        assertThat(status.state()).isEqualTo(ProjectionState.RUNNING);
        assertThat(status.lagInEvents()).isZero();
        engine.close();
    }

    @Test
    void aProjectorRunsInTheTransactionOfTheAppend() throws SQLException {
        PostgresEventStore store = PostgresEventStore.builder(
                        dataSource, JsonEventSerializer.of(EventTypes.of(AccountEvent.class)))
                .inline(new AccountBalances())
                .build();

        append(EventStreamManager.builder().store(store).tenant(ACME).build(), "12.00");

        assertThat(balance("account_balance_v1_a")).isEqualTo("12.00");
    }

    @Test
    void aReadModelIsBuiltForTheMoment() {
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
        EventStreamManager ledger =
                EventStreamManager.builder().store(store).tenant(ACME).build();
        append(ledger, "10.00");
        Instant auditDay = ledger.head().orElseThrow().recordedAt();
        append(ledger, "90.00");
        ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new AccountBalances()).build();

        BigDecimal asAudited =
                engine.live(ACME, new AccountBalances(), AsOf.recorded(auditDay), ProjectionsTest::cashBalance);
        DryRunReport report = engine.dryRun(ACME, new AccountBalances());

        assertThat(asAudited).isEqualByComparingTo("10.00");
        assertThat(report.handled()).containsEntry("account-debited", 2L);
        assertThat(report.failure()).isEmpty();
        assertThat(engine.status(ACME)).isEmpty();
    }

    @Test
    void nodesTellEachOther() {
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
        ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new AccountBalances(), ErrorPolicy.PARK_STREAM)
                .build();
        engine.start();

        PostgresNotifications hints = PostgresNotifications.start(dataSource, store, engine::wake, engine::wakeAll);

        AppendResult result =
                append(EventStreamManager.builder().store(store).tenant(ACME).build(), "1.00");
        engine.awaitProjection(ACME, result, "account-balances", Duration.ofMinutes(1));
        engine.rebuild(ACME, "account-balances", RebuildOptions.defaults());

        assertThat(engine.replayParked(ACME, "account-balances")).isZero();
        assertThat(engine.parked(ACME, "account-balances")).isEmpty();
        hints.close();
        engine.close();
    }

    private static AppendResult append(EventStreamManager ledger, String amount) {
        return ledger.append(CASH, ExpectedVersion.any(), new AccountDebited("JE", new BigDecimal(amount), "MYR"));
    }

    private static void awaitLive(ProjectionEngine engine, String slot) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (System.nanoTime() < end) {
            List<ProjectionStatus> status = engine.status(ACME, "account-balances");
            if (status.get(0).slot().equals(slot)) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("slot " + slot + " is not live: " + engine.status(ACME, "account-balances"));
    }

    static BigDecimal cashBalance(ProjectionContext context) {
        String sql = "SELECT balance FROM " + context.table("account_balance") + " WHERE account = '1000'";
        try (Statement statement = context.resource(Connection.class).createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBigDecimal(1);
        } catch (SQLException e) {
            throw new IllegalStateException("the read model could not be read", e);
        }
    }

    private String balance(String table) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT balance FROM " + table)) {
            row.next();
            return row.getString(1);
        }
    }
}
