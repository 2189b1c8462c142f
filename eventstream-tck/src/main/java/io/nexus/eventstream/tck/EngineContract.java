package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of projections share: a store, a read model with its oracle, and engines that are closed at the end. */
abstract class EngineContract {

    static final String LEDGER = "ledger";

    final ProjectionFixture fixture;
    final StreamId cash = StreamId.of("account", "cash");
    final StreamId bank = StreamId.of("account", "bank");

    /** Whether events whose entry is "poison" fail. */
    final AtomicBoolean broken = new AtomicBoolean(true);

    ProjectingEventStore store;
    TenantId tenant = Fresh.tenant();

    private final List<Projections> engines = new ArrayList<>();

    EngineContract(ProjectionFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    final void openStore() {
        store = fixture.open(List.of());
        // A store of the same test may stand over the same database, where the last tenant has a log by now.
        tenant = Fresh.tenant();
    }

    @AfterEach
    final void closeEngines() {
        engines.forEach(Projections::close);
    }

    LedgerView ledger() {
        return LedgerView.of(fixture.rows());
    }

    /** Returns the ledger's read model, which fails on poison while it is broken. */
    LedgerView fragileLedger() {
        return ledger().before(failingOnPoison());
    }

    BiConsumer<RecordedEvent, ProjectionContext> failingOnPoison() {
        return (event, context) -> {
            if (broken.get() && event.payload() instanceof Posted posted && "poison".equals(posted.entry())) {
                throw new IllegalStateException("the entry is poison");
            }
        };
    }

    Projections engine(EngineOptions options) {
        return engine(store, options);
    }

    Projections engine(ProjectingEventStore over, EngineOptions options) {
        Projections engine = fixture.engine(over, options);
        engines.add(engine);
        return engine;
    }

    AppendResult post(StreamId stream, String... entries) {
        return post(store, tenant, stream, entries);
    }

    static AppendResult post(EventStore store, TenantId tenant, StreamId stream, String... entries) {
        NewEvent[] events = new NewEvent[entries.length];
        for (int i = 0; i < entries.length; i++) {
            events[i] = NewEvent.of(new Posted(entries[i], new BigDecimal("10.25")));
        }
        return store.append(tenant, StreamAppend.of(stream, ExpectedVersion.any(), events));
    }

    /** Appends this many times one to three events, each time to one of five streams. */
    void postSome(SplittableRandom random, int times) {
        for (int i = 0; i < times; i++) {
            String[] entries = new String[1 + random.nextInt(3)];
            for (int j = 0; j < entries.length; j++) {
                entries[j] = "JE-" + i + "-" + j;
            }
            post(StreamId.of("account", "a" + random.nextInt(5)), entries);
        }
    }

    void postSome(int times) {
        postSome(new SplittableRandom(times), times);
    }

    ProjectionStatus live(Projections engine) {
        return status(engine, SlotRole.LIVE);
    }

    ProjectionStatus status(Projections engine, SlotRole role) {
        return engine.status(tenant, LEDGER).stream()
                .filter(each -> each.role() == role)
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no build that is " + role));
    }

    boolean isBuilding(Projections engine) {
        return engine.status(tenant, LEDGER).stream().anyMatch(each -> each.role() == SlotRole.BUILDING);
    }

    boolean isCaughtUp(Projections engine, TenantId whose) {
        return engine.status(whose, LEDGER).stream()
                .anyMatch(each -> each.role() == SlotRole.LIVE
                        && each.state() == ProjectionState.RUNNING
                        && each.lagInEvents() == 0
                        && each.head().value() > 0);
    }

    Map<String, String> rows(Projections engine, TenantId whose, String table) {
        return fixture.rows().committed(store, whose, engine.table(whose, LEDGER, table));
    }

    Map<String, String> seen(Projections engine) {
        return rows(engine, tenant, LedgerView.SEEN);
    }

    /** Makes sure that the live read model is what the log says. */
    void assertComplete(Projections engine) {
        assertComplete(engine, tenant, LedgerOracle.of(store, tenant));
    }

    void assertComplete(Projections engine, EventQuery query) {
        assertComplete(engine, tenant, LedgerOracle.of(store, tenant, query));
    }

    void assertComplete(Projections engine, TenantId whose, LedgerOracle expected) {
        assertThat(expected.seen()).as("events of the log").isNotEmpty();
        assertThat(rows(engine, whose, LedgerView.SEEN)).isEqualTo(expected.seen());
        assertThat(rows(engine, whose, LedgerView.TOTALS)).isEqualTo(expected.totals());
    }
}
