package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.LoadedState;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A general ledger. Posting is atomic, an entry number is used once, nothing is ever changed: a mistake is mended by
 * {@link #reverse reversing} the entry, and the past stays as it was known.
 *
 * <pre>{@code
 * Ledger ledger = new Ledger(events);
 * ledger.post(JournalEntry.of("JE-1",
 *         JournalLine.debit(today, "1110", new BigDecimal("5000.00"), "MYR", "Paid in by the owner"),
 *         JournalLine.credit(today, "3000", new BigDecimal("5000.00"), "MYR", "Share capital")));
 *
 * TrialBalance yearEnd = ledger.trialBalance(AsOf.occurred(LocalDate.of(2025, 12, 31)));
 * }</pre>
 *
 * <p>Ids of events are derived from the entry's number. So a posting whose outcome is not known can be repeated: the second
 * one is answered with the result of the first, {@link AppendResult#alreadyRecorded()}, and writes nothing.
 *
 * <p>Nothing is posted into a period that was {@linkplain #periods() closed}.
 *
 * <p>Thread-safe.
 */
public final class Ledger {

    /** The events of a ledger, to set up a store with. */
    public static final EventTypes EVENTS =
            EventTypes.of(AccountEvent.class, JournalEvent.class, PeriodEvent.class, BalanceCarriedForward.class);

    private static final String ACCOUNTS = "account";
    private static final String ENTRIES = "journal-entry";

    private final EventStreamManager events;
    private final ZoneId zone;

    /** Creates a ledger whose days begin at midnight UTC. */
    public Ledger(EventStreamManager events) {
        this(events, ZoneOffset.UTC);
    }

    /** Creates a ledger whose days begin at midnight in this zone. A ledger keeps its zone for ever. */
    public Ledger(EventStreamManager events, ZoneId zone) {
        this.events = events;
        this.zone = zone;
    }

    /** Returns the stream of an account. */
    public static StreamId account(String number) {
        return StreamId.of(ACCOUNTS, number);
    }

    /** Returns the stream of a journal entry. */
    public static StreamId entry(String number) {
        return StreamId.of(ENTRIES, number);
    }

    /**
     * Posts an entry: all of its lines or none.
     *
     * @throws PeriodClosedException if a line is dated in a closed period
     * @throws io.nexus.eventstream.EventIdMismatchException if the number belongs to an entry with other content
     */
    public AppendResult post(JournalEntry entry) {
        return postAll(List.of(entry));
    }

    /**
     * Posts several entries at once, all or none. This is how a batch gets in with one commit.
     *
     * @throws PeriodClosedException if a line is dated in a closed period
     * @throws io.nexus.eventstream.EventIdMismatchException if one of them is in the ledger already, unless the very same
     *     batch is
     */
    public AppendResult postAll(List<JournalEntry> entries) {
        return postWith(List.of(), entries);
    }

    /**
     * Takes an entry back by posting its opposite. The entry itself stays; who asks about a day before the reversal still
     * sees it.
     *
     * @param number the entry to take back
     * @param by the number of the new entry
     * @param on the date of the new entry
     * @throws IllegalArgumentException if there is no such entry
     * @throws PeriodClosedException if the new entry is dated in a closed period
     * @throws ConcurrencyException if it was reversed before
     */
    public AppendResult reverse(String number, String by, LocalDate on) {
        JournalEntry original = find(number)
                .orElseThrow(() -> new IllegalArgumentException("there is no entry %s to reverse".formatted(number)));
        JournalEntry opposite = new JournalEntry(
                by,
                original.lines().stream()
                        .map(line -> line.reversed(on, "Reversal of " + number))
                        .toList());
        NewEvent reversed = NewEvent.of(new JournalEntryReversed(number, by))
                .withId(EventId.fromName("reversal/" + by))
                .occurredAt(startOf(on));
        // The posting is the first event of its stream. Whoever appends the second has reversed the entry.
        return postWith(
                List.of(StreamAppend.of(entry(number), ExpectedVersion.exactly(EventVersion.first()), reversed)),
                List.of(opposite));
    }

    /** Returns an entry as it was posted. */
    public Optional<JournalEntry> find(String number) {
        return events.find(entryId(number)).map(posted -> {
            int last = ((JournalEntryPosted) posted.payload()).lines();
            List<JournalLine> lines = new ArrayList<>();
            for (int place = 1; place <= last; place++) {
                lines.add(line(events.find(lineId(number, place)).orElseThrow()));
            }
            return new JournalEntry(number, lines);
        });
    }

    /** Returns the balance of an account. */
    public Balance balance(String account) {
        return events.state(account(account), Balance.fold());
    }

    /** Returns the balance of an account as of a moment. */
    public Balance balanceAt(String account, AsOf asOf) {
        return events.stateAt(account(account), asOf, Balance.fold());
    }

    /**
     * Returns the balances of all accounts as of a moment, on one clock or on both, in one pass over the log.
     *
     * @throws IllegalStateException if it asks for a version, which belongs to a single stream
     */
    public TrialBalance trialBalance(AsOf asOf) {
        TreeMap<String, Balance> balances = new TreeMap<>();
        Instant last = Instant.MIN;
        for (RecordedEvent event :
                events.walk(EventQuery.log().ofCategories(ACCOUNTS).asOf(asOf))) {
            AccountEvent line = (AccountEvent) event.payload();
            String account = event.stream().aggregateId().value();
            balances.merge(account, Balance.ZERO.plus(line.currency(), line.change()), Balance::plus);
            last = event.occurredAt().isAfter(last) ? event.occurredAt() : last;
        }
        return new TrialBalance(balances, balances.isEmpty() ? Optional.empty() : Optional.of(last));
    }

    /** Returns the periods of this ledger, to close and to reopen. */
    public FiscalPeriods periods() {
        return new FiscalPeriods(events, this);
    }

    /**
     * Posts entries into open periods, and something with them. The closings are expected to be as they were looked at; if
     * they are not, they are looked at again.
     */
    private AppendResult postWith(List<StreamAppend> more, List<JournalEntry> entries) {
        for (int attempt = 1; ; attempt++) {
            LoadedState<ClosedThrough> closed = events.load(FiscalPeriods.stream(), ClosedThrough.fold());
            entries.forEach(entry -> requireOpen(entry, closed.state()));
            List<StreamAppend> appends = new ArrayList<>();
            entries.forEach(entry -> appends.addAll(posting(entry)));
            appends.addAll(more);
            appends.add(StreamAppend.expecting(FiscalPeriods.stream(), closed.expected()));
            try {
                return events.appendAll(appends);
            } catch (ConcurrencyException e) {
                if (!e.stream().equals(FiscalPeriods.stream()) || attempt == FiscalPeriods.ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Lets entries pass that were posted before their period was closed: the append will recognise them. */
    private void requireOpen(JournalEntry entry, ClosedThrough closed) {
        for (JournalLine line : entry.lines()) {
            if (closed.covers(line.date())
                    && events.find(entryId(entry.number())).isEmpty()) {
                throw new PeriodClosedException(
                        entry.number(), line.date(), closed.day().orElseThrow());
            }
        }
    }

    /** Returns what makes an entry: the event that takes its number, and one event to the account of each line. */
    private List<StreamAppend> posting(JournalEntry entry) {
        List<JournalLine> lines = entry.lines();
        JournalEntryPosted posted = new JournalEntryPosted(entry.number(), lines.size());
        List<StreamAppend> appends = new ArrayList<>();
        appends.add(StreamAppend.of(
                entry(entry.number()),
                ExpectedVersion.noStream(),
                NewEvent.of(posted)
                        .withId(entryId(entry.number()))
                        .occurredAt(startOf(lines.get(0).date()))));
        for (JournalLine line : lines) {
            appends.add(StreamAppend.of(
                    account(line.account()),
                    ExpectedVersion.any(),
                    NewEvent.of(line.toEvent(entry.number()))
                            .withId(lineId(entry.number(), appends.size()))
                            .occurredAt(startOf(line.date()))));
        }
        return appends;
    }

    private JournalLine line(RecordedEvent event) {
        AccountEvent line = (AccountEvent) event.payload();
        return new JournalLine(
                LocalDate.ofInstant(event.occurredAt(), zone),
                event.stream().aggregateId().value(),
                line instanceof AccountDebited ? Side.DEBIT : Side.CREDIT,
                line.amount(),
                line.currency(),
                line.description());
    }

    private static EventId entryId(String number) {
        return EventId.fromName("journal-entry/" + number);
    }

    /** The place stands before the number, so that no number can be made up to look like another entry's line. */
    private static EventId lineId(String number, int place) {
        return EventId.fromName("journal-line/%d/%s".formatted(place, number));
    }

    ZoneId zone() {
        return zone;
    }

    Instant startOf(LocalDate day) {
        return day.atStartOfDay(zone).toInstant();
    }
}
