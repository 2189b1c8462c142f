package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.HashChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads append at random, repeat appends and lose races, and the tables are then compared with what they were told. */
class GroupCommitRaceTest {

    private static final int THREADS = 16;
    private static final int APPENDS = 60;
    private static final List<TenantId> TENANTS = List.of(TenantId.of("a"), TenantId.of("b"), TenantId.of("c"));

    private final AtomicInteger grouped = new AtomicInteger();
    private final AtomicLong conflicts = new AtomicLong();
    private final Map<TenantId, ConcurrentLinkedQueue<AppendResult>> told = new HashMap<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void whatCallersWereToldIsWhatTheTablesSay(int partitions) throws Exception {
        long seed = new Random().nextLong();
        TENANTS.forEach(tenant -> told.put(tenant, new ConcurrentLinkedQueue<>()));
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator.of(database.pool()).partitions(partitions).migrate();
            PostgresEventStore store = PostgresEventStore.builder(
                            database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                    .laneTimeout(Duration.ofMinutes(2))
                    .metrics(new AppendMetrics() {
                        @Override
                        public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
                            if (appends > 1) {
                                grouped.incrementAndGet();
                            }
                        }
                    })
                    .build();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(seed + i);
                    running.add(threads.submit(() -> write(store, random)));
                }
                for (Future<?> each : running) {
                    each.get(3, TimeUnit.MINUTES);
                }
            } finally {
                threads.shutdownNow();
            }

            for (TenantId tenant : TENANTS) {
                compare(store, tenant, seed);
            }
            assertThat(conflicts.get()).as("conflicts, seed %d", seed).isPositive();
            assertThat(grouped.get()).as("groups, seed %d", seed).isPositive();
        }
    }

    private void write(PostgresEventStore store, Random random) {
        for (int i = 0; i < APPENDS; i++) {
            TenantId tenant = TENANTS.get(random.nextInt(TENANTS.size()));
            List<StreamAppend> appends = new ArrayList<>();
            int streams = 1 + random.nextInt(3);
            for (int s = 0; s < streams; s++) {
                StreamId stream = StreamId.of("note", Integer.toString(random.nextInt(5) * 3 + s));
                ExpectedVersion expected = random.nextInt(3) == 0
                        ? ExpectedVersion.exactly(store.version(tenant, stream).value())
                        : ExpectedVersion.any();
                List<NewEvent> events = new ArrayList<>();
                for (int e = 0; e <= random.nextInt(3); e++) {
                    events.add(NewEvent.of(new FreshDatabase.Noted("note " + random.nextInt())));
                }
                appends.add(new StreamAppend(stream, expected, events));
            }
            try {
                AppendResult result = store.appendAll(tenant, appends);
                told.get(tenant).add(result);
                if (random.nextInt(5) == 0) {
                    AppendResult again = store.appendAll(tenant, appends);
                    assertThat(again.alreadyRecorded()).isTrue();
                    assertThat(again.events()).isEqualTo(result.events());
                    assertThat(again.recordedAt()).isEqualTo(result.recordedAt());
                }
            } catch (ConcurrencyException e) {
                conflicts.incrementAndGet();
            }
        }
    }

    /** Positions and versions without gaps, each told event where it was said to be and no other, the chain unbroken. */
    private void compare(PostgresEventStore store, TenantId tenant, long seed) {
        Map<Long, AppendedEvent> expected = new HashMap<>();
        told.get(tenant)
                .forEach(result -> result.events()
                        .forEach(event -> assertThat(
                                        expected.put(event.position().value(), event))
                                .isNull()));
        long position = 0;
        EventHash hash = EventHash.NONE;
        Map<StreamId, Long> versions = new HashMap<>();
        for (RecordedEvent event : store.walk(tenant, EventQuery.log())) {
            position++;
            long version = versions.merge(event.stream(), 1L, Long::sum);
            AppendedEvent place = expected.get(position);
            assertThat(event.position().value()).as("seed %d", seed).isEqualTo(position);
            assertThat(event.version().value()).as("seed %d", seed).isEqualTo(version);
            assertThat(place).as("seed %d, position %d", seed, position).isNotNull();
            assertThat(place.id()).isEqualTo(event.id());
            assertThat(place.version()).isEqualTo(event.version());
            hash = HashChain.link(hash, event.stored());
            assertThat(event.stored().hash())
                    .as("seed %d, position %d", seed, position)
                    .isEqualTo(hash);
        }
        assertThat(expected).as("seed %d", seed).hasSize((int) position);
    }
}
