package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group of appends on its way through {@code append_batch_v1}: their commands as arrays, and the arrays that come back as
 * answers. The columns of parameters and result stand in {@code V010__group_commit.sql} in the same order.
 */
final class GroupCall {

    private final List<QueuedAppend> appends;

    private final List<String> tenants = new ArrayList<>();
    private final List<Integer> streamTenants = new ArrayList<>();
    private final List<String> streamCategories = new ArrayList<>();
    private final List<String> streamIds = new ArrayList<>();
    private final Integer[] appendTenants;
    private final Integer[] appendExpectations;
    private final Integer[] appendEvents;
    private final List<Integer> expectedStreams = new ArrayList<>();
    private final List<@Nullable Long> expectedVersions = new ArrayList<>();
    private final List<Integer> eventStreams = new ArrayList<>();
    private final List<EncodedEvent> events = new ArrayList<>();

    GroupCall(List<QueuedAppend> appends) {
        this.appends = appends;
        appendTenants = new Integer[appends.size()];
        appendExpectations = new Integer[appends.size()];
        appendEvents = new Integer[appends.size()];
        Map<TenantId, Map<StreamId, Integer>> streams = new HashMap<>();
        Map<TenantId, Integer> places = new HashMap<>();
        for (int i = 0; i < appends.size(); i++) {
            QueuedAppend append = appends.get(i);
            TenantId tenant = append.tenant();
            appendTenants[i] = places.computeIfAbsent(tenant, this::addTenant);
            number(i, append, streams.computeIfAbsent(tenant, each -> new HashMap<>()));
        }
    }

    private int addTenant(TenantId tenant) {
        tenants.add(tenant.value());
        return tenants.size();
    }

    /** Numbers the streams of an append, its expectations and its events, all from 1. */
    private void number(int index, QueuedAppend append, Map<StreamId, Integer> streams) {
        Map<StreamId, ExpectedVersion> expectations = append.command().expectations();
        expectations.forEach((stream, expected) -> {
            expectedStreams.add(streams.computeIfAbsent(stream, each -> addStream(appendTenants[index], each)));
            expectedVersions.add(AppendCall.asNumber(expected));
        });
        appendExpectations[index] = expectations.size();
        appendEvents[index] = append.command().events().size();
        for (EncodedEvent event : append.command().events()) {
            eventStreams.add(streams.getOrDefault(event.stream(), 0));
            events.add(event);
        }
    }

    private int addStream(int tenant, StreamId stream) {
        streamTenants.add(tenant);
        streamCategories.add(stream.category());
        streamIds.add(stream.aggregateId().value());
        return streamIds.size();
    }

    void bind(PreparedStatement statement, AppendSettings settings, long waitMillis) throws SQLException {
        int size = events.size();
        UUID[] eventIds = new UUID[size];
        String[] types = new String[size];
        Integer[] schemaVersions = new Integer[size];
        byte[][] payloads = new byte[size][];
        byte[][] metadata = new byte[size][];
        @Nullable String[] occurredAt = new String[size];
        for (int i = 0; i < size; i++) {
            EncodedEvent event = events.get(i);
            eventIds[i] = event.id().value();
            types[i] = event.type().name();
            schemaVersions[i] = event.type().schemaVersion();
            payloads[i] = event.payload();
            metadata[i] = event.metadata();
            occurredAt[i] = event.occurredAt().map(Instant::toString).orElse(null);
        }
        new Parameters(statement)
                .addTexts(tenants)
                .addArray("int4", streamTenants.toArray(Integer[]::new))
                .addTexts(streamCategories)
                .addTexts(streamIds)
                .addArray("int4", appendTenants)
                .addArray("int4", appendExpectations)
                .addArray("int4", appendEvents)
                .addArray("int4", expectedStreams.toArray(Integer[]::new))
                .addArray("int8", expectedVersions.toArray(Long[]::new))
                .addArray("int4", eventStreams.toArray(Integer[]::new))
                .addArray("uuid", eventIds)
                .addArray("text", types)
                .addArray("int4", schemaVersions)
                .addArray("bytea", payloads)
                .addArray("bytea", metadata)
                .addArray("timestamptz", occurredAt)
                .add(settings.clock().instant())
                .add(settings.clockTolerance().toMillis())
                .add(waitMillis)
                .add(settings.synchronousCommit());
    }

    /** Returns the appends that it has judged; the others are to be sent again. */
    List<QueuedAppend> judged() {
        return appends.stream()
                .filter(each -> each.answer() instanceof QueueAnswer.Judged)
                .toList();
    }

    /** Answers the appends, all but those that must wait for their lane. */
    void answer(ResultSet row) throws SQLException {
        String[] outcomes = (String[]) row.getArray("outcomes").getArray();
        Object[] appendedAt = (Object[]) row.getArray("appended_at").getArray();
        Long[] firstPositions = (Long[]) row.getArray("first_positions").getArray();
        Long[] bases = (Long[]) row.getArray("base_versions").getArray();
        Integer[] conflicts = (Integer[]) row.getArray("conflicts").getArray();
        int base = 0;
        for (int i = 0; i < appends.size(); i++) {
            QueuedAppend append = appends.get(i);
            switch (outcomes[i]) {
                case "appended" ->
                    append.answer(appended(append, bases, base, firstPositions[i], (Timestamp) appendedAt[i]));
                case "conflict" -> append.answer(conflict(append, conflicts[i], bases[base + conflicts[i] - 1]));
                case "alone" -> append.answer(new QueueAnswer.Alone(null));
                case "lane_busy" -> append.tried();
                default -> throw new IllegalStateException("append_batch_v1 returned " + outcomes[i]);
            }
            base += appendExpectations[i];
        }
    }

    private static QueueAnswer appended(
            QueuedAppend append, Long[] bases, int firstBase, long firstPosition, Timestamp recordedAt) {
        Map<StreamId, Long> versions = new HashMap<>();
        int base = firstBase;
        for (StreamId stream : append.command().expectations().keySet()) {
            versions.put(stream, bases[base++]);
        }
        List<AppendedEvent> places = new ArrayList<>();
        for (EncodedEvent event : append.command().events()) {
            places.add(new AppendedEvent(
                    event.id(),
                    event.stream(),
                    EventVersion.of(versions.merge(event.stream(), 1L, Long::sum)),
                    Position.of(firstPosition + places.size())));
        }
        return new QueueAnswer.Judged(
                new AppendOutcome.Appended(new AppendResult(places, recordedAt.toInstant(), false)));
    }

    private static QueueAnswer conflict(QueuedAppend append, int index, long actual) {
        StreamId stream = List.copyOf(append.command().expectations().keySet()).get(index - 1);
        return new QueueAnswer.Judged(new AppendOutcome.Conflict(stream, EventVersion.of(actual)));
    }
}
