package io.nexus.eventstream.tck;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The read model of the contract: a row for each position, and for each stream how often and how much was posted. It fails on
 * an event that it has had, and on one that is older than the last of its stream, so whatever is skipped, doubled or out
 * of order shows.
 *
 * @param name the projection
 * @param version the projector's version
 * @param rows where it writes
 * @param types what it handles, all if empty
 * @param isPartitionable whether a rebuild may be divided
 * @param before called before an event is applied; may throw or wait
 */
record LedgerView(
        String name,
        int version,
        ReadModelRows rows,
        Set<String> types,
        boolean isPartitionable,
        BiConsumer<RecordedEvent, ProjectionContext> before)
        implements Projector {

    static final String SEEN = "tck_seen";
    static final String TOTALS = "tck_totals";

    static LedgerView of(ReadModelRows rows) {
        return new LedgerView("ledger", 1, rows, Set.of(), false, (event, context) -> {});
    }

    LedgerView before(BiConsumer<RecordedEvent, ProjectionContext> newBefore) {
        return new LedgerView(name, version, rows, types, isPartitionable, newBefore);
    }

    LedgerView withVersion(int newVersion) {
        return new LedgerView(name, newVersion, rows, types, isPartitionable, before);
    }

    LedgerView named(String newName) {
        return new LedgerView(newName, version, rows, types, isPartitionable, before);
    }

    LedgerView ofTypes(String... newTypes) {
        return new LedgerView(name, version, rows, Set.of(newTypes), isPartitionable, before);
    }

    LedgerView partitionable() {
        return new LedgerView(name, version, rows, types, true, before);
    }

    @Override
    public Set<String> eventTypes() {
        return types;
    }

    @Override
    public Set<String> tables() {
        return Set.of(own(SEEN), own(TOTALS));
    }

    @Override
    public void prepare(ProjectionContext context) {
        tables().forEach(table -> rows.prepare(context, table));
    }

    @Override
    public void reset(ProjectionContext context) {
        tables().forEach(table -> rows.clear(context, table));
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        before.accept(event, context);
        String position = event.position().toString();
        if (rows.get(context, own(SEEN), position).isPresent()) {
            throw new IllegalStateException("position %s was applied twice".formatted(position));
        }
        rows.put(context, own(SEEN), position, event.stream().toString());
        String stream = event.stream().toString();
        Total total = Total.parse(rows.get(context, own(TOTALS), stream).orElse("0 0.00 0"));
        rows.put(context, own(TOTALS), stream, total.after(event).toString());
    }

    /** Two projectors never share a table. */
    private String own(String table) {
        return name.equals(EngineContract.LEDGER) ? table : table + "_" + name;
    }

    private record Total(long count, BigDecimal sum, long last) {

        static Total parse(String text) {
            String[] parts = text.split(" ", -1);
            return new Total(Long.parseLong(parts[0]), new BigDecimal(parts[1]), Long.parseLong(parts[2]));
        }

        Total after(RecordedEvent event) {
            long position = event.position().value();
            if (position <= last) {
                throw new IllegalStateException("position %d came after position %d".formatted(position, last));
            }
            BigDecimal amount = event.payload() instanceof Posted posted ? posted.amount() : BigDecimal.ZERO;
            return new Total(count + 1, sum.add(amount), position);
        }

        @Override
        public String toString() {
            return count + " " + sum.toPlainString() + " " + last;
        }
    }
}
