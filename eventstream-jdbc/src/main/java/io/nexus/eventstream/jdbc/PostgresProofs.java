package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.proof.LogNotEmptyException;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows and seals in PostgreSQL, each call one statement but for an import, which is a transaction. Thread-safe. */
final class PostgresProofs implements ProofStorage {

    private static final String DATA_EXCEPTION = "22000";

    private final OwnConnections connections;
    private final PostgresEventStorage events;
    private final Statements statements;
    private final ProofStatements sql;
    private final Duration laneTimeout;

    PostgresProofs(
            OwnConnections connections, PostgresEventStorage events, Statements statements, Duration laneTimeout) {
        this.connections = connections;
        this.events = events;
        this.statements = statements;
        this.sql = statements.proofs;
        this.laneTimeout = laneTimeout;
    }

    @Override
    public Optional<LogRow> newest(TenantId tenant) {
        return call(tenant, sql.newest, statement -> {
            statement.parameters().add(tenant.value());
            return rows(statement).stream().findFirst();
        });
    }

    @Override
    public List<LogRow> rows(TenantId tenant, long after, long upTo, int limit) {
        return call(tenant, sql.rows, statement -> {
            statement.parameters().add(tenant.value()).add(after).add(upTo).add(limit);
            return rows(statement);
        });
    }

    @Override
    public List<Seal> seals(TenantId tenant, Position after, int limit) {
        return call(tenant, sql.seals, statement -> {
            statement.parameters().add(tenant.value()).add(after.value()).add(limit);
            return seals(statement, tenant);
        });
    }

    @Override
    public Optional<Seal> newestSeal(TenantId tenant) {
        return call(tenant, sql.newestSeal, statement -> {
            statement.parameters().add(tenant.value());
            return seals(statement, tenant).stream().findFirst();
        });
    }

    @Override
    public boolean addSeal(Seal seal) {
        return onConnection(seal.tenant(), connection -> added(connection, seal));
    }

    @Override
    public void importLog(TenantId tenant, Consumer<ImportedLog> work) {
        events.ensureTenant(tenant);
        try {
            connections.transaction(tenant, OwnConnections.End.COMMIT, connection -> {
                Import log = new Import(connection, tenant);
                // Without an event or with many, the tenant has none before the first.
                log.addEvents(List.of());
                work.accept(log);
                return true;
            });
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    private static List<LogRow> rows(TenantStatement statement) throws SQLException {
        try (ResultSet rows = statement.query()) {
            List<LogRow> read = new ArrayList<>();
            while (rows.next()) {
                read.add(new LogRow(
                        rows.getBytes(1),
                        bytes(rows, 2),
                        bytes(rows, 3),
                        bytes(rows, 4),
                        bytes(rows, 5),
                        bytes(rows, 6),
                        bytes(rows, 7)));
            }
            return read;
        }
    }

    /**
     * Returns the bytes of a column. Of a text, as of json, the driver gives them as they came, without making a String of them.
     * Where somebody has put a NULL, there are none, which no event has.
     */
    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    private static List<Seal> seals(TenantStatement statement, TenantId tenant) throws SQLException {
        try (ResultSet rows = statement.query()) {
            List<Seal> seals = new ArrayList<>();
            while (rows.next()) {
                seals.add(seal(rows, tenant));
            }
            return seals;
        }
    }

    private static Seal seal(ResultSet row, TenantId tenant) throws SQLException {
        try {
            return new Seal(
                    tenant,
                    Position.of(row.getLong("first_position")),
                    Position.of(row.getLong("last_position")),
                    EventHash.of(given(row.getBytes("link_before"))),
                    EventHash.of(given(row.getBytes("link"))),
                    given(row.getObject("recorded_at", OffsetDateTime.class)).toInstant(),
                    given(row.getObject("sealed_at", OffsetDateTime.class)).toInstant(),
                    given(row.getString("key_id")),
                    EventHash.of(given(row.getBytes("previous"))),
                    given(row.getBytes("signature")));
        } catch (IllegalArgumentException e) {
            return unreadable(tenant, Position.of(Math.max(1, row.getLong("last_position"))));
        }
    }

    private static <T> T given(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("a part of the seal is gone");
        }
        return value;
    }

    /** Returns what a verifier gets in place of a row that no seal can be, as somebody has made it: no key vouches for it. */
    private static Seal unreadable(TenantId tenant, Position at) {
        return new Seal(
                tenant,
                at,
                at,
                EventHash.NONE,
                EventHash.NONE,
                Instant.EPOCH,
                Instant.EPOCH,
                "(unreadable)",
                EventHash.NONE,
                new byte[0]);
    }

    private boolean added(Connection connection, Seal seal) throws SQLException {
        String outcome;
        try (PreparedStatement statement = connection.prepareStatement(sql.addSeal)) {
            bind(statement, seal);
            outcome = outcome(statement);
        }
        return switch (outcome) {
            case "sealed" -> true;
            case "outrun" -> false;
            case "other_links" ->
                throw new IllegalArgumentException("the log does not say what the %s says".formatted(seal));
            default -> throw new IllegalStateException("seal_v1 returned " + outcome);
        };
    }

    private static void bind(PreparedStatement statement, Seal seal) throws SQLException {
        new Parameters(statement)
                .add(seal.tenant().value())
                .add(seal.from().value())
                .add(seal.to().value())
                .add(seal.linkBefore().bytes())
                .add(seal.link().bytes())
                .add(seal.recordedAt())
                .add(seal.sealedAt())
                .add(seal.keyId())
                .add(seal.previous().bytes())
                .add(seal.signature());
    }

    private static String outcome(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    private <T> T call(TenantId tenant, String text, StatementWork<T> work) {
        return onConnection(tenant, connection -> {
            try (TenantStatement statement = statements.wall.prepare(connection, tenant, text, true)) {
                return work.on(statement);
            }
        });
    }

    private <T> T onConnection(TenantId tenant, ConnectionScope.Work<T> work) {
        try {
            return connections.call(work);
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    @FunctionalInterface
    private interface StatementWork<T> {
        T on(TenantStatement statement) throws SQLException;
    }

    /** Takes a log in, in a transaction. */
    private final class Import implements ImportedLog {

        private final Connection connection;
        private final TenantId tenant;
        private long next = 1;

        Import(Connection connection, TenantId tenant) {
            this.connection = connection;
            this.tenant = tenant;
        }

        @Override
        public void addEvents(List<StoredEvent> added) {
            for (StoredEvent event : added) {
                if (event.position().value() != next++) {
                    throw new IllegalArgumentException(
                            "position %s of tenant %s, where %d is next".formatted(event.position(), tenant, next - 1));
                }
            }
            long begin = System.nanoTime();
            try (PreparedStatement statement = connection.prepareStatement(sql.importEvents)) {
                bind(statement, added);
                String outcome = outcome(statement);
                switch (outcome) {
                    case "imported" -> {}
                    case "lane_busy" -> throw laneBusy(begin);
                    case "not_empty" -> throw new LogNotEmptyException(tenant);
                    case "unknown_tenant" -> throw new TenantNotFoundException(tenant);
                    default -> throw new IllegalStateException("import_events_v1 returned " + outcome);
                }
            } catch (SQLException e) {
                if (SqlFailures.isLockTimeout(e)) {
                    throw laneBusy(begin);
                }
                if (DATA_EXCEPTION.equals(e.getSQLState())) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
                throw SqlFailures.translated(e, tenant, statements.schema);
            }
        }

        @Override
        public void addSeal(Seal seal) {
            try {
                if (!added(connection, seal)) {
                    throw new IllegalArgumentException(
                            "the tenant has seals already, which the %s does not follow".formatted(seal));
                }
            } catch (SQLException e) {
                throw SqlFailures.translated(e, tenant, statements.schema);
            }
        }

        private LaneBusyException laneBusy(long begin) {
            AppendOutcome.LaneBusy busy = events.laneBusy(tenant, begin);
            return new LaneBusyException(tenant, busy.holders(), busy.waited());
        }

        private void bind(PreparedStatement statement, List<StoredEvent> added) throws SQLException {
            new Parameters(statement)
                    .add(tenant.value())
                    .add(next - added.size())
                    .addArray(
                            "int8",
                            added.stream().map(event -> event.version().value()).toArray(Long[]::new))
                    .addArray("text", texts(added, event -> event.stream().category()))
                    .addArray(
                            "text",
                            texts(added, event -> event.stream().aggregateId().value()))
                    .addArray(
                            "uuid",
                            added.stream().map(event -> event.id().value()).toArray(UUID[]::new))
                    .addArray("text", texts(added, event -> event.type().name()))
                    .addArray(
                            "int4",
                            added.stream()
                                    .map(event -> event.type().schemaVersion())
                                    .toArray(Integer[]::new))
                    .addArray("bytea", added.stream().map(StoredEvent::payload).toArray(byte[][]::new))
                    .addArray("bytea", added.stream().map(StoredEvent::metadata).toArray(byte[][]::new))
                    .addArray(
                            "timestamptz",
                            texts(added, event -> event.occurredAt().toString()))
                    .addArray(
                            "timestamptz",
                            texts(added, event -> event.recordedAt().toString()))
                    .addArray(
                            "bytea",
                            added.stream().map(event -> event.hash().bytes()).toArray(byte[][]::new))
                    .add(laneTimeout.toMillis());
        }

        private static String[] texts(List<StoredEvent> events, Function<StoredEvent, String> part) {
            return events.stream().map(part).toArray(String[]::new);
        }
    }
}
