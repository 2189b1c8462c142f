package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.jdbc.JoinedEventStore;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.privacy.CustomerEvent.Noted;
import io.nexus.eventstream.privacy.CustomerEvent.Registered;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person is forgotten everywhere, and history stays as it was. */
class ErasureTest {

    private static final TenantId ACME = Shop.ACME;

    private static Shop shop;

    private final String ann = "c-" + UUID.randomUUID();
    private final StreamId stream = Shop.customer(ann);

    @BeforeAll
    static void open() {
        shop = new Shop();
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    record Names(String names) {
        static NamedFold<Names> fold() {
            return Fold.of(new Names(""), CustomerEvent.class, Names::after).named("names", 1, Names.class);
        }

        private Names after(CustomerEvent event) {
            String name = event instanceof Registered registered
                    ? registered.name()
                    : event instanceof Renamed renamed ? renamed.name() : "";
            return new Names(names + name + ";");
        }
    }

    @Test
    void declaredValuesStandInThePlaceOfWhatWasErasedAndTheChainHolds() {
        Registered event = CustomerEvent.registered(ann, "Ann");
        Shop.append(shop.store, ACME, stream, event, new Renamed(ann, "Anna"), new Noted("kept"));
        List<String> before = stored();

        ErasureReport report = shop.subjects.erase(ACME, ann, "asked");

        assertThat(Shop.payloads(shop.store, ACME, stream))
                .containsExactly(
                        new Registered(
                                ann,
                                "[erased]",
                                LocalDate.of(1, 1, 1),
                                BigDecimal.ZERO,
                                Optional.empty(),
                                List.of(),
                                event.limit()),
                        new Renamed(ann, "[erased]"),
                        new Noted("kept"));
        assertThat(stored()).isEqualTo(before);
        assertThat(LogVerifier.of(shop.store).verify(ACME))
                .satisfies(verified -> assertThat(verified.isIntact()).isTrue())
                .satisfies(verified -> assertThat(verified.reachesHead()).isTrue());
        assertThat(report.foundAnything()).isTrue();
        assertThat(report.streams()).isEqualTo(1);
        assertThat(report.lateEvents()).isZero();
    }

    @Test
    void theActIsAnEventAndErasingAgainChangesNothing() {
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));

        ErasureReport first = shop.subjects.erase(ACME, ann, "ticket 7");
        ErasureReport again = shop.subjects.erase(ACME, ann, "ticket 8");

        assertThat(again).isEqualTo(first);
        assertThat(acts())
                .filteredOn(act -> act.subject().equals(ann))
                .containsExactly(
                        new SubjectErased(ann, "ticket 7", first.erasedAt().orElseThrow()));
        assertThat(shop.subjects.erase(ACME, "nobody", "asked").foundAnything()).isFalse();
        assertThat(shop.keyStore.unfinished(ACME, 10)).isEmpty();
    }

    @Test
    void whoErasedAPersonIsKeptWithTheAct() {
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));

        shop.subjects
                .metadata(() -> EventMetadata.none().withUserId("officer-7"))
                .erase(ACME, ann, "asked");

        assertThat(actsOf(ann))
                .singleElement()
                .satisfies(act -> assertThat(act.metadata().userId()).contains("officer-7"));
    }

    @Test
    void whoErasesThemselvesIsNotNamedWhereThatWouldBeEncryptedWithTheirOwnKey() {
        EncryptingEventSerializer serializer = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(CustomerEvent.TYPES), shop.keys)
                .personalMetadata()
                .build();
        PostgresEventStore store =
                PostgresEventStore.builder(shop.pool(), serializer).build();
        Shop.append(store, ACME, stream, new Renamed(ann, "Ann"));

        DataSubjects.of(store, serializer)
                .metadata(() -> EventMetadata.none().withUserId(ann))
                .erase(ACME, ann, "asked");

        assertThat(actsOf(ann))
                .singleElement()
                .satisfies(act -> assertThat(act.metadata().entries()).isEmpty());
        assertThat(shop.keyStore.unfinished(ACME, 10)).isEmpty();
    }

    @Test
    void nobodyCanSayOfAPersonWhoseKeyLivesThatTheyWereErased() {
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));
        StreamId act = StreamId.of(
                SubjectErased.CATEGORY,
                shop.keyStore.current(ACME, ann).orElseThrow().id().toString());

        assertThatThrownBy(() -> Shop.append(shop.store, ACME, act, new SubjectErased(ann, "asked", Instant.EPOCH)))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("DataSubjects.erase")
                .hasMessageNotContaining(ann);

        ErasureReport report = shop.subjects.erase(ACME, ann, "asked");
        SubjectErased said = new SubjectErased(ann, "asked", report.erasedAt().orElseThrow());
        assertThatThrownBy(() -> Shop.append(shop.store, ACME, stream, said))
                .as("in a stream of another name")
                .isInstanceOf(EventSerializationException.class);
        assertThatThrownBy(() -> Shop.append(shop.store, ACME, act, new SubjectErased("bob", "asked", said.erasedAt())))
                .as("with the name of another person")
                .isInstanceOf(EventSerializationException.class);
    }

    @Test
    void aNodeForgetsAKeyOnceItReadsThatItWasDestroyedElsewhere() {
        PostgresEventStore elsewhere = shop.storeOf(SubjectKeys.builder(shop.keyStore, Shop.MASTER)
                .readTtl(Duration.ofHours(1))
                .build());
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));
        assertThat(Shop.payloads(elsewhere, ACME, stream)).containsExactly(new Renamed(ann, "Ann"));
        shop.subjects.erase(ACME, ann, "asked");
        assertThat(Shop.payloads(elsewhere, ACME, stream))
                .as("which has the key in memory")
                .containsExactly(new Renamed(ann, "Ann"));

        elsewhere
                .walk(ACME, EventQuery.log().ofTypes(SubjectErased.TYPE))
                .forEach(act -> assertThat(act.payload()).isInstanceOf(SubjectErased.class));

        assertThat(Shop.payloads(elsewhere, ACME, stream)).containsExactly(new Renamed(ann, "[erased]"));
    }

    @Test
    void anErasureIsFinishedWhereverACrashHasLeftIt() {
        for (int calls = 1; calls <= 8; calls++) {
            String person = ann + "-" + calls;
            Shop.append(shop.store, ACME, Shop.customer(person), new Renamed(person, "Ann"));
            FailingStore failing = new FailingStore(shop.store, calls);
            DataSubjects crashing = DataSubjects.of(failing, shop.serializer);
            try {
                crashing.erase(ACME, person, "asked");
            } catch (StorageException e) {
                assertThat(e).hasMessage("crashed");
            }
            assertThat(Shop.payloads(shop.store, ACME, Shop.customer(person)))
                    .as("after call %d", calls)
                    .containsExactly(new Renamed(person, "[erased]"));

            List<ErasureReport> resumed = shop.subjects.resume(ACME);

            assertThat(resumed).hasSize(failing.hasCrashed ? 1 : 0);
            assertThat(shop.keyStore.unfinished(ACME, 10)).isEmpty();
            assertThat(acts()).filteredOn(act -> act.subject().equals(person)).hasSize(1);
        }
    }

    @Test
    void aRepeatedAppendIsRecognisedByItsIdsAndSaysThatContentWasNotCompared() {
        StreamAppend append = Shop.newEvents(stream, new Renamed(ann, "Ann"), new Noted("x"));
        AppendResult first = shop.store.append(ACME, append);
        assertThat(shop.store.append(ACME, append).contentCompared()).isTrue();

        shop.subjects.erase(ACME, ann, "asked");

        AppendResult again = shop.store.append(ACME, append);
        assertThat(again).isEqualTo(new AppendResult(first.events(), first.recordedAt(), true, false));
        assertThatThrownBy(() -> Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann")))
                .isInstanceOf(SubjectErasedException.class)
                .hasMessageNotContaining(ann);
        StreamAppend mixed = new StreamAppend(
                stream, append.expected(), List.of(append.events().get(0), NewEvent.of(new Renamed(ann, "Ann"))));
        assertThatThrownBy(() -> shop.store.append(ACME, mixed)).isInstanceOf(SubjectErasedException.class);
        StreamAppend elsewhere = new StreamAppend(Shop.customer("else"), append.expected(), append.events());
        assertThatThrownBy(() -> shop.store.append(ACME, elsewhere)).isInstanceOf(SubjectErasedException.class);
    }

    @Test
    void aPersonWhoComesBackHasANewKeyAndWhatWasErasedStaysSo() {
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));
        shop.subjects.erase(ACME, ann, "asked");

        assertThat(shop.subjects.readmit(ACME, ann)).isTrue();
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Anna"));

        assertThat(Shop.payloads(shop.store, ACME, stream))
                .containsExactly(new Renamed(ann, "[erased]"), new Renamed(ann, "Anna"));
        assertThat(shop.subjects.readmit(ACME, ann)).isFalse();

        shop.subjects.erase(ACME, ann, "asked once more");
        assertThat(Shop.payloads(shop.store, ACME, stream)).containsOnly(new Renamed(ann, "[erased]"));
        assertThat(shop.subjects.readmit(ACME, ann)).isTrue();
        assertThat(shop.subjects.erase(ACME, ann, "asked again").foundAnything())
                .as("nothing was stored since")
                .isFalse();
    }

    @Test
    void inATransactionOfTheCallerTheStreamIsNotedAllTheSame() throws SQLException {
        try (Connection connection = shop.pool().getConnection()) {
            connection.setAutoCommit(false);
            JoinedEventStore joined = shop.store.joining(connection);
            joined.lockLanes(ACME);
            Shop.append(joined, ACME, stream, new Renamed(ann, "Ann"));
            connection.commit();
        }

        assertThat(shop.subjects.erase(ACME, ann, "asked").streams()).isEqualTo(1);
        assertThat(Shop.payloads(shop.store, ACME, stream)).containsExactly(new Renamed(ann, "[erased]"));
    }

    @Test
    void whatAnotherNodeAppendsBeforeItHasHeardOfItIsReadByNobodyAndProjectionsAreToldAgain() {
        PostgresEventStore elsewhere = shop.storeOf(SubjectKeys.builder(shop.keyStore, Shop.MASTER)
                .writeTtl(Duration.ofHours(1))
                .build());
        Shop.append(elsewhere, ACME, stream, new Renamed(ann, "Ann"));
        ErasureReport first = shop.subjects.erase(ACME, ann, "asked");

        Shop.append(elsewhere, ACME, stream, new Renamed(ann, "Anna"));

        assertThat(Shop.payloads(shop.store, ACME, stream))
                .containsExactly(new Renamed(ann, "[erased]"), new Renamed(ann, "[erased]"));
        ErasureReport second = shop.subjects.erase(ACME, ann, "asked");
        assertThat(second.lateEvents()).isEqualTo(1);
        assertThat(second.told().orElseThrow()).isGreaterThan(first.told().orElseThrow());
        assertThat(shop.subjects.erase(ACME, ann, "asked").told()).isEqualTo(second.told());
    }

    @Test
    void statesAreKeptEncryptedAndForgottenInMemoryToo() {
        SnapshotManager snapshots = SnapshotManager.builder(shop.store)
                .snapshot("customer", Names.fold())
                .build();
        EventStreamManager manager = EventStreamManager.builder()
                .store(shop.store)
                .tenant(ACME)
                .build()
                .withSnapshots(snapshots);
        manager.append(stream, ExpectedVersion.any(), new Renamed(ann, "Marker"));
        snapshots.create(ACME, stream, Names.fold());

        assertThat(Shop.query(shop.url, "SELECT s::text FROM eventstream.snapshots s WHERE stream_id = ?", ann))
                .singleElement()
                .satisfies(row -> assertThat(row).contains("~personal:1:").doesNotContain("Marker"));
        SnapshotManager fresh = SnapshotManager.builder(shop.store)
                .snapshot("customer", Names.fold())
                .build();
        assertThat(fresh.load(ACME, stream, Names.fold(), AsOf.now()).state().names())
                .isEqualTo("Marker;");
        assertThat(fresh.use().fromSnapshot()).isEqualTo(1);

        ErasureReport report =
                DataSubjects.of(shop.store, shop.serializer, snapshots).erase(ACME, ann, "asked");

        assertThat(report.snapshots()).isEqualTo(1);
        assertThat(manager.state(stream, Names.fold()).names()).isEqualTo("[erased];");
        assertThat(shop.store.snapshots().list(ACME, stream)).isEmpty();
        assertThatThrownBy(() -> snapshots.create(ACME, stream, Names.fold()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not kept");
        assertThat(shop.store.snapshots().list(ACME, stream))
                .as("for two days nothing is kept that a node may have folded with the key")
                .isEmpty();
    }

    @Test
    void aStoredStateOfSomebodyWhoWasErasedIsPassedOver() {
        SnapshotManager snapshots = SnapshotManager.builder(shop.store)
                .snapshot("customer", Names.fold())
                .build();
        Shop.append(shop.store, ACME, stream, new Renamed(ann, "Ann"));
        snapshots.create(ACME, stream, Names.fold());
        UUID key = shop.keyStore.current(ACME, ann).orElseThrow().id();
        shop.keyStore.destroy(ACME, key, "asked");

        PostgresEventStore elsewhere = shop.storeOf(shop.otherNode());
        SnapshotManager there = SnapshotManager.builder(elsewhere)
                .snapshot("customer", Names.fold())
                .build();
        assertThat(there.load(ACME, stream, Names.fold(), AsOf.now()).state().names())
                .isEqualTo("[erased];");
        assertThat(elsewhere.snapshots().list(ACME, stream)).isEmpty();
    }

    @Test
    void readModelsForgetBehindTheLogInlineAndWhenBuiltAnew() {
        try (Shop own = new Shop();
                ProjectionEngine engine = ProjectionEngine.builder(own.store)
                        .projector(new CustomerNames("behind"))
                        .build()) {
            PostgresEventStore inline = PostgresEventStore.builder(own.pool(), own.serializer)
                    .inline(new CustomerNames("inline"))
                    .build();
            Shop.append(inline, ACME, stream, new Renamed(ann, "Ann"));
            Shop.append(inline, ACME, Shop.customer("bob"), new Renamed("bob", "Bob"));
            engine.run();
            assertThat(names(own, "behind")).containsExactly("Ann", "Bob");

            DataSubjects.of(inline, own.serializer).erase(ACME, ann, "asked");

            assertThat(names(own, "inline")).containsExactly("Bob");
            engine.run();
            assertThat(names(own, "behind")).containsExactly("Bob");
            engine.rebuild(ACME, "behind");
            engine.run();
            assertThat(names(own, "behind")).containsExactly("Bob");
            assertThat(engine.dryRun(ACME, new CustomerNames("behind")).failure())
                    .isEmpty();
        }
    }

    private static List<String> names(Shop own, String projection) {
        String table = Shop.query(
                        own.url,
                        "SELECT slot FROM eventstream.projections WHERE projection = ? AND role ILIKE 'live'",
                        projection)
                .get(0);
        return Shop.query(own.url, "SELECT name FROM %s_names_%s ORDER BY name".formatted(projection, table));
    }

    private List<String> stored() {
        return Shop.query(
                shop.url,
                "SELECT e.payload || e.metadata::text || e.hash::text FROM eventstream.events e WHERE e.stream_id = ? ORDER BY e.position",
                ann);
    }

    private static List<SubjectErased> acts() {
        return actEvents()
                .map(RecordedEvent::payload)
                .map(SubjectErased.class::cast)
                .toList();
    }

    private static List<RecordedEvent> actsOf(String person) {
        return actEvents()
                .filter(act -> ((SubjectErased) act.payload()).subject().equals(person))
                .toList();
    }

    private static Stream<RecordedEvent> actEvents() {
        return StreamSupport.stream(
                shop.store
                        .walk(ACME, EventQuery.log().ofTypes(SubjectErased.TYPE))
                        .spliterator(),
                false);
    }

    /** A store whose n-th call is the last. */
    private static final class FailingStore extends ForwardingEventStore implements SnapshottingEventStore {

        private final PostgresEventStore delegate;
        private int left;
        private boolean hasCrashed;

        FailingStore(PostgresEventStore delegate, int calls) {
            this.delegate = delegate;
            this.left = calls;
        }

        @Override
        protected EventStore delegate() {
            if (--left == 0) {
                hasCrashed = true;
            }
            if (left <= 0) {
                throw new StorageException("crashed", null);
            }
            return delegate;
        }

        @Override
        public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
            AppendResult result = super.appendAll(tenant, appends);
            // After the commit, before the answer.
            delegate();
            return result;
        }

        @Override
        public SnapshotRepository snapshots() {
            delegate();
            return delegate.snapshots();
        }

        @Override
        public StatisticsStorage statistics() {
            return delegate.statistics();
        }
    }
}
