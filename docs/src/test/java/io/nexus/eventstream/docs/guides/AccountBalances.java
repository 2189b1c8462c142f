package io.nexus.eventstream.docs.guides;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;

class AccountBalances implements Projector {

    @Override
    public String name() {
        return "account-balances";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Set<String> eventTypes() {
        return Set.of("account-debited", "account-credited");
    }

    @Override
    public void prepare(ProjectionContext context) {
        execute(context, """
                CREATE TABLE IF NOT EXISTS %s (
                    tenant_id text    NOT NULL,
                    account   text    NOT NULL,
                    balance   numeric NOT NULL,
                    PRIMARY KEY (tenant_id, account)
                )""");
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        BigDecimal change = event.payload() instanceof AccountDebited debited
                ? debited.amount()
                : ((AccountCredited) event.payload()).amount().negate();
        execute(
                context,
                """
                INSERT INTO %s AS b (tenant_id, account, balance) VALUES (?, ?, ?)
                ON CONFLICT (tenant_id, account) DO UPDATE SET balance = b.balance + excluded.balance""",
                context.tenant().value(),
                event.stream().aggregateId().value(),
                change);
    }

    @Override
    public void reset(ProjectionContext context) {
        execute(context, "DELETE FROM %s WHERE tenant_id = ?", context.tenant().value());
    }

    private static void execute(ProjectionContext context, String sql, Object... values) {
        Connection connection = context.resource(Connection.class);
        String statement = sql.formatted(context.table("account_balance"));
        try (PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setObject(i + 1, values[i]);
            }
            prepared.execute();
        } catch (SQLException e) {
            throw new IllegalStateException("the read model could not be written", e);
        }
    }
}
