package io.nexus.eventstream.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import io.nexus.eventstream.spi.TenantHead;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each right that the writer and the engine are given is one without which something fails. */
class EveryGrantIsNeededTest {

    private static final SchemaRoles ROLES = FreshDatabase.newRoles();
    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    /** A group that fails is sent again one by one, so nobody notices but the clock. */
    private static final Set<String> UNNOTICED = Set.of("append_batch_v1");

    private static FreshDatabase database;

    @BeforeAll
    static void fill() {
        database = FreshDatabase.owned(ROLES, migrator -> migrator.rowSecurity(true));
        FreshDatabase.fill(database.store(), ACME, 20, 2);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void theWritersAre() {
        everyGrantIsNeeded(ROLES.writer(), EveryGrantIsNeededTest::write);
    }

    @Test
    void theEnginesAre() {
        everyGrantIsNeeded(ROLES.engine(), EveryGrantIsNeededTest::project);
    }

    private static void everyGrantIsNeeded(String role, Work work) {
        List<String> needless = new ArrayList<>();
        try (HikariDataSource pool = database.poolOfMember(config -> {}, role)) {
            assertThat(catchThrowable(() -> work.by(pool)))
                    .as("with all rights")
                    .isNull();
            for (String grant :
                    database.query("""
                    SELECT w.kind, w.name, w.privilege FROM (%s) w WHERE w.role = '%s'
                    """.formatted(SchemaPrivileges.wanted(SchemaName.DEFAULT, ROLES), role))) {
                String[] parts = grant.split("\\|", -1);
                String object = parts[0].equals("SCHEMA") ? parts[1] : "eventstream." + parts[1];
                database.execute("REVOKE %s ON %s %s FROM %s".formatted(parts[2], parts[0], object, role));
                Throwable failure = catchThrowable(() -> work.by(pool));
                database.execute("GRANT %s ON %s %s TO %s".formatted(parts[2], parts[0], object, role));
                if (failure == null && !UNNOTICED.contains(parts[1])) {
                    needless.add(grant);
                } else if (failure != null) {
                    assertThat(failure).as(grant).hasStackTraceContaining("permission denied");
                }
            }
        }
        assertThat(needless).isEmpty();
    }

    private static PostgresEventStore store(HikariDataSource pool) {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ZERO)
                .build();
    }

    private static void read(PostgresEventStore store) {
        store.read(ACME, EventQuery.stream(STREAM).after(Position.of(3)));
        store.positionAt(ACME, PAST);
    }

    private static void audit(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            FreshDatabase.query(connection, """
                    SELECT eventstream.audit_v1(
                        '', gen_random_uuid(), 'DONE', now(), 'a', '{}', 'o', 'c', '{}', '{}', NULL, 0, NULL, NULL, NULL, true)
                    """);
        }
    }

    private static void write(HikariDataSource pool) throws SQLException {
        SchemaMigrator.of(pool).validate();
        PostgresEventStore store = store(pool);
        store.ensureTenant(ACME);
        store.append(
                ACME,
                FreshDatabase.notes(StreamId.of("note", UUID.randomUUID().toString()), ExpectedVersion.any(), "a"));
        store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a", "b"));
        read(store);
        audit(pool);
        try (Connection host = pool.getConnection()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            store.joining(host).head(ACME);
            Throwable busy =
                    catchThrowable(() -> store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")));
            host.rollback();
            if (!(busy instanceof LaneBusyException)) {
                throw (RuntimeException) busy;
            }
        }
    }

    private static void project(HikariDataSource pool) throws SQLException {
        SchemaMigrator.of(pool).validate();
        PostgresEventStore store = store(pool);
        read(store);
        audit(pool);
        ProjectionStorage projections = store.projections();
        assertThat(projections.heads()).extracting(TenantHead::tenant).contains(ACME);
        projections.due(List.of(new NoProjector()), "me", Optional.empty(), 10);
        projections.due(List.of(new NoProjector()), "me", Optional.of(ACME), 10);
        ProjectionKey key = new ProjectionKey(ACME, "counts", "v1_a", 0);
        StoredProjection build = StoredProjection.begin(key, 1, SlotRole.LIVE, Position.of(2));
        projections.transaction(ACME, in -> {
            in.save(build);
            in.lock("counts");
            in.advance(build, new Checkpoint(Position.of(1), EventHash.NONE), 1, Duration.ZERO);
            in.park(key, List.of(new ParkedEvent(Position.of(1), STREAM, "no", PAST)));
            in.unpark(key, Position.of(1));
            in.delete(key);
            return true;
        });
        projections.blockers(key);
        projections.now();
        try (Connection lane = database.connect()) {
            lane.setAutoCommit(false);
            database.store().joining(lane).lockLanes(ACME);
            Throwable busy = catchThrowable(() -> projections.transaction(ACME, in -> {
                in.lockLane();
                return true;
            }));
            lane.rollback();
            if (!(busy instanceof LaneBusyException)) {
                throw (RuntimeException) busy;
            }
        }
        Snapshot snapshot = new Snapshot(
                ACME, STREAM, EventVersion.of(1), "f", 1, EventHash.NONE, PAST, PAST, "{}", "checksum", PAST);
        store.snapshots().save(snapshot);
        store.snapshots().save(snapshot);
        store.snapshots().find(ACME, STREAM, "f", 1, AsOf.now());
        store.snapshots().deleteOlderThan(ACME, Instant.now(), 0);
        store.statistics().tenant(ACME);
        store.statistics().stream(ACME, STREAM);
        try (Connection host = pool.getConnection()) {
            host.setAutoCommit(false);
            store.joining(host).head(ACME);
            host.rollback();
        }
    }

    /** A projector that is only asked for its name. */
    private record NoProjector(String name, int version) implements Projector {

        NoProjector() {
            this("counts", 1);
        }

        @Override
        public Set<String> eventTypes() {
            return Set.of();
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {}

        @Override
        public void reset(ProjectionContext context) {}
    }

    @FunctionalInterface
    private interface Work {
        void by(HikariDataSource pool) throws SQLException;
    }
}
