package io.nexus.eventstream.core;

import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** A tenant's tables as one transaction sees them. */
final class StagedTables implements InMemoryTables {

    private final Map<String, Map<Object, Object>> committed;
    private final Map<String, StagedTable> staged = new HashMap<>();
    private boolean ended;

    StagedTables(Map<String, Map<Object, Object>> committed) {
        this.committed = committed;
    }

    @Override
    public Map<Object, Object> table(String name) {
        Objects.requireNonNull(name, "name");
        if (ended) {
            throw new IllegalStateException(
                    "the transaction of table %s has ended: ask the projector's context for it again".formatted(name));
        }
        return staged.computeIfAbsent(name, key -> new StagedTable(committed.getOrDefault(key, Map.of())));
    }

    /** Lets nobody ask for a table any more. */
    void end() {
        ended = true;
    }

    /** Writes what was changed; a table without rows is none. */
    void apply() {
        staged.forEach((name, table) -> {
            Map<Object, Object> rows = committed.computeIfAbsent(name, key -> new LinkedHashMap<>());
            table.applyTo(rows);
            if (rows.isEmpty()) {
                committed.remove(name);
            }
        });
    }

    List<ReadModelDifference> compare(Set<String> tables, String liveSlot, String otherSlot, int limit) {
        List<ReadModelDifference> differences = new ArrayList<>();
        for (String name : new TreeSet<>(tables)) {
            Map<Object, Object> live = table(name + "_" + liveSlot);
            Map<Object, Object> other = table(name + "_" + otherSlot);
            differences.addAll(onlyIn(live, other, name, SlotRole.LIVE));
            differences.addAll(onlyIn(other, live, name, SlotRole.BUILDING));
        }
        return List.copyOf(differences.subList(0, Math.min(limit, differences.size())));
    }

    private static List<ReadModelDifference> onlyIn(
            Map<Object, Object> rows, Map<Object, Object> others, String table, SlotRole build) {
        return rows.entrySet().stream()
                .filter(row -> !row.getValue().equals(others.get(row.getKey())))
                .map(row -> new ReadModelDifference(table, build, row.getKey() + "=" + row.getValue()))
                .toList();
    }
}
