package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.examples.finance.AccountBalanceReader;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.inventory.CurrentStock;
import io.nexus.eventstream.examples.inventory.CurrentStockReader;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The engine of this run with both read models, and what is needed to watch them. */
final class ReadModels implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final ProgressBars bars;
    private final ProjectionEngine engine;
    private final AccountBalanceReader balances;
    private final CurrentStockReader stock;

    ReadModels(Screen screen, Database database) {
        bars = new ProgressBars(screen);
        engine = database.engine()
                .projector(new AccountBalances())
                .projector(new CurrentStock())
                .listener(bars)
                .workers(2)
                // A run that was ended from outside must not keep the next one waiting for long.
                .lease(Duration.ofSeconds(5))
                .build();
        balances = new AccountBalanceReader(engine, database.dataSource());
        stock = new CurrentStockReader(engine, database.dataSource());
    }

    ProgressBars bars() {
        return bars;
    }

    ProjectionEngine engine() {
        return engine;
    }

    AccountBalanceReader balances() {
        return balances;
    }

    CurrentStockReader stock() {
        return stock;
    }

    /** Returns how the build that is read stands; empty if there is none yet. */
    Optional<ProjectionStatus> live(TenantId tenant, String projection) {
        return engine.status(tenant, projection).stream()
                .filter(status -> status.role() == SlotRole.LIVE)
                .findFirst();
    }

    /** Returns whether there is no other build beside the one that is read. */
    boolean isNotBeingBuilt(TenantId tenant, String projection) {
        return engine.status(tenant, projection).stream().noneMatch(status -> status.role() == SlotRole.BUILDING);
    }

    /** Waits until a read model holds all that its tenant's log holds. */
    void awaitCaughtUp(TenantId tenant, String projection) {
        await(
                tenant,
                projection,
                () -> live(tenant, projection)
                        .filter(status -> status.lagInEvents() == 0)
                        .isPresent());
    }

    /**
     * Waits until something about a projection has come true.
     *
     * @throws UsageException if the projection fails, or it takes too long
     */
    void await(TenantId tenant, String projection, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            engine.status(tenant, projection).stream()
                    .filter(status -> status.state() == ProjectionState.FAILED)
                    .findFirst()
                    .ifPresent(status -> {
                        throw new UsageException("The read model %s of tenant %s stands still: %s"
                                .formatted(
                                        projection,
                                        tenant,
                                        reason(status.failure().orElse(null))));
                    });
            if (System.nanoTime() > end || !paused()) {
                throw new UsageException("The read model %s of tenant %s is not done after %s: %s"
                        .formatted(projection, tenant, Screen.time(PATIENCE), engine.status(tenant, projection)));
            }
        }
    }

    @Override
    public void close() {
        engine.close();
    }

    private static String reason(@Nullable ProjectionFailure failure) {
        return failure == null ? "nobody knows why" : failure.error();
    }

    /** Returns whether nobody interrupted the pause. */
    private static boolean paused() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
