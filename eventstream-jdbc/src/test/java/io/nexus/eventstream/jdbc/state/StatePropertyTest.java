package io.nexus.eventstream.jdbc.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.SnapshotPolicy;
import io.nexus.eventstream.core.SnapshotSettings;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For any history with back-dated events, snapshots at any points, some of them damaged: every question has the answer that
 * a plain loop over what was appended gives, and an answer about what was known at a moment never changes.
 */
class StatePropertyTest {

    private static final List<TenantId> TENANTS = List.of(TenantId.of("acme"), TenantId.of("other"));
    private static final List<StreamId> STREAMS = List.of(StreamId.of("note", "1"), StreamId.of("note", "2"));
    private static final Instant YEAR = Instant.parse("2026-01-01T00:00:00Z");

    /** What was appended, as the test remembers it. */
    private record Fact(long version, Instant occurredAt, Instant recordedAt, String text) {}

    private record Question(TenantId tenant, StreamId stream, AsOf asOf, boolean newer) {}

    private final Map<TenantId, Map<StreamId, List<Fact>>> history = new LinkedHashMap<>();

    @ParameterizedTest
    @EnumSource(Place.class)
    void everyStateIsWhatAPlainLoopGives(Place place) {
        int histories = place == Place.MEMORY ? 60 : 6;
        long begunAtSnapshots = 0;
        long invalid = 0;
        for (int i = 0; i < histories; i++) {
            long seed = new Random().nextLong();
            history.clear();
            try (Place.Opened opened = place.open()) {
                Run run = new Run(opened, seed);
                run.play();
                begunAtSnapshots += run.snapshots.use().fromSnapshot();
                invalid += run.snapshots.use().invalid();
            }
        }
        assertThat(begunAtSnapshots).as("states that began at a snapshot").isPositive();
        assertThat(invalid).as("snapshots found to be damaged or outdated").isPositive();
    }

    private final class Run {

        private final String seed;
        private final Random random;
        private final SnapshotManager snapshots;
        private final Map<TenantId, EventStreamManager> managers = new LinkedHashMap<>();
        private final Map<Question, Digest> unchanging = new LinkedHashMap<>();

        Run(Place.Opened opened, long seed) {
            this.seed = "seed " + seed;
            this.random = new Random(seed);
            SnapshotPolicy policy = SnapshotPolicy.everyEvents(1 + random.nextInt(10));
            policy = switch (random.nextInt(3)) {
                case 0 -> policy.onDemand();
                case 1 -> policy.afterAppend();
                default -> policy;
            };
            this.snapshots = SnapshotManager.builder(opened.store())
                    .snapshot("note", random.nextBoolean() ? Digest.fold() : Digest.newerFold(), policy)
                    .settings(SnapshotSettings.defaults()
                            .withCacheTtl(random.nextBoolean() ? Duration.ofMinutes(1) : Duration.ZERO))
                    .build();
            for (TenantId tenant : TENANTS) {
                managers.put(
                        tenant,
                        EventStreamManager.builder()
                                .store(opened.store())
                                .tenant(tenant)
                                .build()
                                .withSnapshots(snapshots));
            }
        }

        void play() {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(7)) {
                    case 0, 1 -> append();
                    case 2 -> snapshot();
                    case 3 -> damage();
                    case 4 -> askAboutAllStreams();
                    default -> ask();
                }
            }
            unchanging.forEach((question, answer) -> assertThat(answer(question))
                    .as("asked again: %s, %s", question, seed)
                    .isEqualTo(answer));
            for (TenantId tenant : TENANTS) {
                for (StreamId stream : STREAMS) {
                    for (NamedFold<Digest> fold : List.of(Digest.fold(), Digest.newerFold())) {
                        snapshots.verify(tenant, stream, fold);
                        assertThat(snapshots.verify(tenant, stream, fold))
                                .as(seed)
                                .isEmpty();
                    }
                }
            }
        }

        private void append() {
            TenantId tenant = any(TENANTS);
            StreamId stream = any(STREAMS);
            List<NewEvent> events = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(6); i++) {
                NewEvent event = NewEvent.of(new Noted("text " + random.nextInt(1_000)));
                // Mostly in order, sometimes far back.
                events.add(event.occurredAt(YEAR.plusSeconds(
                        random.nextInt(5) == 0
                                ? random.nextInt(500)
                                : facts(tenant, stream).size() * 10L)));
            }
            AppendResult result =
                    managers.get(tenant).appendAll(List.of(new StreamAppend(stream, ExpectedVersion.any(), events)));
            for (int i = 0; i < events.size(); i++) {
                facts(tenant, stream)
                        .add(new Fact(
                                result.events().get(i).version().value(),
                                events.get(i).occurredAt().orElseThrow(),
                                result.recordedAt(),
                                ((Noted) events.get(i).payload()).text()));
            }
        }

        private void snapshot() {
            TenantId tenant = any(TENANTS);
            StreamId stream = any(STREAMS);
            if (!facts(tenant, stream).isEmpty()) {
                snapshots.create(tenant, stream, fold(random.nextBoolean()));
            }
        }

        /** Changes something of a snapshot behind the manager's back. */
        private void damage() {
            SnapshotRepository repository = snapshots.repository();
            TenantId tenant = any(TENANTS);
            StreamId stream = any(STREAMS);
            NamedFold<Digest> fold = fold(random.nextBoolean());
            Optional<Snapshot> found = repository.latest(tenant, stream, fold.name(), fold.schemaVersion());
            if (found.isEmpty()) {
                return;
            }
            Snapshot good = found.get();
            int what = random.nextInt(5);
            // A version that the stream does not have yet stands for a log that was set back.
            long version = good.version().value() + (what == 4 ? random.nextInt(3) - 1 : 0);
            if (version < 1) {
                return;
            }
            repository.save(new Snapshot(
                    tenant,
                    stream,
                    EventVersion.of(version),
                    good.foldName(),
                    good.schemaVersion(),
                    what == 0 ? EventHash.NONE : good.eventHash(),
                    what == 1 ? YEAR : good.recordedAt(),
                    what == 2 ? YEAR : good.latestOccurredAt(),
                    what == 3 ? good.state().replaceFirst("[0-9]", "7") + " " : good.state(),
                    good.checksum(),
                    good.createdAt()));
        }

        private void askAboutAllStreams() {
            TenantId tenant = any(TENANTS);
            AsOf asOf = anyMoment(facts(tenant, any(STREAMS)));
            if (asOf.version().isPresent()) {
                return;
            }
            boolean newer = random.nextBoolean();
            Map<StreamId, Digest> expected = new LinkedHashMap<>();
            for (StreamId stream : STREAMS) {
                Digest digest = plainly(new Question(tenant, stream, asOf, newer));
                if (digest.events() > 0) {
                    expected.put(stream, digest);
                }
            }
            assertThat(managers.get(tenant).statesAt("note", asOf, fold(newer)))
                    .as("all streams as of %s, %s", asOf, seed)
                    .isEqualTo(expected);
        }

        private void ask() {
            TenantId tenant = any(TENANTS);
            StreamId stream = any(STREAMS);
            Question question = new Question(tenant, stream, anyMoment(facts(tenant, stream)), random.nextBoolean());
            Digest answer = answer(question);
            assertThat(answer).as("%s, %s", question, seed).isEqualTo(plainly(question));
            if (question.asOf().recorded().isPresent()
                    || question.asOf().version().isPresent()) {
                unchanging.put(question, answer);
            }
        }

        private AsOf anyMoment(List<Fact> facts) {
            AsOf asOf = AsOf.now();
            if (!facts.isEmpty()) {
                Fact one = any(facts);
                Instant recorded = random.nextBoolean()
                        ? one.recordedAt()
                        : one.recordedAt().minusNanos(1_000);
                Instant occurred = YEAR.plusSeconds(random.nextInt(700));
                asOf = switch (random.nextInt(5)) {
                    case 0 -> AsOf.now();
                    case 1 -> AsOf.version(EventVersion.of(one.version()));
                    case 2 -> AsOf.occurred(occurred);
                    case 3 -> AsOf.recorded(recorded);
                    default -> AsOf.occurred(occurred).andRecorded(recorded);
                };
            }
            return asOf;
        }

        private Digest answer(Question question) {
            return managers.get(question.tenant()).stateAt(question.stream(), question.asOf(), fold(question.newer()));
        }

        private Digest plainly(Question question) {
            long events = 0;
            long chain = 17;
            Digest digest = Digest.NONE;
            for (Fact fact : facts(question.tenant(), question.stream())) {
                AsOf asOf = question.asOf();
                boolean tooNew = asOf.version().isPresent()
                        && fact.version() > asOf.version().get().value();
                boolean tooLate = asOf.occurred().isPresent()
                        && fact.occurredAt().isAfter(asOf.occurred().get());
                boolean notKnown = asOf.recorded().isPresent()
                        && fact.recordedAt().isAfter(asOf.recorded().get());
                if (tooNew || tooLate || notKnown) {
                    continue;
                }
                String text = question.newer() ? fact.text() + "!" : fact.text();
                events++;
                chain = chain * 31 + text.hashCode();
                digest = new Digest(events, chain, new BigDecimal(text.length() + "0").movePointLeft(2));
            }
            return digest;
        }

        private NamedFold<Digest> fold(boolean newer) {
            return newer ? Digest.newerFold() : Digest.fold();
        }

        private List<Fact> facts(TenantId tenant, StreamId stream) {
            return history.computeIfAbsent(tenant, key -> new LinkedHashMap<>())
                    .computeIfAbsent(stream, key -> new ArrayList<>());
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
