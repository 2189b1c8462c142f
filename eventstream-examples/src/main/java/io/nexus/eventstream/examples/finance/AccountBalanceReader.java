package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Reads the table that {@link AccountBalances} keeps. It asks the engine for the table's name each time, since a rebuild
 * gives it another one. Thread-safe.
 */
public final class AccountBalanceReader {

    private static final String ALL = """
            SELECT account, currency, balance, entries, last_position
            FROM %s
            WHERE tenant_id = ?
            ORDER BY account COLLATE "C", currency COLLATE "C"
            """;

    private static final String OF_ONE_ACCOUNT = """
            SELECT account, currency, balance, entries, last_position
            FROM %s
            WHERE tenant_id = ?
              AND account = ?
            """;

    private final ProjectionEngine engine;
    private final DataSource dataSource;

    /** Creates a reader for an engine in which {@link AccountBalances} is registered. */
    public AccountBalanceReader(ProjectionEngine engine, DataSource dataSource) {
        this.engine = engine;
        this.dataSource = dataSource;
    }

    /**
     * Returns all balances of a tenant, by account and currency. One statement reads them, so they are of one moment and add
     * up to zero in every currency.
     *
     * @throws IllegalStateException if the tenant has no read model yet
     */
    public List<AccountBalance> all(TenantId tenant) {
        return rows(ALL.formatted(table(tenant)), tenant.value());
    }

    /**
     * Returns the balance of an account, zero if nothing was posted to it.
     *
     * @throws IllegalStateException if the tenant has no read model yet
     */
    public Balance balance(TenantId tenant, String account) {
        Balance balance = Balance.ZERO;
        for (AccountBalance row : rows(OF_ONE_ACCOUNT.formatted(table(tenant)), tenant.value(), account)) {
            balance = balance.plus(row.currency(), row.balance());
        }
        return balance;
    }

    /** Returns the name of the table that is read at the moment. */
    public String table(TenantId tenant) {
        return engine.table(tenant, AccountBalances.NAME, AccountBalances.TABLE);
    }

    private List<AccountBalance> rows(String sql, String... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<AccountBalance> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new AccountBalance(
                            rows.getString("account"),
                            rows.getString("currency"),
                            rows.getBigDecimal("balance"),
                            rows.getLong("entries"),
                            Position.of(rows.getLong("last_position"))));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("the account balances cannot be read", e);
        }
    }
}
