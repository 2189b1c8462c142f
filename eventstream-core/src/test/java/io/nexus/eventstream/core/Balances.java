package io.nexus.eventstream.core;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.core.Samples.AccountEvent;
import io.nexus.eventstream.core.Samples.Debited;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The balance of each stream; calls somebody after each event, who may throw or wait. */
record Balances(String name, int version, Consumer<RecordedEvent> after) implements Projector {

    Balances() {
        this("balances", 1, event -> {});
    }

    Balances then(Consumer<RecordedEvent> newAfter) {
        return new Balances(name, version, newAfter);
    }

    @Override
    public Set<String> eventTypes() {
        return Set.of();
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        AccountEvent change = (AccountEvent) event.payload();
        BigDecimal amount =
                change instanceof Debited ? change.amount() : change.amount().negate();
        table(context).merge(event.stream(), amount, (one, other) -> ((BigDecimal) one).add((BigDecimal) other));
        after.accept(event);
    }

    @Override
    public void reset(ProjectionContext context) {
        table(context).clear();
    }

    private Map<Object, Object> table(ProjectionContext context) {
        return context.resource(InMemoryTables.class).table(context.table("balance"));
    }
}
