package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the balance of every account and currency in a table, so that a screen need not fold an account's events. It holds
 * what the ledger says now, whatever the dates of the entries; past days are the ledger's to answer.
 *
 * <p>Many lines of one page fall to the same account. They are added up first, so that a page costs one statement an
 * account, sent in one batch. {@link AccountBalanceReader} reads the table.
 */
public final class AccountBalances implements Projector {

    /** The name of the projection. */
    public static final String NAME = "account-balances";

    /** The table without its slot; with its schema, so that it does not depend on a connection's {@code search_path}. */
    public static final String TABLE = "public.account_balance";

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS %s (
                tenant_id     text    NOT NULL,
                account       text    NOT NULL,
                currency      text    NOT NULL,
                balance       numeric NOT NULL,
                entries       bigint  NOT NULL,
                last_position bigint  NOT NULL,
                PRIMARY KEY (tenant_id, account, currency)
            )
            """;

    private static final String ADD = """
            INSERT INTO %s AS b (tenant_id, account, currency, balance, entries, last_position)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, account, currency) DO UPDATE SET
                balance = b.balance + EXCLUDED.balance,
                entries = b.entries + EXCLUDED.entries,
                last_position = EXCLUDED.last_position
            """;

    private static final Set<String> EVENT_TYPES =
            EventTypes.of(AccountEvent.class).names();

    /** Creates the projector. It keeps no state, one is enough for all tenants. */
    public AccountBalances() {}

    @Override
    public String name() {
        return NAME;
    }

    /** Returns the version; to be raised when the table's columns or what they mean change. */
    @Override
    public int version() {
        return 1;
    }

    @Override
    public Set<String> eventTypes() {
        return EVENT_TYPES;
    }

    @Override
    public Set<String> tables() {
        return Set.of(TABLE);
    }

    /** An account is a stream, and the rows of one account depend on no other. */
    @Override
    public boolean isPartitionable() {
        return true;
    }

    @Override
    public void prepare(ProjectionContext context) {
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute(CREATE.formatted(context.table(TABLE)));
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be created".formatted(context.table(TABLE)), e);
        }
    }

    @Override
    public void reset(ProjectionContext context) {
        String sql = "DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(TABLE));
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            statement.setString(1, context.tenant().value());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be emptied".formatted(context.table(TABLE)), e);
        }
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        projectAll(List.of(event), context);
    }

    @Override
    public void projectAll(List<RecordedEvent> events, ProjectionContext context) {
        Map<Key, Change> changes = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            AccountEvent line = (AccountEvent) event.payload();
            changes.merge(
                    new Key(event.stream().aggregateId().value(), line.currency()),
                    new Change(line.change(), 1, event.position().value()),
                    Change::plus);
        }
        String sql = ADD.formatted(context.table(TABLE));
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            for (Map.Entry<Key, Change> each : changes.entrySet()) {
                statement.setString(1, context.tenant().value());
                statement.setString(2, each.getKey().account());
                statement.setString(3, each.getKey().currency());
                statement.setBigDecimal(4, each.getValue().amount());
                statement.setLong(5, each.getValue().entries());
                statement.setLong(6, each.getValue().lastPosition());
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be written".formatted(context.table(TABLE)), e);
        }
    }

    private record Key(String account, String currency) {}

    private record Change(BigDecimal amount, long entries, long lastPosition) {

        Change plus(Change later) {
            return new Change(amount.add(later.amount), entries + later.entries, later.lastPosition);
        }
    }
}
