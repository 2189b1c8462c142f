package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.proof.Seal;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every input has a bound: what lies on it is taken, what lies beyond is refused, and the error says what and how much. */
class InputLimitsTest {

    private static final InMemoryEventStore STORE = InMemoryEventStore.create(ACCOUNT_EVENTS);

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void textsAreTakenUpToTheirBound(String what, int most, IntFunction<?> of, String message) {
        assertThatCode(() -> of.apply(most)).doesNotThrowAnyException();
        assertThatThrownBy(() -> of.apply(most + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(Integer.toString(most))
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).length()).isLessThan(most + 500));
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                text("tenant id", 128, n -> TenantId.of("x".repeat(n)), "tenant id has 129 characters"),
                text("category", 64, n -> StreamId.of("x".repeat(n), "1"), "stream category has 65 characters"),
                text("aggregate id", 255, n -> AggregateId.of("x".repeat(n)), "aggregate id has 256 characters"),
                text("event type", 128, n -> EventType.of("x".repeat(n), 1), "event type has 129 characters"),
                text("fold", 100, n -> BALANCE.named("x".repeat(n), 1, BigDecimal.class), "fold name has 101"),
                text(
                        "metadata key",
                        128,
                        n -> EventMetadata.none().with("x".repeat(n), "1"),
                        "metadata key has 129 characters"),
                text(
                        "command id",
                        255,
                        n -> CommandOptions.defaults().withCommandId("x".repeat(n)),
                        "the command id has 256 characters"),
                text("actor id", 128, n -> Actor.of("x".repeat(n)), "actor id must have 1 to 128 characters"),
                text("role", 128, n -> Actor.of("u", "x".repeat(n)), "role must have 1 to 128 characters"),
                text("key of a seal", 200, n -> seal("x".repeat(n)), "the id of a key must have 1 to 200 characters"),
                text("roles", 100, n -> new Actor("u", names(n)), "an actor has at most 100 roles, not 101"),
                text(
                        "types of a query",
                        1_000,
                        n -> EventQuery.log().ofTypes(names(n)),
                        "at most 1000 types, not 1001"),
                text(
                        "categories of a query",
                        1_000,
                        n -> EventQuery.log().ofCategories(names(n).toArray(String[]::new)),
                        "at most 1000 categories, not 1001"),
                text(
                        "projector",
                        128,
                        n -> ProjectionEngine.builder(STORE).projector(new Balances("x".repeat(n), 1, event -> {})),
                        "the name of a projector must have 1 to 128"),
                text(
                        "owner of an engine",
                        128,
                        n -> ProjectionEngine.builder(STORE).owner("x".repeat(n)),
                        "the owner must have 1 to 128 characters"),
                text(
                        "projection that is asked for",
                        128,
                        n -> ProjectionEngine.builder(STORE).build().status(ACME, "x".repeat(n)),
                        "no projection has a name of 129 characters"));
    }

    private static Arguments text(String what, int most, IntFunction<?> of, String message) {
        return Arguments.of(what, most, of, message);
    }

    private static Seal seal(String keyId) {
        Position one = Position.of(1);
        return new Seal(
                ACME, one, one, EventHash.NONE, EventHash.NONE, MOMENT, MOMENT, keyId, EventHash.NONE, new byte[0]);
    }

    private static Set<String> names(int count) {
        return IntStream.range(0, count).mapToObj(n -> "n" + n).collect(Collectors.toSet());
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("numbers")
    void numbersAndTimesAreTakenUpToTheirBound(ThrowingCallable most, ThrowingCallable beyond, String message) {
        assertThatCode(most).doesNotThrowAnyException();
        assertThatThrownBy(beyond).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    static Stream<Arguments> numbers() {
        Duration year = Duration.ofDays(365);
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        SnapshotSettings snapshots = SnapshotSettings.defaults();
        CommandOptions command = CommandOptions.defaults();
        return Stream.of(
                number(() -> command.withAttempts(1_000), () -> command.withAttempts(1_001), "attempts is 1001"),
                number(
                        () -> command.withPauses(Duration.ZERO, Duration.ofHours(1)),
                        () -> command.withPauses(Duration.ZERO, forEver),
                        "nor that above PT1H"),
                number(
                        () -> engine().pollInterval(year),
                        () -> engine().pollInterval(forEver),
                        "pollInterval is PT2562047788015215H30M7S, it must be a millisecond or more, and at most PT8760H"),
                number(() -> engine().lease(year), () -> engine().lease(forEver), "lease is"),
                number(() -> engine().lagThreshold(year), () -> engine().lagThreshold(forEver), "lagThreshold is"),
                number(() -> engine().backOff(year, year), () -> engine().backOff(year, forEver), "most is"),
                number(
                        () -> snapshots.withRetention(Duration.ofDays(36_500)),
                        () -> snapshots.withRetention(forEver),
                        "it must be 1 to 36500"),
                number(
                        () -> snapshots.withMaxBytes(256 * 1024 * 1024),
                        () -> snapshots.withMaxBytes(256 * 1024 * 1024 + 1),
                        "maxBytes is 268435457, it must be 1 to 268435456"),
                number(
                        () -> ProjectionSettings.defaults().withLagThreshold(year),
                        () -> ProjectionSettings.defaults().withLagThreshold(forEver),
                        "it must be 1 to 31536000"),
                number(
                        () -> SnapshotManager.builder(STORE).cacheSize(10_000_000),
                        () -> SnapshotManager.builder(STORE).cacheSize(10_000_001),
                        "cacheSize is 10000001"),
                number(
                        () -> EventQuery.log().pageSize(100_000),
                        () -> EventQuery.log().pageSize(100_001),
                        "a page holds 1 to 100000 events, not 100001"),
                number(
                        () -> EventQuery.log().upToOccurredAt(Instant.parse("9999-12-31T23:59:59Z")),
                        () -> EventQuery.log().upToOccurredAt(Instant.MAX),
                        "it must lie in the years 1 to 9999"),
                number(
                        () -> AsOf.recorded(Instant.parse("0001-01-01T00:00:00Z")),
                        () -> AsOf.recorded(Instant.MIN),
                        "it must lie in the years 1 to 9999"));
    }

    private static ProjectionEngineBuilder engine() {
        return ProjectionEngine.builder(STORE);
    }

    private static Arguments number(ThrowingCallable most, ThrowingCallable beyond, String message) {
        return Arguments.of(most, beyond, message);
    }

    @Test
    void anAppendExpectsOfAsManyStreamsAsItMayHoldEvents() {
        InMemoryEventStore small = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .limits(StoreLimits.defaults().withMaxEventsPerAppend(3))
                .build();
        List<StreamAppend> appends = new ArrayList<>();
        appends.add(StreamAppend.of(CASH, ExpectedVersion.noStream(), NewEvent.of(debited("1"))));
        for (int i = 0; i < 2; i++) {
            appends.add(StreamAppend.expecting(StreamId.of("period", "p" + i), ExpectedVersion.noStream()));
        }
        List<StreamAppend> more = new ArrayList<>(appends);
        more.add(StreamAppend.expecting(StreamId.of("period", "one-more"), ExpectedVersion.noStream()));

        assertThatThrownBy(() -> small.appendAll(ACME, more))
                .isInstanceOf(LimitExceededException.class)
                .hasMessage(
                        "the number of streams with their expectations is 4, limits.max_events_per_append allows 3; nothing was written: make it smaller or raise that limit");
        assertThat(small.appendAll(ACME, appends).events()).hasSize(1);
    }

    @Test
    void aStateThatIsTooLargeIsNotKeptAndIsReadFromEvents() {
        TalliedStore store = TalliedStore.of(3);
        SnapshotManager manager = store.manager(
                SnapshotPolicy.everyEvents(1),
                builder -> builder.settings(SnapshotSettings.defaults().withMaxBytes(10)));

        assertThatThrownBy(() -> manager.create(ACME, CASH, Tally.FOLD))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("the state of account/1000 by fold tally in bytes is")
                .hasMessageContaining("limits.max_snapshot_bytes allows 10");
        assertThat(store.load(manager)).isEqualTo(store.expected());
        assertThat(store.stored()).isEmpty();
    }

    @Test
    void theJobOfSnapshotsRestsForAYearAtMost() {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        SnapshotManager manager = SnapshotManager.builder(STORE).build();
        try {
            for (Duration interval : List.of(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE))) {
                assertThatThrownBy(() -> manager.maintain(scheduler, interval, List::of))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("interval is " + interval);
            }
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void whatIsNoEventIdIsNotRepeatedAtLength() {
        assertThatThrownBy(() -> EventId.of("s".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"%s…\" is not an event id: expected a ULID of 26 characters or a UUID of 36"
                        .formatted("s".repeat(64)))
                .hasNoCause();
    }

    @Test
    void aValueOfTheConfigurationHasABound() {
        for (ConfigurationSource source : ConfigurationSource.values()) {
            for (String key : List.of("security.masked_fields", "access.roles.clerk")) {
                assertThatThrownBy(() -> source.config(key, "read:a,".repeat(2_000)))
                        .hasMessage(source.spelled(key) + ": has 14000 characters, at most 10000 are allowed");
            }
        }
    }

    @Test
    void metadataValuesAreBoundedTogether() {
        EventMetadata large =
                EventMetadata.none().withCorrelationId("c".repeat(32 * 1024)).withCausationId("c".repeat(32 * 1024));

        assertThatThrownBy(() -> STORE.append(
                        ACME,
                        StreamAppend.of(
                                CASH,
                                ExpectedVersion.any(),
                                NewEvent.of(debited("1")).withMetadata(large))))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("limits.max_metadata_bytes allows 65536");
        assertThat(Map.copyOf(large.entries())).hasSize(2);
    }
}
