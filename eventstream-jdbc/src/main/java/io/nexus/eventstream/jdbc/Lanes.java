package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.SecondTenantException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes lanes for a transaction of the caller, and says who holds one that is busy. */
final class Lanes {

    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    /** What PostgreSQL shows of the sessions of roles that one is no member of. */
    private static final String HIDDEN = "<insufficient privilege>";

    private static final String WHY_HIDDEN =
            "hidden from the schema's owner, as are state and age: GRANT pg_read_all_stats to the owner";

    private final Statements statements;
    private final Duration timeout;

    Lanes(Statements statements, Duration timeout) {
        this.statements = statements;
        this.timeout = timeout;
    }

    void lock(Connection connection, List<TenantId> tenants) throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(statements.lockLanes)) {
            new Parameters(statement)
                    .addTexts(tenants.stream().map(TenantId::value).toList())
                    .add(timeout.toMillis());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String outcome = row.getString("outcome");
                if (outcome.equals("taken")) {
                    return;
                }
                TenantId refused = TenantId.of(row.getString("tenant"));
                throw switch (outcome) {
                    case "busy" -> busy(connection, refused, begin);
                    case "second_tenant" -> new SecondTenantException(refused);
                    case "other_tenant" -> new OtherTenantException(refused, null);
                    case "unknown" -> new TenantNotFoundException(refused);
                    default -> new IllegalStateException("lock_lanes_v1 returned " + outcome);
                };
            }
        }
    }

    /** Returns what to say about a busy lane; asks the database who holds it. */
    LaneBusyException busy(Connection connection, TenantId tenant, long begin) throws SQLException {
        Duration waited = Duration.ofNanos(System.nanoTime() - begin);
        List<LaneHolder> holders;
        try (PreparedStatement statement = connection.prepareStatement(statements.laneHolders)) {
            new Parameters(statement).add(tenant.value());
            try (ResultSet rows = statement.executeQuery()) {
                holders = holders(rows);
            }
        }
        // Not the holders' statements: they are the host's own and may hold anything.
        log.warn(
                "The lane of tenant {} was busy for {} ms, held by processes {}",
                tenant,
                waited.toMillis(),
                holders.stream()
                        .flatMapToInt(holder -> holder.pid().stream())
                        .boxed()
                        .toList());
        return new LaneBusyException(tenant, holders, waited);
    }

    /** Reads the rows of a function that says who holds something. */
    static List<LaneHolder> holders(ResultSet rows) throws SQLException {
        List<LaneHolder> holders = new ArrayList<>();
        while (rows.next()) {
            holders.add(holder(rows));
        }
        return holders;
    }

    private static LaneHolder holder(ResultSet row) throws SQLException {
        int pid = row.getInt("pid");
        return new LaneHolder(
                row.wasNull() ? OptionalInt.empty() : OptionalInt.of(pid),
                row.getString("name"),
                Duration.ofMillis(row.getLong("age_ms")),
                row.getString("state"),
                row.getString("query").replace(HIDDEN, WHY_HIDDEN));
    }
}
