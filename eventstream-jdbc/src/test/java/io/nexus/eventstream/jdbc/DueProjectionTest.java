package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine is told that it has to do. */
class DueProjectionTest {

    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final String COUNTS = "counts";
    private static final List<Projector> VERSION_TWO = List.of(new NoteCounts(COUNTS, 2));

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
    void aTenantWithoutALiveBuildNeedsOne() {
        TenantId tenant = withEvents("no build", 2);

        assertThat(due(tenant)).containsExactly(new DueProjection(tenant, COUNTS, Optional.empty(), Position.of(2)));
    }

    @Test
    void aTenantWithoutEventsNeedsNothing() {
        TenantId tenant = TenantId.of("no events");
        store.ensureTenant(tenant);

        assertThat(due(tenant)).isEmpty();
    }

    @Test
    void aLiveBuildIsDueWhereItIsNotAtTheHead() {
        TenantId behind = withEvents("behind", 2);
        TenantId there = withEvents("there", 2);
        TenantId ahead = withEvents("ahead", 2);
        StoredProjection late = save(build(behind, "v2_a", 2, SlotRole.LIVE, 1));
        save(build(there, "v2_a", 2, SlotRole.LIVE, 2));
        StoredProjection rewound = save(build(ahead, "v2_a", 2, SlotRole.LIVE, 3));

        assertThat(due(behind)).containsExactly(new DueProjection(behind, COUNTS, Optional.of(late), Position.of(2)));
        assertThat(due(there)).isEmpty();
        assertThat(due(ahead)).extracting(DueProjection::stored).containsExactly(Optional.of(rewound));
    }

    @Test
    void aLiveBuildOfAnOldVersionCallsForANewOne() {
        TenantId tenant = withEvents("old version", 2);
        save(build(tenant, "v1_a", 1, SlotRole.LIVE, 1));

        assertThat(due(tenant)).extracting(DueProjection::stored).containsExactly(Optional.empty());
        StoredProjection building = save(build(tenant, "v2_a", 2, SlotRole.BUILDING, 2));
        assertThat(due(tenant)).extracting(DueProjection::stored).containsExactly(Optional.of(building));
    }

    @Test
    void aLiveBuildOfANewerVersionIsLeftToNewerNodes() {
        TenantId tenant = withEvents("new version", 2);
        save(build(tenant, "v3_a", 3, SlotRole.LIVE, 1));

        assertThat(due(tenant)).isEmpty();
    }

    @Test
    void aBuildIsDuePartByPartUntilItIsSwitched() {
        TenantId tenant = withEvents("parts", 2);
        save(build(tenant, "v2_b", 2, SlotRole.LIVE, 2));
        StoredProjection building = build(tenant, "v2_a", 2, SlotRole.BUILDING, 2);
        StoredProjection first = save(building.asPart(0, 2));
        StoredProjection second = save(building.asPart(1, 2));

        assertThat(due(tenant))
                .extracting(DueProjection::stored)
                .containsExactlyInAnyOrder(Optional.of(first), Optional.of(second));
    }

    @Test
    void whatDoesNotRunIsNotDue() {
        for (ProjectionState state : List.of(ProjectionState.PAUSED, ProjectionState.FAILED)) {
            TenantId tenant = withEvents("at rest " + state, 2);
            save(build(tenant, "v2_a", 2, SlotRole.LIVE, 1).withState(state, Optional.empty()));
            save(build(tenant, "v2_b", 2, SlotRole.PREVIOUS, 1));

            assertThat(due(tenant)).isEmpty();
        }
    }

    @Test
    void whatAnotherEngineHasIsNotDueUntilItsLeaseRunsOut() {
        TenantId tenant = withEvents("leased", 2);
        StoredProjection live = save(build(tenant, "v2_a", 2, SlotRole.LIVE, 1));
        assertThat(storage.acquire(live.key(), "another", Duration.ofMinutes(1)))
                .isPresent();

        assertThat(due(tenant)).isEmpty();
        assertThat(storage.due(VERSION_TWO, "another", Optional.of(tenant), 10)).hasSize(1);
        database.execute(
                "UPDATE eventstream.projections SET lease_until = eventstream.clock() WHERE tenant_id = 'leased'");
        assertThat(due(tenant)).hasSize(1);
    }

    @Test
    void nothingIsDueWithoutProjectors() {
        withEvents("nobody asks", 1);

        assertThat(storage.due(List.of(), "me", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void allTenantsAreLookedAtAndThoseThatWaitedLongestComeFirst() {
        try (FreshDatabase other = FreshDatabase.migrated()) {
            PostgresEventStore ofOther = other.store();
            Set<TenantId> tenants = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                TenantId tenant = TenantId.of("tenant %02d".formatted(i));
                tenants.add(tenant);
                ofOther.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            }
            for (int i = 0; i < 3; i++) {
                StoredProjection live = build(TenantId.of("tenant %02d".formatted(i)), "v2_a", 2, SlotRole.LIVE, 0);
                ofOther.projections().transaction(live.key().tenant(), in -> {
                    in.save(live);
                    return true;
                });
            }
            other.execute(
                    "UPDATE eventstream.projections SET updated_at = updated_at - interval '1 hour' WHERE tenant_id = 'tenant 02'",
                    "UPDATE eventstream.projections SET updated_at = updated_at - interval '2 hours' WHERE tenant_id = 'tenant 01'");
            ProjectionStorage ofOthers = ofOther.projections();

            List<DueProjection> due = ofOthers.due(
                    List.of(new NoteCounts(COUNTS, 2), new NoteCounts("second", 1)), "me", Optional.empty(), 1000);

            assertThat(due).hasSize(120);
            assertThat(due).extracting(DueProjection::tenant).containsAll(tenants);
            assertThat(due).filteredOn(each -> each.stored().isPresent()).hasSize(3);
            assertThat(due.subList(0, 2))
                    .extracting(each -> each.tenant().value())
                    .containsExactly("tenant 01", "tenant 02");
            assertThat(ofOthers.due(VERSION_TWO, "me", Optional.empty(), 7)).hasSize(7);
            assertThat(ofOthers.heads()).hasSize(60);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void theHeadOfEachLogIsOneProbeOfItsIndex(int partitions) throws SQLException {
        try (FreshDatabase other = FreshDatabase.empty()) {
            SchemaMigrator.of(other.pool()).partitions(partitions).migrate();
            PostgresEventStore ofOther = other.store();
            for (int i = 0; i < 50; i++) {
                FreshDatabase.fill(ofOther, TenantId.of("tenant " + i), i == 0 ? 3_000 : 40, 5);
            }
            other.execute("ANALYZE");
            for (String function : List.of("due_v1", "heads_v1")) {
                String sql = String.join(
                                "\n",
                                other.query("SELECT prosrc FROM pg_proc WHERE proname = '%s'".formatted(function)))
                        .replace("p_names", "$1::text[]")
                        .replace("p_versions", "$2::integer[]")
                        .replace("p_owner", "$3::text")
                        .replace("p_limit", "$4::bigint");
                List<String> plan = genericPlan(other, sql);

                assertThat(plan)
                        .as(String.join("\n", plan))
                        .noneMatch(line -> line.contains("Seq Scan on events"))
                        .anyMatch(line -> line.matches(".*Index (Only )?Scan Backward using events(_\\d)?_pkey.*"));
                assertThat(new TreeSet<>(rowsReadOfEvents(plan)))
                        .as(String.join("\n", plan))
                        .isSubsetOf(Set.of("0", "1"));
            }
        }
    }

    /** Returns how many rows each scan of the events gave, on average of its loops. */
    private static List<String> rowsReadOfEvents(List<String> plan) {
        return plan.stream()
                .filter(line -> line.contains(" on events") && line.contains("actual rows"))
                .map(line -> line.replaceAll(".*actual rows=(\\d+).*", "$1"))
                .toList();
    }

    private static List<String> genericPlan(FreshDatabase other, String sql) throws SQLException {
        try (Connection connection = other.connect()) {
            FreshDatabase.query(connection, "SELECT set_config('plan_cache_mode', 'force_generic_plan', false)");
            connection.createStatement().execute("PREPARE looked_at AS " + sql);
            return FreshDatabase.query(
                    connection,
                    "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE looked_at"
                            + (sql.contains("$1") ? "('{counts,second}', '{1,2}', 'me', 100)" : ""));
        }
    }

    private static List<DueProjection> due(TenantId tenant) {
        return storage.due(VERSION_TWO, "me", Optional.of(tenant), 10);
    }

    private static TenantId withEvents(String name, int events) {
        TenantId tenant = TenantId.of(name);
        for (int i = 0; i < events; i++) {
            store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
        }
        return tenant;
    }

    private static StoredProjection build(TenantId tenant, String slot, int version, SlotRole role, long checkpoint) {
        return StoredProjection.begin(new ProjectionKey(tenant, COUNTS, slot, 0), version, role, Position.of(2))
                .withCheckpoint(new Checkpoint(Position.of(checkpoint), EventHash.NONE), 0, 0);
    }

    private static StoredProjection save(StoredProjection projection) {
        storage.transaction(projection.key().tenant(), in -> {
            in.save(projection);
            return true;
        });
        return projection;
    }
}
