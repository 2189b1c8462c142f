package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One append on its way through {@code append_v1}, or {@code append_one_v1} if it is one event in a transaction of ours: the command as parameters, and
 * the row that comes back as an outcome. The columns of parameters and result stand in {@code V006__append.sql} and {@code
 * V014__append_one.sql} in the same order.
 */
final class AppendCall {

    /** As an expected version: the stream exists, at whatever version. */
    private static final long STREAM_EXISTS = -1;

    private final TenantId tenant;
    private final List<StreamId> expectedStreams;
    private final List<ExpectedVersion> expectedVersions;
    private final List<EncodedEvent> events;
    private final Integer[] eventStreams;

    AppendCall(TenantId tenant, AppendCommand command) {
        this.tenant = tenant;
        this.expectedStreams = new ArrayList<>(command.expectations().keySet());
        this.expectedVersions = new ArrayList<>(command.expectations().values());
        this.events = command.events();
        this.eventStreams = new Integer[events.size()];
        numberTheEvents();
    }

    /** Says of each event which stream it goes to, counted from 1. */
    private void numberTheEvents() {
        Map<StreamId, Integer> numbers = new HashMap<>();
        expectedStreams.forEach(stream -> numbers.put(stream, numbers.size() + 1));
        for (int i = 0; i < eventStreams.length; i++) {
            eventStreams[i] = numbers.getOrDefault(events.get(i).stream(), 0);
        }
    }

    /** Returns the statement that calls the function, ready to be executed. */
    PreparedStatement prepare(
            Connection connection,
            Statements statements,
            AppendSettings settings,
            Duration laneWait,
            boolean ownTransaction)
            throws SQLException {
        boolean single = ownTransaction && events.size() == 1 && expectedStreams.size() == 1;
        PreparedStatement statement = connection.prepareStatement(single ? statements.appendOne : statements.append);
        Parameters parameters = new Parameters(statement).add(tenant.value());
        (single ? addEvent(parameters) : addEvents(parameters))
                .add(settings.clock().instant())
                .add(settings.clockTolerance().toMillis())
                .add(laneWait.toMillis())
                .add(ownTransaction)
                .add(ownTransaction && settings.synchronousCommit());
        return statement;
    }

    private Parameters addEvent(Parameters parameters) throws SQLException {
        EncodedEvent event = events.get(0);
        return parameters
                .add(event.stream().category())
                .add(event.stream().aggregateId().value())
                .addNumber(asNumber(expectedVersions.get(0)))
                .add(event.id().value())
                .add(event.type().name())
                .add(event.type().schemaVersion())
                .add(event.payload())
                .add(event.metadata())
                .addMoment(event.occurredAt());
    }

    private Parameters addEvents(Parameters parameters) throws SQLException {
        return parameters
                .addArray(
                        "text", expectedStreams.stream().map(StreamId::category).toArray(String[]::new))
                .addArray(
                        "text",
                        expectedStreams.stream()
                                .map(stream -> stream.aggregateId().value())
                                .toArray(String[]::new))
                .addArray(
                        "int8",
                        expectedVersions.stream().map(AppendCall::asNumber).toArray(Long[]::new))
                .addArray("int4", eventStreams)
                .addArray(
                        "uuid", events.stream().map(event -> event.id().value()).toArray(UUID[]::new))
                .addArray(
                        "text",
                        events.stream().map(event -> event.type().name()).toArray(String[]::new))
                .addArray(
                        "int4",
                        events.stream()
                                .map(event -> event.type().schemaVersion())
                                .toArray(Integer[]::new))
                .addArray("bytea", events.stream().map(EncodedEvent::payload).toArray(byte[][]::new))
                .addArray("bytea", events.stream().map(EncodedEvent::metadata).toArray(byte[][]::new))
                .addArray(
                        "timestamptz",
                        events.stream()
                                .map(event -> event.occurredAt()
                                        .map(Instant::toString)
                                        .orElse(null))
                                .toArray(String[]::new));
    }

    /** Returns how many events it has. */
    int events() {
        return events.size();
    }

    /** Returns the outcome in a row; a busy lane is none of them, since the row does not say who holds it. */
    AppendOutcome outcome(ResultSet row) throws SQLException {
        return switch (row.getString("outcome")) {
            case "appended" -> appended(row);
            case "already_recorded" -> alreadyRecorded(row);
            case "conflict" ->
                new AppendOutcome.Conflict(
                        expectedStreams.get(row.getInt("stream_index") - 1),
                        EventVersion.of(row.getLong("actual_version")));
            case "id_mismatch" ->
                new AppendOutcome.IdMismatch(
                        Arrays.stream((UUID[]) row.getArray("mismatched").getArray())
                                .map(EventId::new)
                                .toList(),
                        EventIdMismatchException.Reason.valueOf(row.getString("reason")));
            case "unknown_tenant" -> new AppendOutcome.UnknownTenant();
            case "second_tenant" -> new AppendOutcome.SecondTenant();
            case "other_tenant" -> new AppendOutcome.OtherTenant();
            case "clock_suspect" ->
                new AppendOutcome.ClockSuspect(
                        EventRows.instant(row, "database_time"),
                        EventRows.instant(row, "other_time"),
                        ClockSuspectException.ComparedWith.valueOf(row.getString("reason")));
            default -> throw new IllegalStateException("append_v1 returned " + row.getString("outcome"));
        };
    }

    private AppendOutcome appended(ResultSet row) throws SQLException {
        long first = row.getLong("first_position");
        Long[] versions = (Long[]) row.getArray("base_versions").getArray();
        List<AppendedEvent> places = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            EncodedEvent event = events.get(i);
            long version = ++versions[eventStreams[i] - 1];
            places.add(new AppendedEvent(event.id(), event.stream(), EventVersion.of(version), Position.of(first + i)));
        }
        return result(row, places, false);
    }

    private AppendOutcome alreadyRecorded(ResultSet row) throws SQLException {
        Long[] positions = (Long[]) row.getArray("positions").getArray();
        Long[] versions = (Long[]) row.getArray("versions").getArray();
        List<AppendedEvent> places = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            EncodedEvent event = events.get(i);
            places.add(new AppendedEvent(
                    event.id(), event.stream(), EventVersion.of(versions[i]), Position.of(positions[i])));
        }
        return result(row, places, true);
    }

    private static AppendOutcome result(ResultSet row, List<AppendedEvent> places, boolean alreadyRecorded)
            throws SQLException {
        Instant recordedAt = EventRows.instant(row, "appended_at");
        return new AppendOutcome.Appended(new AppendResult(places, recordedAt, alreadyRecorded));
    }

    /** Returns an expectation as the database's functions take it. */
    static @Nullable Long asNumber(ExpectedVersion expected) {
        if (expected instanceof ExpectedVersion.Any) {
            return null;
        }
        if (expected instanceof ExpectedVersion.NoStream) {
            return 0L;
        }
        if (expected instanceof ExpectedVersion.Exactly exactly) {
            return exactly.version().value();
        }
        return STREAM_EXISTS;
    }
}
