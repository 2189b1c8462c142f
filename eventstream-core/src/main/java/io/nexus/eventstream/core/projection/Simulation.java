package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.spi.ProjectionTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Builds a read model in a transaction that is rolled back: to look at it once, or to see whether it can be built. */
final class Simulation {

    private static final int MOST_DIFFERENCES = 20;

    private final EngineSettings settings;

    Simulation(EngineSettings settings) {
        this.settings = settings;
    }

    <T> T live(TenantId tenant, Projector projector, EventQuery query, Function<ProjectionContext, T> question) {
        return settings.storage().rolledBack(tenant, transaction -> {
            SlotContext context = begun(projector, transaction);
            try {
                build(projector, query, context, false, new HashMap<>());
            } catch (ProjectorFailure e) {
                throw new ProjectionException(projector.name(), tenant, e.position(), e.cause());
            }
            return question.apply(context);
        });
    }

    DryRunReport dryRun(TenantId tenant, Projector projector) {
        long begin = System.nanoTime();
        Position head =
                settings.store().head(tenant).map(newest -> newest.position()).orElse(Position.START);
        EventQuery query = EventQuery.log().upTo(head);
        Map<String, Long> handled = new HashMap<>();
        Optional<ProjectionFailure> failure = Optional.empty();
        List<ReadModelDifference> differences = List.of();
        try {
            differences = settings.storage().rolledBack(tenant, transaction -> {
                SlotContext context = begun(projector, transaction);
                build(projector, query, context, true, handled);
                return differences(projector, transaction, context);
            });
        } catch (ProjectorFailure e) {
            failure = Optional.of(settings.failureText()
                    .failure(e.position(), e.cause(), settings.storage().now()));
        }
        return new DryRunReport(head, handled, failure, differences, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** A slot of its own for each, so that two at a time do not wait for each other's tables. */
    private static SlotContext begun(Projector projector, ProjectionTransaction transaction) {
        String slot = "v%d_%s"
                .formatted(projector.version(), UUID.randomUUID().toString().substring(0, 8));
        SlotContext context = new SlotContext(transaction, slot, true);
        projector.prepare(context);
        projector.reset(context);
        return context;
    }

    private void build(
            Projector projector, EventQuery query, SlotContext context, boolean oneByOne, Map<String, Long> handled) {
        Optional<EventQuery> next = Optional.of(query.ofTypes(Erasures.types(projector)));
        while (next.isPresent()) {
            EventPage page = settings.store().read(context.tenant(), next.get());
            List<RecordedEvent> events = page.events();
            // One by one, so that what was handled before a failure is counted.
            for (List<RecordedEvent> part : oneByOne ? oneByOne(events) : List.of(events)) {
                Turns.project(projector, part, context, oneByOne);
                part.forEach(event -> handled.merge(event.type().name(), 1L, Long::sum));
            }
            next = page.next();
        }
    }

    private static List<List<RecordedEvent>> oneByOne(List<RecordedEvent> events) {
        return events.stream().map(List::of).toList();
    }

    private List<ReadModelDifference> differences(
            Projector projector, ProjectionTransaction transaction, SlotContext context) {
        if (projector.tables().isEmpty()) {
            return List.of();
        }
        return Slots.live(settings.storage().find(context.tenant(), projector.name()))
                .map(live ->
                        transaction.compare(projector.tables(), live.key().slot(), context.slot(), MOST_DIFFERENCES))
                .orElse(List.of());
    }
}
