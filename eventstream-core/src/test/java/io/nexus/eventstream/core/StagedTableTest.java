package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A staged table is a map like any other, and leaves what is committed alone. */
class StagedTableTest {

    private final Map<Object, Object> committed = new HashMap<>(Map.of("a", 1, "b", 2));
    private final StagedTable table = new StagedTable(committed);

    @Test
    void changesAreSeenInTheTableAndNotInTheCommittedRows() {
        assertThat(table.put("a", 10)).isEqualTo(1);
        assertThat(table.put("c", 3)).isNull();
        assertThat(table.remove("b")).isEqualTo(2);
        table.merge("c", 4, (one, other) -> (int) one + (int) other);

        assertThat(table).containsOnly(entry("a", 10), entry("c", 7)).hasSize(2);
        assertThat(table.containsKey("b")).isFalse();
        assertThat(committed).containsOnly(entry("a", 1), entry("b", 2));
    }

    @Test
    void appliedChangesMakeTheCommittedRowsTheSame() {
        table.put("c", 3);
        table.remove("a");
        table.applyTo(committed);

        assertThat(committed).containsOnly(entry("b", 2), entry("c", 3));
    }

    @Test
    void rowsAreRemovedAndReplacedWhileTheyAreWalked() {
        table.put("c", 3);
        table.entrySet().forEach(row -> row.setValue((int) row.getValue() + 1));
        table.values().removeIf(value -> (int) value == 3);

        assertThat(table).containsOnly(entry("a", 2), entry("c", 4));
        table.clear();
        assertThat(table).isEmpty();
        assertThat(committed).hasSize(2);
    }

    @Test
    void theSameRowIsNotRemovedTwiceByAWalk() {
        Iterator<Map.Entry<Object, Object>> walk = table.entrySet().iterator();
        walk.next();
        walk.remove();

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(walk::remove);
        assertThat(table).hasSize(1);
    }

    @Test
    void anyChangesLeaveItLikeAnOrdinaryMap() {
        long seed = 20260405;
        Random random = new Random(seed);
        Map<Object, Object> model = new HashMap<>(committed);
        for (int i = 0; i < 2_000; i++) {
            Object key = random.nextInt(20);
            if (random.nextBoolean()) {
                assertThat(table.put(key, i)).as("seed %d step %d", seed, i).isEqualTo(model.put(key, i));
            } else {
                assertThat(table.remove(key)).as("seed %d step %d", seed, i).isEqualTo(model.remove(key));
            }
            assertThat(table.size()).as("seed %d step %d", seed, i).isEqualTo(model.size());
        }
        assertThat(table).as("seed %d", seed).isEqualTo(model);
        table.applyTo(committed);
        assertThat(committed).as("seed %d", seed).isEqualTo(model);
    }
}
