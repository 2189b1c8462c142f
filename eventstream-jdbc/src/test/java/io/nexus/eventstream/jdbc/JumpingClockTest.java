package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database's clock jumps after an append has compared it with the caller's, and before it is recorded. */
class JumpingClockTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClockThatJumpsWhileAnAppendWaitsForItsLaneDoesNotMoveTheLogIntoTheFuture(boolean groups) throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (ContractDatabase database = ContractDatabase.create(migrator -> migrator);
                Connection host = database.pool().getConnection()) {
            PostgresEventStore store = PostgresEventStore.builder(
                            database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                    .laneTimeout(Duration.ofMinutes(1))
                    .groupCommit(groups)
                    .build();
            store.ensureTenant(ACME);
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            Future<?> waiting =
                    threads.submit(() -> store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")));
            await().until(() -> database.database()
                    .query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND cardinality(pg_blocking_pids(pid)) > 0")
                    .equals(List.of("1")));

            database.shift(Duration.ofDays(365));
            host.commit();

            assertThatThrownBy(() -> waiting.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClockSuspectException.class);
            assertThat(store.head(ACME)).isEmpty();
            database.shift(Duration.ZERO);
            assertThat(store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b"))
                            .recordedAt())
                    .isBefore(Instant.now().plusSeconds(60));
        } finally {
            threads.shutdownNow();
        }
    }
}
