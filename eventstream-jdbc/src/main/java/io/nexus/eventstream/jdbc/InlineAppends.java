package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.spi.CommitInDoubtException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** Appends that commit together with the read models of inline projectors, in a transaction of our own. Thread-safe. */
final class InlineAppends {

    /** As an append does that commits on its own: a session that asks for more than the disk keeps what it has. */
    private static final String WAIT_FOR_THE_DISK = """
            SELECT set_config('synchronous_commit', 'on', true)
            WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
            """;

    private final OwnConnections connections;
    private final SchemaName schema;
    private final Function<Connection, JoinedEventStore> joining;
    private final boolean synchronousCommit;
    private final boolean autoCreateTenants;

    InlineAppends(
            OwnConnections connections,
            SchemaName schema,
            Function<Connection, JoinedEventStore> joining,
            boolean synchronousCommit,
            boolean autoCreateTenants) {
        this.connections = connections;
        this.schema = schema;
        this.joining = joining;
        this.synchronousCommit = synchronousCommit;
        this.autoCreateTenants = autoCreateTenants;
    }

    AppendResult appendAll(TenantId tenant, List<StreamAppend> appends, Consumer<TenantId> ensureTenant) {
        Objects.requireNonNull(tenant, "tenant");
        try {
            return appendAll(tenant, appends);
        } catch (TenantNotFoundException e) {
            if (!autoCreateTenants) {
                throw e;
            }
            ensureTenant.accept(tenant);
            return appendAll(tenant, appends);
        }
    }

    private AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        try {
            return connections.transaction(tenant, OwnConnections.End.COMMIT, connection -> {
                if (synchronousCommit) {
                    try (PreparedStatement statement = connection.prepareStatement(WAIT_FOR_THE_DISK)) {
                        statement.execute();
                    }
                }
                JoinedEventStore store = joining.apply(connection);
                store.lockLanes(tenant);
                return store.appendAll(tenant, appends);
            });
        } catch (CommitInDoubtException e) {
            throw new CommitOutcomeUnknownException(tenant, appends, Objects.requireNonNullElse(e.getCause(), e));
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, schema);
        }
    }
}
