package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/** What every account has been debited: the read model that the projection benchmarks keep, one upsert for each event. */
final class AccountBalances implements Projector {

    static final String NAME = "account-balances";
    static final String TABLE = "public.account_balance";
    static final String EVENT_TYPE = "account-debited";

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS ${table} (
                tenant_id text NOT NULL,
                account text NOT NULL,
                balance numeric NOT NULL,
                PRIMARY KEY (tenant_id, account)
            )
            """;

    private static final String UPSERT = """
            INSERT INTO ${table} AS b (tenant_id, account, balance)
            VALUES (?, ?, ?)
            ON CONFLICT (tenant_id, account) DO UPDATE
            SET balance = b.balance + excluded.balance
            """;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Set<String> eventTypes() {
        return Set.of(EVENT_TYPE);
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        projectAll(List.of(event), context);
    }

    @Override
    public void projectAll(List<RecordedEvent> events, ProjectionContext context) {
        try (PreparedStatement upsert =
                context.resource(Connection.class).prepareStatement(upsert(context.table(TABLE)))) {
            String tenant = context.tenant().value();
            for (RecordedEvent event : events) {
                add(upsert, tenant, event.stream().aggregateId().value(), ((AccountDebited) event.payload()).amount());
            }
            upsert.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void prepare(ProjectionContext context) {
        execute(context, create(context.table(TABLE)));
    }

    @Override
    public void reset(ProjectionContext context) {
        execute(
                context,
                "DELETE FROM %s WHERE tenant_id = '%s'"
                        .formatted(context.table(TABLE), context.tenant().value()));
    }

    static String create(String table) {
        return CREATE.replace("${table}", table);
    }

    static String upsert(String table) {
        return UPSERT.replace("${table}", table);
    }

    /** Adds a row to a batch; the raw loop uses it too, so that both write the same. */
    static void add(PreparedStatement upsert, String tenant, String account, BigDecimal amount) throws SQLException {
        upsert.setString(1, tenant);
        upsert.setString(2, account);
        upsert.setBigDecimal(3, amount);
        upsert.addBatch();
    }

    private static void execute(ProjectionContext context, String sql) {
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
