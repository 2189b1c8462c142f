package io.nexus.eventstream.examples.finance;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.examples.ReadModelStore;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.projection.RebuildOptions;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of account balances, beside what the ledger says. */
class AccountBalancesTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("other");
    private static final LocalDate MARCH = LocalDate.of(2025, 3, 31);
    private static final LocalDate APRIL = LocalDate.of(2025, 4, 1);
    private static final List<String> CURRENCIES = List.of("MYR", "USD", "EUR");

    @Test
    void backDatedAndReversedEntriesCountLikeAnyOther() {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 500)) {
            Ledger ledger = new Ledger(opened.events(ACME));
            ledger.post(sale("JE-1", APRIL, "100.50"));
            ledger.post(sale("JE-2", MARCH, "20.25"));
            ledger.post(sale("COR-1", MARCH, "-0.750"));
            opened.engine().run();
            AppendResult reversal = ledger.reverse("JE-1", "JE-3", MARCH);
            opened.engine().run();

            AccountBalanceReader reader = new AccountBalanceReader(opened.engine(), opened.dataSource());
            assertThat(reader.all(ACME))
                    .containsExactly(
                            new AccountBalance(
                                    "1110",
                                    "MYR",
                                    new BigDecimal("19.500"),
                                    4,
                                    reversal.events().get(1).position()),
                            new AccountBalance(
                                    "4100",
                                    "MYR",
                                    new BigDecimal("-19.500"),
                                    4,
                                    reversal.events().get(2).position()));
            assertThat(reader.balance(ACME, "1110")).isEqualTo(ledger.balance("1110"));
            assertThat(reader.balance(ACME, "9999")).isEqualTo(Balance.ZERO);
        }
    }

    @Test
    void tenantsAreKeptApartAlsoWhileOneIsRebuilt() {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 500)) {
            new Ledger(opened.events(ACME)).post(sale("JE-1", APRIL, "1.00"));
            new Ledger(opened.events(OTHER)).post(sale("JE-1", APRIL, "7.00"));
            opened.engine().run();
            opened.engine().rebuild(ACME, AccountBalances.NAME);
            opened.engine().run();

            AccountBalanceReader reader = new AccountBalanceReader(opened.engine(), opened.dataSource());
            assertThat(reader.table(ACME)).isEqualTo("public.account_balance_v1_b");
            assertThat(reader.table(OTHER)).isEqualTo("public.account_balance_v1_a");
            opened.engine().rebuild(OTHER, AccountBalances.NAME);
            opened.engine().rebuild(ACME, AccountBalances.NAME);
            opened.engine().run();
            assertThat(reader.table(ACME)).isEqualTo("public.account_balance_v1_a");
            assertThat(reader.table(OTHER)).isEqualTo("public.account_balance_v1_b");
            assertThat(reader.balance(ACME, "1110").in("MYR")).isEqualTo(new BigDecimal("1.00"));
            assertThat(reader.balance(OTHER, "1110").in("MYR")).isEqualTo(new BigDecimal("7.00"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void tableOfARandomJournalIsItsFoldHoweverItIsBuilt(long seed) {
        Random random = new Random(seed);
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 1 + random.nextInt(40))) {
            Ledger ledger = new Ledger(opened.events(ACME));
            AccountBalanceReader reader = new AccountBalanceReader(opened.engine(), opened.dataSource());
            TreeMap<String, BigDecimal> oracle = new TreeMap<>();
            List<JournalEntry> reversible = new ArrayList<>();
            for (int number = 1; number <= 120; number++) {
                if (!reversible.isEmpty() && random.nextInt(6) == 0) {
                    JournalEntry taken = reversible.remove(random.nextInt(reversible.size()));
                    ledger.reverse(taken.number(), "REV-" + number, day(random));
                    taken.lines()
                            .forEach(line ->
                                    oracle.merge(key(line), line.change().negate(), BigDecimal::add));
                } else {
                    JournalEntry entry = entry(random, "JE-" + number);
                    ledger.post(entry);
                    entry.lines().forEach(line -> oracle.merge(key(line), line.change(), BigDecimal::add));
                    reversible.add(entry);
                }
                if (random.nextInt(20) == 0 || number == 80) {
                    opened.engine().run();
                }
                if (number == 80) {
                    RebuildOptions options = new RebuildOptions(1 + random.nextInt(4), random.nextBoolean());
                    opened.engine().rebuild(ACME, AccountBalances.NAME, options);
                    opened.engine().runOnce();
                }
            }
            opened.engine().run();
            assertThat(sums(reader)).as("seed %d", seed).isEqualTo(oracle);
            assertThat(reader.table(ACME)).as("seed %d", seed).isEqualTo("public.account_balance_v1_b");
            ledger.trialBalance(AsOf.now())
                    .accounts()
                    .forEach((account, balance) -> assertThat(reader.balance(ACME, account))
                            .as("seed %d, account %s", seed, account)
                            .isEqualTo(balance));

            opened.engine().rebuild(ACME, AccountBalances.NAME, new RebuildOptions(3, true));
            opened.engine().run();
            assertThat(reader.table(ACME)).as("seed %d", seed).isEqualTo("public.account_balance_v1_a");
            assertThat(sums(reader)).as("seed %d", seed).isEqualTo(oracle);
        }
    }

    private static Map<String, BigDecimal> sums(AccountBalanceReader reader) {
        TreeMap<String, BigDecimal> sums = new TreeMap<>();
        reader.all(ACME).forEach(row -> sums.put(row.account() + " " + row.currency(), row.balance()));
        return sums;
    }

    private static String key(JournalLine line) {
        return line.account() + " " + line.currency();
    }

    private static JournalEntry entry(Random random, String number) {
        List<JournalLine> lines = new ArrayList<>();
        int pairs = 1 + random.nextInt(3);
        for (int pair = 0; pair < pairs; pair++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(2_000_000) - 300_000L, random.nextInt(5));
            String currency = CURRENCIES.get(random.nextInt(CURRENCIES.size()));
            lines.add(JournalLine.debit(day(random), account(random), amount, currency, ""));
            lines.add(JournalLine.credit(day(random), account(random), amount, currency, ""));
        }
        return new JournalEntry(number, lines);
    }

    private static String account(Random random) {
        return "account '%d'".formatted(random.nextInt(8));
    }

    private static LocalDate day(Random random) {
        return MARCH.minusDays(random.nextInt(700));
    }

    private static JournalEntry sale(String number, LocalDate date, String amount) {
        return JournalEntry.of(
                number,
                JournalLine.debit(date, "1110", new BigDecimal(amount), "MYR", "sold"),
                JournalLine.credit(date, "4100", new BigDecimal(amount), "MYR", "sold"));
    }
}
