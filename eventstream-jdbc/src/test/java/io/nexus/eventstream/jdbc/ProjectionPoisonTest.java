package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one tenant does to the others. */
class ProjectionPoisonTest {

    @Test
    void aPoisonEventStopsItsOwnTenantAndNoneOfFiftyOthers() {
        AtomicBoolean mended = new AtomicBoolean();
        List<ProjectionStatus> told = Collections.synchronizedList(new ArrayList<>());
        Journal journal = new Journal("journal", event -> bear(event, mended));
        TenantId sick = TenantId.of("sick");
        try (FreshDatabase database = FreshDatabase.migrated();
                ProjectionEngine engine = builder(database, journal)
                        .workers(4)
                        .maxAttempts(3)
                        .backOff(Duration.ofMillis(1), Duration.ofMillis(5))
                        .listener(new ProjectionListener() {
                            @Override
                            public void onFailed(ProjectionStatus status) {
                                told.add(status);
                            }
                        })
                        .build()) {
            PostgresEventStore store = database.store();
            for (TenantId tenant : tenants(50)) {
                FreshDatabase.fill(store, tenant, 60, 5);
            }
            FreshDatabase.fill(store, sick, 20, 5);
            store.append(
                    sick, FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a", "poison", "b"));
            FreshDatabase.fill(store, sick, 20, 5);

            engine.start();

            await().until(() -> journal.isAtRest(database));
            assertThat(database.query("""
                            SELECT state, checkpoint, count(*) FROM eventstream.projections GROUP BY 1, 2 ORDER BY 1
                            """)).containsExactly("failed|20|1", "running|60|50");
            assertThat(database.query("""
                            SELECT failed_position, error, stack_trace LIKE '%ProjectionPoisonTest.bear%', lease_owner
                            FROM eventstream.projections WHERE tenant_id = 'sick'
                            """)).containsExactly("22|java.lang.IllegalStateException|t|null");
            assertThat(database.query(
                            "SELECT max(position), count(*) FROM public.journal_v1_a WHERE tenant_id = 'sick'"))
                    .containsExactly("20|20");
            await().until(() -> !told.isEmpty());
            assertThat(told).hasSize(1);
            assertThat(told.get(0).tenant()).isEqualTo(sick);

            mended.set(true);
            engine.resume(sick, "journal");
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);
        }
    }

    @Test
    void aTenantWithALongWayToGoKeepsNoneOfTwentyOthersWaiting() {
        Journal journal = new Journal("journal");
        TenantId noisy = TenantId.of("noisy");
        try (FreshDatabase database = FreshDatabase.migrated();
                ProjectionEngine engine = builder(database, journal).workers(1).build()) {
            PostgresEventStore store = database.store();
            FreshDatabase.fill(store, noisy, 20_000, 50);
            for (TenantId tenant : tenants(20)) {
                FreshDatabase.fill(store, tenant, 50, 5);
            }

            engine.start();

            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);
            long before = Long.parseLong(database.query("""
                            SELECT count(*) FROM public.journal_v1_a
                            WHERE tenant_id = 'noisy'
                              AND seq < (SELECT max(seq) FROM public.journal_v1_a WHERE tenant_id <> 'noisy')
                            """).get(0));
            assertThat(before)
                    .as("events of the noisy tenant that were handled before the last of a small one")
                    .isLessThan(10_000);
        }
    }

    private static void bear(RecordedEvent event, AtomicBoolean mended) {
        if (event.payload() instanceof Noted noted && noted.text().equals("poison") && !mended.get()) {
            throw new IllegalStateException("a note that cannot be borne");
        }
    }

    private static List<TenantId> tenants(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> TenantId.of("tenant-" + i))
                .toList();
    }

    private static ProjectionEngineBuilder builder(FreshDatabase database, Journal journal) {
        return ProjectionEngine.builder(database.store()).projector(journal).pollInterval(Duration.ofMillis(20));
    }
}
