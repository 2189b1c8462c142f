package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.tck.Model.Conflicting;
import io.nexus.eventstream.tck.Model.Entry;
import io.nexus.eventstream.tck.Model.Mismatching;
import io.nexus.eventstream.tck.Model.Repeated;
import io.nexus.eventstream.tck.Model.Verdict;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random appends and queries, compared step by step with an oracle of plain lists. */
abstract class ModelContract extends StoreContract {

    private static final int STEPS = 300;
    private static final int QUERIES = 200;

    private final Model model = new Model();

    ModelContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void randomAppendsEndAsTheModelSays() {
        Seed seed = Seed.next();
        RandomAppends random = new RandomAppends(seed.random(), model);

        for (int step = 0; step < STEPS; step++) {
            appendAndCompare(random.next(), "step %d, %s".formatted(step, seed));
        }

        assertThat(model.log()).as("%s", seed).hasSizeGreaterThan(STEPS / 4);
        assertSame(read(EventQuery.log().pageSize(1_000)), model.log(), seed.toString());
    }

    @Test
    final void randomQueriesGiveWhatTheModelGives() {
        Seed seed = Seed.next();
        RandomAppends random = new RandomAppends(seed.random(), model);
        while (model.log().size() < 120) {
            appendAndCompare(random.next(), seed.toString());
        }

        for (int i = 0; i < QUERIES; i++) {
            EventQuery query = random.query();
            assertSame(read(query), model.read(query), "%s, %s".formatted(query, seed));
        }
    }

    private void appendAndCompare(List<StreamAppend> appends, String what) {
        Verdict verdict = model.judge(appends);
        try {
            AppendResult result = store.appendAll(tenant, appends);
            if (verdict instanceof Repeated repeated) {
                assertThat(result.alreadyRecorded()).as(what).isTrue();
                assertPlaces(result, repeated.places(), what);
            } else {
                assertThat(verdict).as(what).isInstanceOf(Model.Recorded.class);
                assertThat(result.alreadyRecorded()).as(what).isFalse();
                int before = model.log().size();
                model.record(appends, result.recordedAt());
                assertPlaces(result, model.log().subList(before, model.log().size()), what);
            }
        } catch (EventStreamException e) {
            assertRefusal(e, verdict, what);
        }
        assertThat(store.head(tenant).map(head -> head.position().value()).orElse(0L))
                .as(what)
                .isEqualTo(model.log().size());
    }

    private static void assertPlaces(AppendResult result, List<Entry> places, String what) {
        assertThat(result.events())
                .as(what)
                .containsExactlyElementsOf(places.stream()
                        .map(entry -> new AppendedEvent(
                                entry.event().id(),
                                entry.stream(),
                                EventVersion.of(entry.version()),
                                Position.of(entry.position())))
                        .toList());
        assertThat(places)
                .as(what)
                .allSatisfy(entry -> assertThat(entry.recordedAt()).isEqualTo(result.recordedAt()));
    }

    private static void assertRefusal(EventStreamException e, Verdict verdict, String what) {
        if (verdict instanceof Conflicting conflicting) {
            assertThat(e).as(what).isInstanceOf(ConcurrencyException.class);
            ConcurrencyException conflict = (ConcurrencyException) e;
            assertThat(conflicting.versions()).as(what).containsKey(conflict.stream());
            assertThat(conflict.actual().value())
                    .as(what)
                    .isEqualTo(conflicting.versions().get(conflict.stream()));
        } else if (verdict instanceof Mismatching mismatching) {
            assertThat(e).as(what).isInstanceOf(EventIdMismatchException.class);
            EventIdMismatchException mismatch = (EventIdMismatchException) e;
            assertThat(mismatch.reason()).as(what).isEqualTo(mismatching.reason());
            assertThat(new HashSet<>(mismatch.ids())).as(what).isEqualTo(mismatching.ids());
        } else {
            throw new AssertionError("%s: the model says %s, the store %s".formatted(what, verdict, e), e);
        }
    }

    private static void assertSame(List<RecordedEvent> actual, List<Entry> expected, String what) {
        assertThat(positions(actual))
                .as(what)
                .containsExactlyElementsOf(
                        expected.stream().map(Entry::position).toList());
        for (int i = 0; i < actual.size(); i++) {
            RecordedEvent event = actual.get(i);
            NewEvent given = expected.get(i).event();
            assertThat(event.stream()).as(what).isEqualTo(expected.get(i).stream());
            assertThat(event.version().value())
                    .as(what)
                    .isEqualTo(expected.get(i).version());
            assertThat(event.id()).as(what).isEqualTo(given.id());
            assertThat(event.payload()).as(what).isEqualTo(given.payload());
            assertThat(event.metadata().entries())
                    .as(what)
                    .isEqualTo(given.metadata().entries());
            assertThat(event.occurredAt()).as(what).isEqualTo(expected.get(i).occurredAt());
            assertThat(event.recordedAt()).as(what).isEqualTo(expected.get(i).recordedAt());
        }
    }
}
