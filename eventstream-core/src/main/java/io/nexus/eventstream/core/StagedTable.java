package io.nexus.eventstream.core;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A table as a transaction sees it: the committed rows, and over them what it has changed itself. */
final class StagedTable extends AbstractMap<Object, Object> {

    private final Map<Object, Object> committed;

    // Empty for a row that was removed.
    private final Map<Object, Optional<Object>> changes = new LinkedHashMap<>();

    /** Creates it over committed rows, which do not change while the transaction lasts. */
    StagedTable(Map<Object, Object> committed) {
        this.committed = committed;
    }

    /** Writes the changes into the committed rows. */
    void applyTo(Map<Object, Object> rows) {
        changes.forEach(
                (key, value) -> value.ifPresentOrElse(written -> rows.put(key, written), () -> rows.remove(key)));
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        Optional<Object> change = changes.get(key);
        return change == null ? committed.get(key) : change.orElse(null);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public @Nullable Object put(Object key, Object value) {
        Object before = get(Objects.requireNonNull(key, "key"));
        changes.put(key, Optional.of(value));
        return before;
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        Object before = get(key);
        if (key != null && before != null) {
            changes.put(key, Optional.empty());
        }
        return before;
    }

    @Override
    public void clear() {
        List.copyOf(keySet()).forEach(this::remove);
    }

    @Override
    public int size() {
        int size = committed.size();
        for (Entry<Object, Optional<Object>> change : changes.entrySet()) {
            boolean was = committed.containsKey(change.getKey());
            boolean is = change.getValue().isPresent();
            size += (is ? 1 : 0) - (was ? 1 : 0);
        }
        return size;
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        return new Rows();
    }

    /** The rows as they were when they were last begun to be walked; changes go through to the table. */
    private final class Rows extends AbstractSet<Entry<Object, Object>> {

        @Override
        public Iterator<Entry<Object, Object>> iterator() {
            Map<Object, Object> merged = new LinkedHashMap<>(committed);
            applyTo(merged);
            return new RowIterator(merged.entrySet().iterator());
        }

        @Override
        public int size() {
            return StagedTable.this.size();
        }
    }

    /** Walks over a copy and removes from the table. */
    private final class RowIterator implements Iterator<Entry<Object, Object>> {

        private final Iterator<Entry<Object, Object>> rows;
        private @Nullable Object last;

        RowIterator(Iterator<Entry<Object, Object>> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Entry<Object, Object> next() {
            Row row = new Row(rows.next());
            last = row.getKey();
            return row;
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("there is no row to remove: call next() first");
            }
            StagedTable.this.remove(last);
            last = null;
        }
    }

    /** A row whose value can be replaced, as in any map. */
    private final class Row extends SimpleEntry<Object, Object> {

        private static final long serialVersionUID = 1L;

        Row(Entry<Object, Object> row) {
            super(row);
        }

        @Override
        public Object setValue(Object value) {
            StagedTable.this.put(getKey(), value);
            return super.setValue(value);
        }
    }
}
