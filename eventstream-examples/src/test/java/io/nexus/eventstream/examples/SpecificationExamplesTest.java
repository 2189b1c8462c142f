package io.nexus.eventstream.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.CommandOptions;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.LoadedState;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.StreamHealth;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.examples.finance.AccountBalanceReader;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.finance.AccountDebited;
import io.nexus.eventstream.examples.finance.Balance;
import io.nexus.eventstream.examples.finance.JournalEntry;
import io.nexus.eventstream.examples.finance.JournalLine;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.inventory.CurrentStock;
import io.nexus.eventstream.examples.inventory.CurrentStockReader;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.StockAdjusted;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The usage examples of the specification, 1 to 9 in their order, as one writes them here. */
class SpecificationExamplesTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final LocalDate MARCH = LocalDate.of(2025, 3, 31);
    private static final LocalDate APRIL = LocalDate.of(2025, 4, 1);
    private static final StreamId CASH = Ledger.account("1000");
    private static final StreamId TEA = Warehouse.sku("TEA");
    private static final StreamId JAM = Warehouse.sku("JAM");

    @ParameterizedTest
    @EnumSource
    void paymentIsAppendedAsTheFirstEventOfAnAccount(Backend backend) {
        EventStreamManager events = backend.open();
        AccountDebited received =
                new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR", "Customer payment received");

        AppendResult result = events.append(CASH, ExpectedVersion.noStream(), received);

        assertThat(result.version(CASH)).isEqualTo(EventVersion.first());
        assertThat(events.read(EventQuery.stream(CASH)).events())
                .extracting(RecordedEvent::payload)
                .containsExactly(received);
        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> events.append(CASH, ExpectedVersion.noStream(), received));
    }

    @ParameterizedTest
    @EnumSource
    void orderReservesAllOfItsLinesOrNone(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", new BigDecimal("10"), "PO-1");
        warehouse.add("JAM", new BigDecimal("10"), "PO-1");

        Map<String, BigDecimal> lines = Map.of("TEA", new BigDecimal("3"), "JAM", new BigDecimal("2"));
        List<StreamAppend> reservations = reservations(events, lines, "SO-1");
        List<StreamAppend> sameMoment = reservations(events, lines, "SO-2");
        events.appendAll(reservations);

        assertThat(warehouse.stock("TEA").reserved()).isEqualTo("3");
        assertThat(warehouse.stock("JAM").reserved()).isEqualTo("2");
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(() -> events.appendAll(sameMoment));
        assertThat(events.version(TEA)).isEqualTo(EventVersion.of(2));
        assertThat(events.version(JAM)).isEqualTo(EventVersion.of(2));
    }

    private static List<StreamAppend> reservations(
            EventStreamManager events, Map<String, BigDecimal> lines, String order) {
        List<StreamAppend> appends = new ArrayList<>();
        lines.forEach((sku, quantity) -> {
            LoadedState<Stock> loaded = events.load(Warehouse.sku(sku), Stock.fold());
            appends.add(StreamAppend.of(
                    Warehouse.sku(sku),
                    loaded.expected(),
                    NewEvent.of(loaded.state().reserve(quantity, order))));
        });
        return appends;
    }

    @ParameterizedTest
    @EnumSource
    void balanceSheetIsAskedForAsOfADate(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", MARCH, "100.00"));
        ledger.post(sale("JE-2", APRIL, "20.00"));
        ledger.post(sale("COR-1", MARCH, "-30.00"));

        Map<String, BigDecimal> balances = new TreeMap<>();
        for (String account : List.of("1000", "4100", "6300")) {
            Balance balance = events.stateAt(Ledger.account(account), AsOf.occurred(MARCH), Balance.fold());
            balances.put(account, balance.in("MYR"));
        }

        assertThat(balances)
                .containsEntry("1000", new BigDecimal("70.00"))
                .containsEntry("4100", new BigDecimal("-70.00"))
                .containsEntry("6300", BigDecimal.ZERO);
        // Accounts by the thousand are asked about in one pass over the log.
        assertThat(events.statesAt("account", AsOf.occurred(MARCH), Balance.fold()))
                .containsOnlyKeys(CASH, Ledger.account("4100"))
                .allSatisfy((account, balance) -> assertThat(balance.in("MYR"))
                        .isEqualTo(balances.get(account.aggregateId().value())));
    }

    @ParameterizedTest
    @EnumSource
    void adjustmentIsTriedThreeTimesAndSaysWhoWasFaster(Backend backend) {
        EventStreamManager events = backend.open();
        new Warehouse(events).add("TEA", new BigDecimal("100"), "PO-1");
        CommandOptions threeTimes =
                CommandOptions.defaults().withAttempts(3).withPauses(Duration.ofMillis(1), Duration.ofMillis(4));
        AtomicInteger attempts = new AtomicInteger();

        events.execute(
                TEA,
                Stock.fold(),
                stock -> {
                    if (attempts.incrementAndGet() < 3) {
                        somebodyShipsOne(events);
                    }
                    return List.of(stock.adjust(new BigDecimal("-5"), "Count"));
                },
                threeTimes);
        assertThat(events.state(TEA, Stock.fold()).onHand()).isEqualTo("93");
        assertThat(attempts).hasValue(3);

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> events.execute(
                        TEA,
                        Stock.fold(),
                        stock -> {
                            attempts.incrementAndGet();
                            somebodyShipsOne(events);
                            return List.of(stock.adjust(new BigDecimal("-5"), "Count"));
                        },
                        threeTimes))
                .satisfies(e -> {
                    assertThat(e.expected()).isEqualTo(ExpectedVersion.exactly(6));
                    assertThat(e.actual()).isEqualTo(EventVersion.of(7));
                    assertThat(e.eventsInBetween())
                            .extracting(RecordedEvent::payload)
                            .containsExactly(new StockAdjusted(new BigDecimal("-1"), "Somebody else"));
                });
        assertThat(attempts).hasValue(6);
        assertThat(events.state(TEA, Stock.fold()).onHand()).isEqualTo("90");
    }

    private static void somebodyShipsOne(EventStreamManager events) {
        events.append(TEA, ExpectedVersion.streamExists(), new StockAdjusted(new BigDecimal("-1"), "Somebody else"));
    }

    @ParameterizedTest
    @EnumSource
    void jobMakesTheSnapshotsThatAreNeededAndReadsBeginThere(Backend backend) {
        EventStreamManager events = backend.open();
        TenantId tenant = events.tenant();
        events.append(CASH, ExpectedVersion.noStream(), debits(150));
        events.append(Ledger.account("1200"), ExpectedVersion.noStream(), debits(5));
        SnapshottingEventStore store = (SnapshottingEventStore) events.store();
        SnapshotManager job = SnapshotManager.builder(store)
                .snapshot("account", Balance.fold())
                .build();

        List<StreamId> due = job.repository().findStreamsNeedingSnapshots(tenant, "account", "balance", 1, 100, 1_000);
        assertThat(due).containsExactly(CASH);
        Snapshot snapshot =
                job.createIfNeeded(tenant, due.get(0), Balance.fold()).orElseThrow();
        assertThat(snapshot.version()).isEqualTo(EventVersion.of(150));
        assertThat(job.isValid(snapshot)).isTrue();
        assertThat(job.createIfNeeded(tenant, CASH, Balance.fold())).isEmpty();

        SnapshotManager snapshots = SnapshotManager.builder(store)
                .snapshot("account", Balance.fold())
                .build();
        assertThat(events.withSnapshots(snapshots).state(CASH, Balance.fold()).in("MYR"))
                .isEqualTo("150.00");
        assertThat(snapshots.use().fromSnapshot()).isEqualTo(1);
    }

    @Test
    void readModelIsRebuiltWhenSomebodySaysSo() throws SQLException {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 500)) {
            EventStreamManager events = opened.events(ACME).withProjections(opened.engine());
            new Ledger(events).post(sale("JE-1", MARCH, "100.00"));
            opened.engine().run();
            AccountBalanceReader reader = new AccountBalanceReader(opened.engine(), opened.dataSource());
            execute(opened, "UPDATE %s SET balance = 99".formatted(reader.table(ACME)));
            assertThat(reader.balance(ACME, "1000").in("MYR")).isEqualByComparingTo("99");

            events.rebuildProjection(AccountBalances.NAME);

            opened.engine().run();
            assertThat(reader.balance(ACME, "1000").in("MYR")).isEqualTo("100.00");
        }
    }

    @Test
    void dashboardShowsHowStreamsStand() {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 500)) {
            EventStreamManager events = opened.events(ACME).withProjections(opened.engine());
            events.append(CASH, ExpectedVersion.noStream(), debits(3));
            opened.engine().run();
            events.append(CASH, ExpectedVersion.streamExists(), debits(2));

            StreamHealth behind = events.streamHealth(CASH);
            assertThat(behind.statistics().version()).isEqualTo(EventVersion.of(5));
            assertThat(behind.statistics().bytes()).isPositive();
            assertThat(behind.snapshots()).isEmpty();
            assertThat(balances(behind).lagInEvents()).isEqualTo(2);
            assertThat(balances(behind).lag()).isPositive();

            opened.engine().run();
            SnapshotManager.builder(opened.store())
                    .snapshot("account", Balance.fold())
                    .build()
                    .create(ACME, CASH, Balance.fold());
            StreamHealth well = events.streamHealth(CASH);
            assertThat(balances(well).lag()).isZero();
            assertThat(well.snapshots()).hasSize(1);
            assertThat(well.eventsSinceSnapshot()).isZero();
            assertThat(events.tenantHealth().statistics().streams()).isEqualTo(1);
        }
    }

    private static ProjectionStatus balances(StreamHealth health) {
        return health.projections().stream()
                .filter(status -> status.projection().equals(AccountBalances.NAME))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void whoReceivedAPaymentAndInWhichRequestIsKeptBesideTheEvent(Backend backend) {
        EventMetadata request = EventMetadata.none()
                .withUserId("anna")
                .withIpAddress("192.0.2.7")
                .withCausationId("request-4711")
                .withCorrelationId("session-12");
        EventStreamManager events = EventStreamManager.builder()
                .store(backend.open().store())
                .tenant(ACME)
                .metadata(() -> request)
                .build();

        events.append(
                CASH,
                ExpectedVersion.noStream(),
                NewEvent.of(new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR", "Invoice 12"))
                        .withMetadata(EventMetadata.none().with("paymentMethod", "bank transfer")));

        RecordedEvent received = events.read(EventQuery.stream(CASH)).events().get(0);
        assertThat(received.metadata()).isEqualTo(request.with("paymentMethod", "bank transfer"));
        assertThat(received.metadata().userId()).contains("anna");
        assertThat(received.json())
                .isEqualTo(
                        "{\"entry\":\"JE-1\",\"amount\":5000.00,\"currency\":\"MYR\",\"description\":\"Invoice 12\"}");
    }

    @Test
    void projectorThatFailsStopsAndTheStreamStaysIntact() {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 500)) {
            Warehouse warehouse = new Warehouse(opened.events(ACME));
            warehouse.add("TEA", new BigDecimal("10"), "PO-1");
            AppendResult shipped = warehouse.ship("TEA", new BigDecimal("4"), "SO-1");
            try (ProjectionEngine engine = ProjectionEngine.builder(opened.store())
                    .projector(new StockWithoutShipments())
                    .maxAttempts(1)
                    .failureMessages(true)
                    .build()) {
                engine.run();
                EventStreamManager events = opened.events(ACME).withProjections(engine);

                ProjectionStatus failed =
                        events.projectionStatus(CurrentStock.NAME).get(0);
                assertThat(failed.state()).isEqualTo(ProjectionState.FAILED);
                assertThat(failed.failure().orElseThrow().position()).isEqualTo(shipped.position());
                assertThat(failed.failure().orElseThrow().error()).contains("Unhandled event type: stock-shipped");
                assertThatExceptionOfType(ProjectionException.class)
                        .isThrownBy(() -> events.awaitProjection(shipped, CurrentStock.NAME, Duration.ofSeconds(10)));
                assertThat(warehouse.stock("TEA").onHand()).isEqualTo("6");
            }

            opened.engine().resume(ACME, CurrentStock.NAME);
            opened.engine().run();
            assertThat(new CurrentStockReader(opened.engine(), opened.dataSource()).all(ACME))
                    .containsEntry("TEA", new Stock(new BigDecimal("6"), BigDecimal.ZERO));
        }
    }

    private static Object[] debits(int count) {
        return Collections.nCopies(count, new AccountDebited("JE", new BigDecimal("1.00"), "MYR", "Received"))
                .toArray();
    }

    private static JournalEntry sale(String number, LocalDate date, String amount) {
        return JournalEntry.of(
                number,
                JournalLine.debit(date, "1000", new BigDecimal(amount), "MYR", "sold"),
                JournalLine.credit(date, "4100", new BigDecimal(amount), "MYR", "sold"));
    }

    private static void execute(ReadModelStore opened, String sql) throws SQLException {
        try (Connection connection = opened.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A projector whose author forgot that goods are shipped. */
    private static final class StockWithoutShipments implements Projector {

        private final Projector stock = new CurrentStock();

        @Override
        public String name() {
            return stock.name();
        }

        @Override
        public int version() {
            return stock.version();
        }

        @Override
        public Set<String> eventTypes() {
            return stock.eventTypes();
        }

        @Override
        public Set<String> tables() {
            return stock.tables();
        }

        @Override
        public void prepare(ProjectionContext context) {
            stock.prepare(context);
        }

        @Override
        public void reset(ProjectionContext context) {
            stock.reset(context);
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            if (event.type().name().equals("stock-shipped")) {
                throw new IllegalStateException(
                        "Unhandled event type: " + event.type().name());
            }
            stock.project(event, context);
        }
    }
}
