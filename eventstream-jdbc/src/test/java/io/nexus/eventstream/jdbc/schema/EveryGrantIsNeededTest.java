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
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.StoredProjection;
import io.nexus.eventstream.spi.TenantHead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rights of each role are enough for what it is there for, and each is one without which something fails. */
class EveryGrantIsNeededTest {

    private static final SchemaRoles ROLES = FreshDatabase.newRoles();
    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    private static final ProjectionKey KEY = new ProjectionKey(ACME, "counts", "v1_a", 0);
    private static final KeyPair PAIR = pair();
    private static final SealKeys KEYS = SealKeys.of("k1", PAIR.getPublic());

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

    @Test
    void theReadersAre() {
        everyGrantIsNeeded(ROLES.reader(), EveryGrantIsNeededTest::report);
    }

    @Test
    void theAuditorsAre() {
        everyGrantIsNeeded(ROLES.auditor(), EveryGrantIsNeededTest::prove);
    }

    @Test
    void thoseOfMaintenanceAre() {
        everyGrantIsNeeded(ROLES.maintenance(), EveryGrantIsNeededTest::maintain);
    }

    /** A seal that nobody signed stays, so an auditor, who is to read, makes none. */
    @Test
    void whoSealsIsAMemberOfAuditorAndOfMaintenance() {
        try (HikariDataSource auditor = database.poolOfMember(config -> {}, ROLES.auditor());
                HikariDataSource sealer = database.poolOfMember(config -> {}, ROLES.auditor(), ROLES.maintenance())) {
            database.store().append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "to be sealed"));

            assertThat(catchThrowable(() -> seals(store(auditor)).seal(ACME)))
                    .hasStackTraceContaining("permission denied for function seal_v1");
            assertThat(seals(store(sealer)).seal(ACME)).isPresent();
        }
    }

    private static Seals seals(PostgresEventStore store) {
        return Seals.of(store, Ed25519Signer.of("k1", PAIR.getPrivate()), KEYS);
    }

    private static void everyGrantIsNeeded(String role, Work work) {
        List<String> needless = new ArrayList<>();
        try (HikariDataSource pool = database.poolOfMember(config -> {}, role)) {
            assertThat(catchThrowable(() -> workAndValidate(work, pool)))
                    .as("with all rights")
                    .isNull();
            for (String grant :
                    database.query("""
                    SELECT w.kind, w.name, w.privilege FROM (%s) w WHERE w.role = '%s'
                    """.formatted(SchemaPrivileges.wanted(SchemaName.DEFAULT, ROLES), role))) {
                String[] parts = grant.split("\\|", -1);
                String object = parts[0].equals("SCHEMA") ? parts[1] : "eventstream." + parts[1];
                database.execute("REVOKE %s ON %s %s FROM %s".formatted(parts[2], parts[0], object, role));
                Throwable failure = catchThrowable(() -> workAndValidate(work, pool));
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

    /** What takes longest comes last: hardly anybody gets there with a right missing. */
    private static void workAndValidate(Work work, HikariDataSource pool) throws SQLException {
        work.by(pool);
        SchemaMigrator.of(pool).validate();
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

    /** What whoever reads meets: a lane that is busy where a moment is not final yet, and a transaction of the host. */
    private static void readInEveryWay(HikariDataSource pool) throws SQLException {
        PostgresEventStore store = store(pool);
        read(store);
        audit(pool);
        Instant justNow = store.head(ACME).orElseThrow().recordedAt().plusNanos(1_000);
        failsAtABusyLane(() -> store.positionAt(ACME, justNow));
        try (Connection host = pool.getConnection()) {
            host.setAutoCommit(false);
            store.joining(host).head(ACME);
            host.rollback();
        }
    }

    private static void failsAtABusyLane(ThrowingCallable call) throws SQLException {
        try (Connection lane = database.connect()) {
            lane.setAutoCommit(false);
            database.store().joining(lane).lockLanes(ACME);
            Throwable busy = catchThrowable(call);
            lane.rollback();
            if (!(busy instanceof LaneBusyException)) {
                throw (RuntimeException) busy;
            }
        }
    }

    private static void report(HikariDataSource pool) throws SQLException {
        readInEveryWay(pool);
        PostgresEventStore store = store(pool);
        store.projections().find(ACME, "counts");
        store.projections().parked(KEY, 10);
        store.snapshots().find(ACME, STREAM, "f", 1, AsOf.now());
        store.statistics().tenant(ACME);
        store.statistics().stream(ACME, STREAM);
    }

    private static void prove(HikariDataSource pool) throws SQLException {
        readInEveryWay(pool);
        PostgresEventStore store = store(pool);
        assertThat(LogVerifier.builder(store).keys(KEYS).build().verify(ACME).isIntact())
                .isTrue();
        LogExport.of(store).write(ACME, OutputStream.nullOutputStream());
        try (Connection connection = pool.getConnection()) {
            FreshDatabase.query(connection, "SELECT count(*) FROM eventstream.audit_log");
        }
    }

    private static void maintain(HikariDataSource pool) throws SQLException {
        audit(pool);
        PostgresEventStore store = store(pool);
        byte[] export = sealedExport("imported-" + UUID.randomUUID());
        LogImport.of(store).keys(KEYS).read(new ByteArrayInputStream(export));
        failsAtABusyLane(() -> LogImport.of(store).read(new ByteArrayInputStream(export(database.store(), ACME))));
        store.projections().blockers(KEY);
        store.snapshots().deleteOlderThan(ACME, Instant.now(), 0);
        store.statistics().tenant(ACME);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            if (connection.getMetaData().getDatabaseMajorVersion() >= 17) {
                // VACUUM and ANALYZE only warn.
                statement.execute("REINDEX INDEX eventstream.events_pkey");
            }
        }
    }

    /** Returns an export of two sealed events of a tenant that the database does not know. */
    private static byte[] sealedExport(String tenant) {
        InMemoryEventStore other = InMemoryEventStore.create(FreshDatabase.TYPES);
        TenantId owner = TenantId.of(tenant);
        other.append(owner, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a", "b"));
        Seals.of(other, Ed25519Signer.of("k1", PAIR.getPrivate()), KEYS).seal(owner);
        return export(other, owner);
    }

    private static byte[] export(ProvingEventStore store, TenantId tenant) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(store).write(tenant, out);
        return out.toByteArray();
    }

    private static void write(HikariDataSource pool) throws SQLException {
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
        PostgresEventStore store = store(pool);
        read(store);
        audit(pool);
        ProjectionStorage projections = store.projections();
        assertThat(projections.heads()).extracting(TenantHead::tenant).contains(ACME);
        projections.due(List.of(new NoProjector()), "me", Optional.empty(), 10);
        projections.due(List.of(new NoProjector()), "me", Optional.of(ACME), 10);
        StoredProjection build = StoredProjection.begin(KEY, 1, SlotRole.LIVE, Position.of(2));
        projections.transaction(ACME, in -> {
            in.save(build);
            in.lock("counts");
            in.advance(build, new Checkpoint(Position.of(1), EventHash.NONE), 1, Duration.ZERO);
            in.park(KEY, List.of(new ParkedEvent(Position.of(1), STREAM, "no", PAST)));
            in.unpark(KEY, Position.of(1));
            in.delete(KEY);
            return true;
        });
        projections.blockers(KEY);
        projections.now();
        failsAtABusyLane(() -> projections.transaction(ACME, in -> {
            in.lockLane();
            return true;
        }));
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

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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
