package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the projection engine's memory does, call by call. */
class ProjectionStorageTest {

    private static final String COUNTS = "counts";
    private static final StreamId CASH = StreamId.of("note", "cash");
    private static final StreamId BANK = StreamId.of("note", "bank");

    private static FreshDatabase database;
    private static PostgresEventStore store;
    private static ProjectionStorage storage;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
        store = database.store();
        storage = store.projections();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void everythingThatIsSavedIsFoundAgain() {
        TenantId tenant = TenantId.of("saved");
        Instant moment = Instant.parse("2026-01-02T03:04:05.678901Z");
        StoredProjection saved = new StoredProjection(
                new ProjectionKey(tenant, COUNTS, "v2_b", 3),
                4,
                2,
                SlotRole.BUILDING,
                ProjectionState.FAILED,
                true,
                true,
                new Checkpoint(Position.of(17), hash(7)),
                Position.of(99),
                123,
                5,
                Optional.of(new ProjectionFailure(Position.of(18), "broken: ä", "at line 1", moment)),
                42,
                Optional.of("engine 1"),
                Optional.of(moment.plusSeconds(30)));
        StoredProjection plain = begin(tenant, "v1_a", SlotRole.LIVE);

        save(saved);
        save(plain);

        assertThat(storage.find(tenant, COUNTS)).containsExactly(plain, saved);
        assertThat(storage.names(tenant)).containsExactly(COUNTS);
        assertThat(storage.find(TenantId.of("another"), COUNTS)).isEmpty();
        save(saved.withState(ProjectionState.RUNNING, Optional.empty()));
        assertThat(storage.find(tenant, COUNTS).get(1).failure()).isEmpty();
    }

    @Test
    void aFailureWithCharactersThatCannotBeStoredIsKeptWithoutThem() {
        TenantId tenant = TenantId.of("nul");
        save(begin(tenant, "v1_a", SlotRole.LIVE)
                .withState(
                        ProjectionState.FAILED,
                        Optional.of(new ProjectionFailure(Position.of(1), "a\0b", "c\0d", Instant.EPOCH))));

        ProjectionFailure failure =
                storage.find(tenant, COUNTS).get(0).failure().orElseThrow();

        assertThat(failure.error()).isEqualTo("ab");
        assertThat(failure.stackTrace()).isEqualTo("cd");
    }

    @Test
    void aSecondLiveBuildIsRefused() {
        TenantId tenant = TenantId.of("two live");
        save(begin(tenant, "v1_a", SlotRole.LIVE));

        assertThatThrownBy(() -> save(begin(tenant, "v1_b", SlotRole.LIVE)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("projections_live_key");
        assertThat(storage.find(tenant, COUNTS)).hasSize(1);
    }

    @Test
    void aCheckpointMovesOnlyFromWhereTheCallerBelievesItIs() {
        TenantId tenant = TenantId.of("moves");
        StoredProjection begun = begin(tenant, "v1_a", SlotRole.LIVE);
        save(begun);
        StoredProjection held =
                storage.acquire(begun.key(), "me", Duration.ofMinutes(1)).orElseThrow();
        Checkpoint five = new Checkpoint(Position.of(5), hash(5));

        assertThat(storage.<OptionalLong>transaction(tenant, in -> in.advance(held, five, 4, Duration.ofHours(1))))
                .hasValue(0);
        assertThat(storage.<OptionalLong>transaction(tenant, in -> in.advance(held, five, 4, Duration.ofHours(1))))
                .isEmpty();

        StoredProjection now = storage.find(tenant, COUNTS).get(0);
        assertThat(now.checkpoint()).isEqualTo(five);
        assertThat(now.handled()).isEqualTo(4);
        assertThat(now.leaseToken()).isEqualTo(1);
        assertThat(now.leaseUntil().orElseThrow()).isAfter(storage.now().plus(50, ChronoUnit.MINUTES));
    }

    @Test
    void aCheckpointOfAProjectionThatDoesNotRunStays() {
        TenantId tenant = TenantId.of("paused");
        StoredProjection paused =
                begin(tenant, "v1_a", SlotRole.LIVE).withState(ProjectionState.PAUSED, Optional.empty());
        save(paused);
        Checkpoint one = new Checkpoint(Position.of(1), hash(1));

        assertThat(storage.<OptionalLong>transaction(tenant, in -> in.advance(paused, one, 1, Duration.ZERO)))
                .isEmpty();
    }

    @Test
    void anAdvanceWithoutALeaseLeavesTheLeaseAlone() {
        TenantId tenant = TenantId.of("locked");
        StoredProjection begun = begin(tenant, "v1_a", SlotRole.LIVE);
        save(begun);
        StoredProjection leased =
                storage.acquire(begun.key(), "me", Duration.ofMinutes(1)).orElseThrow();
        Checkpoint one = new Checkpoint(Position.of(1), hash(1));

        assertThat(storage.<OptionalLong>transaction(tenant, in -> {
                    in.lock(COUNTS);
                    return in.advance(begun, one, 1, Duration.ZERO);
                }))
                .hasValue(0);
        StoredProjection now = storage.find(tenant, COUNTS).get(0);
        assertThat(now.leaseUntil()).isEqualTo(leased.leaseUntil());
        assertThat(now.leaseToken()).isEqualTo(1);
    }

    @Test
    void whatIsPutAsideIsCountedAndTakenBackInOrder() {
        TenantId tenant = TenantId.of("parked");
        StoredProjection live = begin(tenant, "v1_a", SlotRole.LIVE);
        ProjectionKey key = live.key();
        ParkedEvent first = new ParkedEvent(Position.of(3), CASH, "bro\0ken", Instant.parse("2026-01-01T00:00:00Z"));
        ParkedEvent second = new ParkedEvent(Position.of(9), CASH, "", Instant.parse("2026-01-01T00:00:01.000001Z"));
        ParkedEvent other = new ParkedEvent(Position.of(5), BANK, "broken", Instant.EPOCH);
        save(live);

        storage.transaction(tenant, in -> {
            in.park(key, List.of(second, first, other));
            return true;
        });

        ParkedEvent firstAsKept = new ParkedEvent(first.position(), CASH, "broken", first.parkedAt());
        assertThat(storage.parked(key, 10)).containsExactly(firstAsKept, other, second);
        assertThat(storage.parked(key, 1)).containsExactly(firstAsKept);
        assertThat(storage.find(tenant, COUNTS).get(0).parked()).isEqualTo(3);
        storage.transaction(tenant, in -> {
            assertThat(in.parked(key, CASH, 10)).containsExactly(firstAsKept, second);
            assertThat(in.parkedStreams(key, List.of(CASH, StreamId.of("note", "x"))))
                    .containsExactly(CASH);
            assertThat(in.parkedStreams(key, List.of())).isEmpty();
            in.unpark(key, Position.of(3));
            in.unpark(key, Position.of(4));
            return true;
        });
        assertThat(storage.find(tenant, COUNTS).get(0).parked()).isEqualTo(2);
        storage.transaction(tenant, in -> {
            in.delete(key);
            return true;
        });
        assertThat(storage.find(tenant, COUNTS)).isEmpty();
        assertThat(storage.parked(key, 10)).isEmpty();
    }

    @Test
    void theLogIsLookedUpByPosition() {
        TenantId tenant = TenantId.of("log");
        store.append(tenant, FreshDatabase.notes(CASH, ExpectedVersion.any(), "a"));
        store.append(tenant, FreshDatabase.notes(CASH, ExpectedVersion.any(), "b"));
        List<RecordedEvent> events = store.read(tenant, EventQuery.log()).events();

        assertThat(storage.hashAt(tenant, Position.of(2)))
                .contains(store.head(tenant).orElseThrow().hash());
        assertThat(storage.hashAt(tenant, Position.of(3))).isEmpty();
        assertThat(storage.recordedAfter(tenant, Position.of(1)))
                .contains(events.get(1).recordedAt());
        assertThat(storage.recordedAfter(tenant, Position.of(2))).isEmpty();
        assertThat(storage.heads())
                .filteredOn(head -> head.tenant().equals(tenant))
                .singleElement()
                .satisfies(head -> assertThat(head.head()).isEqualTo(Position.of(2)));
    }

    @Test
    void theClockIsTheDatabases() {
        Instant before = Instant.parse(database.query(
                        "SELECT to_char(eventstream.clock() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                .get(0));

        assertThat(storage.now()).isAfterOrEqualTo(before);
        assertThat(storage.<Instant>transaction(TenantId.of("t"), in -> in.now()))
                .isAfterOrEqualTo(before);
    }

    @Test
    void whatTheWorkThrowsComesBackAndNothingStays() {
        TenantId tenant = TenantId.of("throws");

        assertThatThrownBy(() -> storage.transaction(tenant, in -> {
                    in.save(begin(tenant, "v1_a", SlotRole.LIVE));
                    throw new IllegalArgumentException("of the work");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("of the work");
        assertThat(storage.find(tenant, COUNTS)).isEmpty();
    }

    @Test
    void aTransactionOfTheMomentLeavesNothing() {
        TenantId tenant = TenantId.of("moment");

        int seen = storage.rolledBack(tenant, in -> {
            in.save(begin(tenant, "v1_a", SlotRole.LIVE));
            return in.lock(COUNTS).size();
        });

        assertThat(seen).isEqualTo(1);
        assertThat(storage.find(tenant, COUNTS)).isEmpty();
    }

    @Test
    void aConnectionThatBreaksIsTheStoragesFaultAndNotTheWorks() {
        TenantId tenant = TenantId.of("breaks");
        IllegalStateException ofTheWork = new IllegalStateException("the projector saw it first");

        assertThatThrownBy(() -> storage.transaction(tenant, in -> {
                    try {
                        FreshDatabase.query(
                                in.resource(Connection.class), "SELECT pg_terminate_backend(pg_backend_pid())");
                    } catch (SQLException e) {
                        throw ofTheWork;
                    }
                    return true;
                }))
                .isInstanceOf(StorageException.class)
                .hasCause(ofTheWork);
    }

    @Test
    void aWorkThatFailsByItselfIsNoFaultOfTheStorage() {
        SQLException withoutState = new SQLException("some driver");

        assertThatThrownBy(() -> storage.transaction(TenantId.of("t"), in -> {
                    throw new IllegalStateException(withoutState);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(withoutState);
    }

    @Test
    void onlyTheConnectionIsAResource() {
        assertThatThrownBy(() -> storage.transaction(TenantId.of("t"), in -> in.resource(String.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "this transaction has no java.lang.String: a projector on PostgreSQL works with resource(java.sql.Connection.class)");
    }

    @Test
    void aProjectionOfAnotherTenantIsRefused() {
        StoredProjection other = begin(TenantId.of("b"), "v1_a", SlotRole.LIVE);

        assertThatThrownBy(() -> storage.transaction(TenantId.of("a"), in -> {
                    in.save(other);
                    return true;
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the transaction is about tenant a, the projection belongs to b");
    }

    @Test
    void theLaneOfAnUnknownTenantCannotBeTaken() {
        assertThatThrownBy(() -> storage.transaction(TenantId.of("nobody"), in -> {
                    in.lockLane();
                    return true;
                }))
                .isInstanceOf(TenantNotFoundException.class);
    }

    @Test
    void twoBuildsAreComparedOverTheirCommonColumnsAndThisTenantsRows() {
        TenantId tenant = TenantId.of("compared");
        database.execute(
                "CREATE SCHEMA model",
                "CREATE TABLE model.sums_v1_a (tenant_id text, \"of Who\" text, amount numeric, extra json, old int)",
                "CREATE TABLE model.sums_v2_a (tenant_id text, amount numeric, \"of Who\" text, extra json, gained int)",
                "INSERT INTO model.sums_v1_a VALUES ('compared', 'same', 1.0, '{\"a\":1}'), ('compared', 'gone', 2, null),"
                        + " ('compared', 'twice', 4, null), ('other', 'x', 1, null)",
                "INSERT INTO model.sums_v2_a VALUES ('compared', 1.00, 'same', '{\"a\":1}'), ('compared', 3, 'new', null),"
                        + " ('compared', 4, 'twice', null), ('compared', 4, 'twice', null)");

        List<ReadModelDifference> differences =
                storage.rolledBack(tenant, in -> in.compare(Set.of("model.sums"), "v1_a", "v2_a", 20));

        assertThat(differences)
                .extracting(
                        ReadModelDifference::table,
                        ReadModelDifference::build,
                        difference -> difference.row().replaceAll(".*\"of Who\": \"(\\w+)\".*", "$1"))
                .containsExactlyInAnyOrder(
                        tuple("model.sums", SlotRole.LIVE, "gone"),
                        tuple("model.sums", SlotRole.BUILDING, "new"),
                        tuple("model.sums", SlotRole.BUILDING, "twice"));
        assertThat(storage.<List<ReadModelDifference>>rolledBack(
                        tenant, in -> in.compare(Set.of("model.sums"), "v1_a", "v2_a", 2)))
                .hasSize(2);
        assertThatThrownBy(() -> storage.rolledBack(tenant, in -> in.compare(Set.of("absent"), "v1_a", "v2_a", 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no table absent_v1_a to compare");
    }

    @ParameterizedTest
    @MethodSource("io.nexus.eventstream.jdbc.PoolSettingsTest#settings")
    void theSettingsOfAPooledConnectionArePutBack(PoolSettingsTest.Settings settings) throws SQLException {
        TenantId tenant = TenantId.of("pool " + settings);
        try (HikariDataSource pool = database.poolWith(config -> {
            config.setMaximumPoolSize(1);
            config.setAutoCommit(settings.autoCommit());
            config.setReadOnly(settings.readOnly());
            config.setTransactionIsolation(Integer.toString(settings.isolation()));
            config.setConnectionTimeout(2_000);
        })) {
            PostgresEventStore ofPool = PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                    .inline(new NoteCounts("pooled", 1))
                    .build();
            ofPool.append(tenant, FreshDatabase.notes(CASH, ExpectedVersion.noStream(), "a"));
            assertThatThrownBy(() -> ofPool.append(tenant, FreshDatabase.notes(CASH, ExpectedVersion.any(), "fail")))
                    .isInstanceOf(ProjectionException.class);
            String level = ofPool.projections().transaction(tenant, in -> {
                try {
                    return FreshDatabase.query(in.resource(Connection.class), "SHOW transaction_isolation")
                            .get(0);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(level).isEqualTo("read committed");
            assertThat(ofPool.projections().find(tenant, "pooled").get(0).handled())
                    .isEqualTo(1);
            try (Connection connection = pool.getConnection()) {
                assertThat(PoolSettingsTest.Settings.of(connection)).isEqualTo(settings);
                assertThat(FreshDatabase.query(connection, "SHOW transaction_isolation"))
                        .containsExactly(
                                switch (settings.isolation()) {
                                    case Connection.TRANSACTION_REPEATABLE_READ -> "repeatable read";
                                    case Connection.TRANSACTION_SERIALIZABLE -> "serializable";
                                    default -> "read committed";
                                });
            }
        }
    }

    private static StoredProjection begin(TenantId tenant, String slot, SlotRole role) {
        return StoredProjection.begin(new ProjectionKey(tenant, COUNTS, slot, 0), 1, role, Position.START);
    }

    private static void save(StoredProjection projection) {
        storage.transaction(projection.key().tenant(), in -> {
            in.save(projection);
            return true;
        });
    }

    private static EventHash hash(int first) {
        byte[] bytes = new byte[EventHash.LENGTH];
        bytes[0] = (byte) first;
        return EventHash.of(bytes);
    }
}
