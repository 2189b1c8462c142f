package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.CASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventQueryTest {

    private static final Instant MOMENT = Instant.parse("2026-03-31T10:00:00.123456789Z");

    /** A query on which every bound is set, to other values than those that the withers below set. */
    private static final EventQuery FULL = EventQuery.stream(CASH)
            .fromVersion(EventVersion.of(91))
            .upToVersion(EventVersion.of(92))
            .after(Position.of(93))
            .upTo(Position.of(94))
            .upToOccurredAt(Instant.EPOCH)
            .upToRecordedAt(Instant.EPOCH)
            .ofTypes("x")
            .ofCategories("x")
            .pageSize(95);

    /** Every method that changes one bound: the bound, and how the text shows it. */
    // The functions are lambdas without state of their own, which the checker cannot know.
    @SuppressWarnings("ImmutableEnumChecker")
    enum Wither {
        BACKWARD(EventQuery::backward, "backward", ", backward"),
        FROM_VERSION(query -> query.fromVersion(EventVersion.of(3)), "fromVersion", ", from version 3"),
        UP_TO_VERSION(query -> query.upToVersion(EventVersion.of(4)), "upToVersion", ", up to version 4"),
        AFTER(query -> query.after(Position.of(5)), "after", ", after position 5"),
        UP_TO(query -> query.upTo(Position.of(6)), "upTo", ", up to position 6"),
        OCCURRED(
                query -> query.upToOccurredAt(MOMENT),
                "upToOccurredAt",
                ", occurred up to 2026-03-31T10:00:00.123456Z"),
        RECORDED(
                query -> query.upToRecordedAt(MOMENT),
                "upToRecordedAt",
                ", recorded up to 2026-03-31T10:00:00.123456Z"),
        TYPES(query -> query.ofTypes("b", "a"), "types", ", of types [a, b]"),
        TYPE_SET(query -> query.ofTypes(Set.of("d", "c")), "types", ", of types [c, d]"),
        CATEGORIES(query -> query.ofCategories("f", "e"), "categories", ", of categories [e, f]"),
        PAGE_SIZE(query -> query.pageSize(7), "pageSize", ", in pages of 7");

        private final UnaryOperator<EventQuery> change;
        private final String bound;
        private final String text;

        Wither(UnaryOperator<EventQuery> change, String bound, String text) {
            this.change = change;
            this.bound = bound;
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyWitherSetsItsOwnBoundAndNoOther(Wither wither) {
        for (EventQuery query :
                new EventQuery[] {EventQuery.stream(CASH), FULL, FULL.backward().pageSize(96)}) {
            Map<String, Object> expected = bounds(query);
            EventQuery changed = wither.change.apply(query);
            expected.put(wither.bound, bounds(changed).get(wither.bound));

            assertThat(bounds(changed)).isEqualTo(expected);
            assertThat(changed.toString()).contains(wither.text);
        }
        assertThat(bounds(wither.change.apply(FULL)).get(wither.bound))
                .isNotEqualTo(bounds(FULL).get(wither.bound));
        assertThat(EventQuery.stream(CASH).toString()).doesNotContain(wither.text);
    }

    @Test
    void aBareQueryHasNoBounds() {
        Map<String, Object> bounds = bounds(EventQuery.log());

        assertThat(bounds.toString())
                .isEqualTo("{stream=Optional.empty, backward=false, fromVersion=Optional.empty, "
                        + "upToVersion=Optional.empty, after=Optional.empty, upTo=Optional.empty, "
                        + "upToOccurredAt=Optional.empty, upToRecordedAt=Optional.empty, types=[], categories=[], "
                        + "pageSize=OptionalInt.empty}");
        assertThat(EventQuery.log()).hasToString("log");
        assertThat(EventQuery.stream(CASH)).hasToString("stream account/1000");
        assertThat(EventQuery.stream(CASH).stream()).contains(CASH);
    }

    @Test
    void textShowsAllBoundsInOneOrder() {
        assertThat(FULL.backward())
                .hasToString(
                        "stream account/1000, from version 91, up to version 92, after position 93, "
                                + "up to position 94, occurred up to 1970-01-01T00:00:00Z, "
                                + "recorded up to 1970-01-01T00:00:00Z, of types [x], of categories [x], in pages of 95, backward");
    }

    @Test
    void theRecordedMomentCanBeTakenAwayAlone() {
        Map<String, Object> expected = bounds(FULL);
        expected.put("upToRecordedAt", EventQuery.log().upToRecordedAt());

        assertThat(bounds(FULL.withoutRecordedMoment())).isEqualTo(expected);
    }

    @Test
    void versionsBelongToAStream() {
        assertThatThrownBy(() -> EventQuery.log().fromVersion(EventVersion.of(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("fromVersion belongs to a query for one stream; use after or upTo for the log");
        assertThatThrownBy(() -> EventQuery.log().upToVersion(EventVersion.of(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("upToVersion belongs to a query for one stream; use after or upTo for the log");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void pagesHoldOneTo100000Events(int size) {
        assertThatThrownBy(() -> EventQuery.log().pageSize(size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a page holds 1 to 100000 events, not " + size);
        assertThat(EventQuery.log().pageSize(1).pageSize()).isEqualTo(OptionalInt.of(1));
        assertThat(EventQuery.log().pageSize(100_000).pageSize()).isEqualTo(OptionalInt.of(100_000));
    }

    @Test
    void momentsOutsideTheYearsOneTo9999AreRefused() {
        assertThatThrownBy(() -> EventQuery.log().upToOccurredAt(Instant.MAX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("upToOccurredAt is +1000000000-12-31");
        assertThatThrownBy(() -> EventQuery.log().upToRecordedAt(Instant.MIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("upToRecordedAt is -1000000000-01-01");
    }

    @Test
    void aNameGivenTwiceIsGivenOnce() {
        assertThat(EventQuery.log().ofTypes("a", "b", "a").types()).containsExactlyInAnyOrder("a", "b");
        assertThat(EventQuery.log().ofCategories("a", "a").categories()).containsExactly("a");
    }

    @Test
    void noNamesMeanAllAgain() {
        assertThat(FULL.ofTypes().types()).isEmpty();
        assertThat(FULL.ofCategories().categories()).isEmpty();
    }

    @Test
    void setsOfTypesAreCopied() {
        Set<String> types = new HashSet<>(Set.of("a"));
        EventQuery query = EventQuery.log().ofTypes(types);
        types.add("b");

        assertThat(query.types()).containsExactly("a");
    }

    private static Map<String, Object> bounds(EventQuery query) {
        Map<String, Object> bounds = new LinkedHashMap<>();
        bounds.put("stream", query.stream());
        bounds.put("backward", query.isBackward());
        bounds.put("fromVersion", query.fromVersion());
        bounds.put("upToVersion", query.upToVersion());
        bounds.put("after", query.after());
        bounds.put("upTo", query.upTo());
        bounds.put("upToOccurredAt", query.upToOccurredAt());
        bounds.put("upToRecordedAt", query.upToRecordedAt());
        bounds.put("types", query.types());
        bounds.put("categories", query.categories());
        bounds.put("pageSize", query.pageSize());
        return bounds;
    }

    @Test
    void aQuestionAboutThePastBecomesBounds() {
        Instant occurred = Instant.parse("2026-03-31T00:00:00Z");
        Instant recorded = Instant.parse("2026-04-05T00:00:00Z");
        StreamId cash = StreamId.of("account", "1000");

        assertThat(EventQuery.log().asOf(AsOf.now())).isEqualTo(EventQuery.log());
        assertThat(EventQuery.log().asOf(AsOf.occurred(occurred).andRecorded(recorded)))
                .isEqualTo(EventQuery.log().upToOccurredAt(occurred).upToRecordedAt(recorded));
        assertThat(EventQuery.stream(cash).asOf(AsOf.version(EventVersion.of(7))))
                .isEqualTo(EventQuery.stream(cash).upToVersion(EventVersion.of(7)));
        assertThatThrownBy(() -> EventQuery.log().asOf(AsOf.version(EventVersion.of(7))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("use after or upTo for the log");
    }

    @Test
    void queriesAreEqualIfAllTheirBoundsAre() {
        EventQuery query =
                EventQuery.log().after(Position.of(3)).ofTypes("a", "b").pageSize(7);

        assertThat(query)
                .isEqualTo(EventQuery.log().pageSize(7).ofTypes("b", "a").after(Position.of(3)))
                .hasSameHashCodeAs(
                        EventQuery.log().pageSize(7).ofTypes("b", "a").after(Position.of(3)))
                .isNotEqualTo(query.backward())
                .isNotEqualTo(query.after(Position.of(4)));
    }

    @Test
    void namesThatNoEventCanHaveAreRefused() {
        assertThatThrownBy(() -> EventQuery.log().ofTypes("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event type must not contain NUL (U+0000), found at index 1");
        assertThatThrownBy(() -> EventQuery.log().ofCategories(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stream category must not be blank");
    }
}
