package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventQuery;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The periods of a ledger: closed months and years, and the opening balances of what follows them.
 *
 * <pre>{@code
 * LocalDate yearEnd = LocalDate.of(2025, 12, 31);
 * TrialBalance closing = ledger.periods().close(yearEnd);
 * TrialBalance opening = ledger.periods().opening(yearEnd.plusDays(1));
 *
 * ledger.periods().reopen(LocalDate.of(2025, 12, 1), "Invoice 4711 came in late");
 * }</pre>
 *
 * <p>Why all closings are one stream, and not one for each period: a closing balance is made of every day before, so it stays
 * true only while all of these are closed. What is closed is therefore a beginning of the calendar, up to a day, and one
 * expectation of one stream guards a posting whatever its date.
 *
 * <p>A posting expects that stream to be as it was looked at, and does not write to it. So postings never wait for each
 * other because of it, and of a posting and a closing at the same moment the log has one first: the posting, and it is in
 * the closing balance, or the closing, and the posting is refused.
 *
 * <p>At the end of a year, post the entry that brings income and expenses to the retained earnings before you close: it is an
 * entry like any other. Closing itself moves no money, it says what every account begins with.
 *
 * <p>Thread-safe. Closing what is closed and reopening what is open does nothing.
 */
public final class FiscalPeriods {

    /** Only who closes or reopens at the same moment makes a closing or a posting begin again. */
    static final int ATTEMPTS = 10;

    private static final StreamId CLOSINGS = StreamId.of("period", "ledger");
    private static final String OPENINGS = "opening-balance";

    private final EventStreamManager events;
    private final Ledger ledger;

    FiscalPeriods(EventStreamManager events, Ledger ledger) {
        this.events = events;
        this.ledger = ledger;
    }

    /** Returns the stream of closings and reopenings. */
    public static StreamId stream() {
        return CLOSINGS;
    }

    /** Returns the stream of the opening balances of the period that begins on a day. */
    public static StreamId openingStream(LocalDate firstDay) {
        return StreamId.of(OPENINGS, firstDay.toString());
    }

    /** Returns up to which day the books are closed. */
    public ClosedThrough closed() {
        return events.state(CLOSINGS, ClosedThrough.fold());
    }

    /**
     * Closes the books through a day, and carries the balances forward to the next. From the first on nothing is posted on or
     * before that day, so the second has all the time it needs; a close that was ended in between is completed by another.
     *
     * @return the closing balances, which are the opening balances of the next day
     * @throws IllegalStateException if somebody reopens the books while they are being closed
     */
    public TrialBalance close(LocalDate through) {
        events.execute(
                CLOSINGS,
                ClosedThrough.fold(),
                closed -> closed.covers(through) ? List.of() : List.of(new PeriodClosed(through)));
        for (int attempt = 1; ; attempt++) {
            try {
                return carryForward(through);
            } catch (ConcurrencyException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Reopens the books from a day on. The opening balances that were carried forward from there stay as they are until the
     * period is closed again, which carries the differences forward.
     *
     * @param from the first day of the period
     * @param reason why; it is recorded
     * @return whether it was closed
     * @throws IllegalArgumentException if there is no reason
     */
    public boolean reopen(LocalDate from, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("a period is reopened for a reason: name it");
        }
        return events.execute(
                        CLOSINGS,
                        ClosedThrough.fold(),
                        closed -> closed.covers(from) ? List.of(new PeriodReopened(from, reason)) : List.of())
                .isPresent();
    }

    /** Returns the opening balances of the period that begins on a day: what was carried forward to it. */
    public TrialBalance opening(LocalDate firstDay) {
        TreeMap<String, Balance> balances = new TreeMap<>();
        for (RecordedEvent event : events.walk(EventQuery.stream(openingStream(firstDay)))) {
            BalanceCarriedForward carried = (BalanceCarriedForward) event.payload();
            balances.merge(carried.account(), Balance.ZERO.plus(carried.currency(), carried.amount()), Balance::plus);
        }
        return new TrialBalance(balances, Optional.empty());
    }

    private TrialBalance carryForward(LocalDate through) {
        LoadedState<ClosedThrough> closed = events.load(CLOSINGS, ClosedThrough.fold());
        if (!closed.state().covers(through)) {
            throw new IllegalStateException("the books were reopened while they were being closed through " + through);
        }
        LocalDate next = through.plusDays(1);
        // Before the balances are read: whoever carries forward in between is found out by it.
        EventVersion carried = events.version(openingStream(next));
        TrialBalance closing = ledger.trialBalance(AsOf.occurred(through, ledger.zone()));
        List<NewEvent> missing = missing(closing, opening(next), ledger.startOf(next));
        if (!missing.isEmpty()) {
            events.appendAll(List.of(
                    StreamAppend.expecting(CLOSINGS, closed.expected()),
                    new StreamAppend(openingStream(next), ExpectedVersion.exactly(carried), missing)));
        }
        return closing;
    }

    private static List<NewEvent> missing(TrialBalance closing, TrialBalance opening, Instant at) {
        List<NewEvent> missing = new ArrayList<>();
        closing.minus(opening)
                .forEach((account, difference) -> difference
                        .amounts()
                        .forEach((currency, amount) ->
                                missing.add(NewEvent.of(new BalanceCarriedForward(account, currency, amount))
                                        .occurredAt(at))));
        return missing;
    }
}
