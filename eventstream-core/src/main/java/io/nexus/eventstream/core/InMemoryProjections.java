package io.nexus.eventstream.core;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** One tenant's projections and read models. */
final class InMemoryProjections {

    final InMemoryLog log;

    // What row locks are elsewhere. Held by a transaction from its first look at a projection to its end.
    final ReentrantLock lock = new ReentrantLock();

    // Changed under lock and at a moment of the log, and so may be read under either of them.
    private ProjectionRows rows = new ProjectionRows();
    private final Map<String, Map<Object, Object>> tables = new HashMap<>();

    InMemoryProjections(InMemoryLog log) {
        this.log = log;
    }

    /** Returns something about what is committed. */
    <T> T read(Function<ProjectionRows, T> reading) {
        return log.atOneMoment(() -> reading.apply(rows));
    }

    /** Returns a copy of the committed tables. */
    Map<String, Map<Object, Object>> tables() {
        return log.atOneMoment(() -> {
            Map<String, Map<Object, Object>> copy = new HashMap<>();
            tables.forEach((name, table) -> copy.put(name, Map.copyOf(table)));
            return Map.copyOf(copy);
        });
    }

    /** Returns a copy to be changed by whoever holds the lock. */
    ProjectionRows stagedRows() {
        return rows.copy();
    }

    /** Returns the tables for whoever holds the lock. */
    StagedTables stagedTables() {
        return new StagedTables(tables);
    }

    /** Puts what a transaction has changed in place of what was; called under the lock and at a moment of the log. */
    void replace(ProjectionRows newRows, StagedTables newTables) {
        rows = newRows;
        newTables.apply();
    }
}
