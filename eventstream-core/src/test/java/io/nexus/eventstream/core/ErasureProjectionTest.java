package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.RebuildOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Projectors are told who was erased, in its place among the events, whatever they handle. */
class ErasureProjectionTest {

    private static final TenantId ACME = TenantId.of("acme");

    record Noted(String text) {}

    static List<Set<String>> types() {
        return List.of(Set.of("noted"), Set.of());
    }

    @ParameterizedTest
    @MethodSource("types")
    void anErasureComesBetweenTheEventsThatItStandsBetween(Set<String> types) {
        Told live = new Told("live", types);
        Told inline = new Told("inline", types);
        InMemoryEventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(EventTypes.of(Noted.class)))
                .inline(inline)
                .build();
        append(store, new Noted("before"), new SubjectErased("ann", "asked", Instant.EPOCH), new Noted("after"));
        append(store, new SubjectErased("bob", "asked", Instant.EPOCH));
        List<String> expected = List.of("before", "erased ann", "after", "erased bob");

        try (ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(live).build()) {
            engine.run();
            assertThat(live.heard).isEqualTo(expected);
            assertThat(inline.heard).isEqualTo(expected);

            live.heard.clear();
            engine.rebuild(ACME, "live");
            engine.run();
            assertThat(live.heard).isEqualTo(expected);

            live.heard.clear();
            assertThat(engine.dryRun(ACME, live).failure()).isEmpty();
            assertThat(live.heard).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void eachPartOfARebuildIsTold(Set<String> types) {
        Told live = new Told("live", types);
        InMemoryEventStore store = InMemoryEventStore.create(EventTypes.of(Noted.class));
        append(store, new Noted("before"), new SubjectErased("ann", "asked", Instant.EPOCH));

        try (ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(live).build()) {
            engine.run();
            live.heard.clear();
            engine.rebuild(ACME, "live", RebuildOptions.defaults().withParts(3));
            engine.run();
        }

        assertThat(live.heard).containsExactlyInAnyOrder("before", "erased ann", "erased ann", "erased ann");
    }

    @Test
    void aReadModelThatCannotForgetStopsAndPutsNothingAside() {
        Told live = new Told("live", Set.of());
        live.forgets = false;
        InMemoryEventStore store = InMemoryEventStore.create(EventTypes.of(Noted.class));
        append(store, new Noted("before"), new SubjectErased("ann", "asked", Instant.EPOCH));
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(live, ErrorPolicy.PARK_STREAM)
                .maxAttempts(1)
                .build()) {
            engine.run();

            ProjectionStatus status = engine.status(ACME, "live").get(0);
            assertThat(status.state()).isEqualTo(ProjectionState.FAILED);
            assertThat(status.failure().orElseThrow().position()).isEqualTo(Position.of(2));
            assertThat(status.parked()).isZero();

            live.forgets = true;
            engine.resume(ACME, "live");
            engine.run();
            assertThat(live.heard).endsWith("erased ann");
        }
    }

    @Test
    void anErasureBehindAnEventThatWasPutAsideIsCarriedOut() {
        Told live = new Told("live", Set.of());
        InMemoryEventStore store = InMemoryEventStore.create(EventTypes.of(Noted.class));
        append(store, new Noted("poison"));
        append(store, new SubjectErased("ann", "asked", Instant.EPOCH));
        append(store, new Noted("after"));
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(live, ErrorPolicy.PARK_STREAM)
                .maxAttempts(1)
                .build()) {
            engine.run();

            assertThat(engine.parked(ACME, "live"))
                    .extracting(ParkedEvent::position)
                    .containsExactly(Position.of(1), Position.of(3));
            assertThat(live.heard).containsExactly("erased ann");
        }
    }

    private static void append(InMemoryEventStore store, Object... events) {
        List<NewEvent> all = new ArrayList<>();
        for (Object event : events) {
            all.add(NewEvent.of(event));
        }
        store.append(ACME, new StreamAppend(StreamId.of("note", "1"), ExpectedVersion.any(), all));
    }

    private static final class Told implements Projector {

        private final String name;
        private final Set<String> types;
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private boolean forgets = true;

        Told(String name, Set<String> types) {
            this.name = name;
            this.types = types;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Set<String> eventTypes() {
            return types;
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            String text = ((Noted) event.payload()).text();
            if (text.equals("poison")) {
                throw new IllegalStateException(text);
            }
            heard.add(text);
        }

        @Override
        public void onErasure(SubjectErased erased, ProjectionContext context) {
            if (!forgets) {
                throw new IllegalStateException("cannot forget " + erased.subject());
            }
            heard.add("erased " + erased.subject());
        }

        @Override
        public void reset(ProjectionContext context) {}

        @Override
        public boolean isPartitionable() {
            return true;
        }
    }
}
