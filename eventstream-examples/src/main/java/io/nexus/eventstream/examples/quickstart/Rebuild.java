package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.AccountBalance;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.finance.JournalEntry;
import io.nexus.eventstream.examples.finance.JournalLine;
import io.nexus.eventstream.examples.finance.Ledger;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * A read model is built anew while it is read and while its log grows. In a tenant of its own, so that nobody's figures are
 * touched.
 */
final class Rebuild {

    static final String TENANT = "quickstart-rebuild";

    private static final int ENTRIES = 10_000;
    private static final int ENTRIES_MEANWHILE = 200;
    private static final int ENTRIES_PER_APPEND = 250;
    private static final int ACCOUNTS = 200;
    private static final LocalDate DAY = LocalDate.of(2025, 12, 31);

    private final Screen screen;
    private final ReadModels readModels;
    private final TenantId tenant = TenantId.of(TENANT);
    private final EventStreamManager events;
    private final Ledger ledger;

    Rebuild(Screen screen, ReadModels readModels, Database database) {
        this.screen = screen;
        this.readModels = readModels;
        this.events = database.events(TENANT);
        this.ledger = new Ledger(events);
    }

    /** Shows it; the engine must have been started. */
    void show() {
        screen.section("A read model is rebuilt while it is read and while the log grows");
        long first = head();
        if (first == 0) {
            fill();
        }
        readModels.awaitCaughtUp(tenant, AccountBalances.NAME);
        // A run that was ended in the middle has left its rebuild behind, and the engine has gone on with it.
        readModels.await(tenant, AccountBalances.NAME, () -> readModels.isNotBeingBuilt(tenant, AccountBalances.NAME));
        screen.line(
                "Tenant %s, %s in its log, %s",
                TENANT,
                Screen.count(head(), "event", "events"),
                Screen.count(readModels.balances().all(tenant).size(), "balance", "balances"));
        screen.gap();

        String before = readModels.balances().table(tenant);
        long positions = head();
        readModels.bars().show(tenant);
        long begin = System.nanoTime();
        readModels.engine().rebuild(tenant, AccountBalances.NAME);
        CompletableFuture<AppendResult> writer = CompletableFuture.supplyAsync(() -> postMeanwhile(positions));
        Readings readings = readUntilSwitched(before);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        AppendResult last = join(writer);
        readModels.engine().awaitProjection(tenant, last, AccountBalances.NAME, Duration.ofSeconds(30));
        readModels.bars().hide();

        screen.gap();
        String after = readModels.balances().table(tenant);
        screen.line("Built       %s", after);
        screen.line(
                "            from %s in %s, %s a second",
                Screen.count(positions, "event", "events"),
                Screen.time(took),
                Screen.number(Math.round(positions / (took.toNanos() / 1e9))));
        screen.line("Meanwhile   %s served %s, %s", before, readings.said(), readings.verdict());
        screen.line("            another writer posted %s", Screen.count(ENTRIES_MEANWHILE, "entry", "entries"));
        screen.line("Now         %s serves; the table before is kept, to go back to", after);
        screen.line(
                "Compared    %s",
                CatchUp.agree(readModels.balances().all(tenant), ledger.trialBalance(AsOf.now()))
                        ? "every balance is the same as folded from the log"
                        : "the balances differ from the log, which must not be: please report it");
        screen.gap();
        screen.line("In Java: engine.rebuild(tenant, \"account-balances\")");
    }

    private Readings readUntilSwitched(String before) {
        Readings readings = new Readings();
        readModels.await(tenant, AccountBalances.NAME, () -> {
            if (!readModels.balances().table(tenant).equals(before)) {
                return true;
            }
            readings.add(readModels.balances().all(tenant));
            return false;
        });
        return readings;
    }

    private void fill() {
        List<JournalEntry> batch = new ArrayList<>();
        for (int number = 1; number <= ENTRIES; number++) {
            batch.add(entry("FILL-" + number, number));
            if (batch.size() == ENTRIES_PER_APPEND) {
                ledger.postAll(batch);
                batch.clear();
            }
        }
    }

    /** Posts entries one by one; their numbers begin with the log's size, so that another run has others. */
    private AppendResult postMeanwhile(long size) {
        return IntStream.rangeClosed(1, ENTRIES_MEANWHILE)
                .mapToObj(number -> ledger.post(entry("MORE-%d-%d".formatted(size, number), number)))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static JournalEntry entry(String number, int seed) {
        BigDecimal amount = BigDecimal.valueOf(100 + seed * 37L % 9_901, 2);
        String debited = String.valueOf(1_000 + seed % ACCOUNTS);
        String credited = String.valueOf(1_000 + (seed * 7 + 1) % ACCOUNTS);
        return JournalEntry.of(
                number,
                JournalLine.debit(DAY, debited, amount, "MYR", "Demonstration"),
                JournalLine.credit(DAY, credited, amount, "MYR", "Demonstration"));
    }

    private long head() {
        return events.head()
                .map(LogHead::position)
                .map(position -> position.value())
                .orElse(0L);
    }

    private static AppendResult join(CompletableFuture<AppendResult> writer) {
        try {
            return writer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** What was read while the rebuild ran. */
    private static final class Readings {

        private int number;
        private int unbalanced;

        void add(List<AccountBalance> balances) {
            TreeMap<String, BigDecimal> sums = new TreeMap<>();
            balances.forEach(row -> sums.merge(row.currency(), row.balance(), BigDecimal::add));
            number++;
            unbalanced += sums.values().stream().allMatch(sum -> sum.signum() == 0) ? 0 : 1;
        }

        String said() {
            return Screen.count(number, "reading", "readings") + " of all balances";
        }

        String verdict() {
            return unbalanced == 0 ? "each of sum 0.00" : unbalanced + " of them not of sum 0.00, which must not be";
        }
    }
}
