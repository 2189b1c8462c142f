package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of all capabilities share: a store, a tenant that nobody else uses, and some streams. */
abstract class StoreContract {

    /** More pages than any test reads; a store that never comes to an end must fail, not hang. */
    private static final int MOST_PAGES = 100_000;

    final StoreFixture fixture;
    final TenantId tenant = Fresh.tenant();
    final StreamId cash = StreamId.of("account", "cash");
    final StreamId bank = StreamId.of("account", "bank");
    final StreamId order = StreamId.of("order", "4711");

    EventStore store;

    StoreContract(StoreFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    final void openStore() {
        store = fixture.open(StoreOptions.defaults());
    }

    static NewEvent posted(String entry) {
        return posted(entry, "10.00");
    }

    static NewEvent posted(String entry, String amount) {
        return NewEvent.of(new Posted(entry, new BigDecimal(amount)));
    }

    /** Returns this many events to append together. */
    static NewEvent[] postings(int count) {
        NewEvent[] events = new NewEvent[count];
        for (int i = 0; i < count; i++) {
            events[i] = posted("JE-" + (i + 1));
        }
        return events;
    }

    AppendResult append(StreamId stream, NewEvent... events) {
        return append(stream, ExpectedVersion.any(), events);
    }

    AppendResult append(StreamId stream, ExpectedVersion expected, NewEvent... events) {
        return store.append(tenant, StreamAppend.of(stream, expected, events));
    }

    List<RecordedEvent> log() {
        return read(EventQuery.log());
    }

    List<RecordedEvent> stream(StreamId stream) {
        return read(EventQuery.stream(stream));
    }

    /** Returns all events of a query. */
    List<RecordedEvent> read(EventQuery query) {
        List<RecordedEvent> events = new ArrayList<>();
        pages(query).forEach(page -> events.addAll(page.events()));
        return events;
    }

    /** Returns all pages of a query. */
    List<EventPage> pages(EventQuery query) {
        List<EventPage> pages = new ArrayList<>();
        Optional<EventQuery> next = Optional.of(query);
        while (next.isPresent()) {
            EventPage page = store.read(tenant, next.get());
            pages.add(page);
            assertThat(pages).as("pages of %s", query).hasSizeLessThan(MOST_PAGES);
            next = page.next();
        }
        return pages;
    }

    /**
     * Makes sure that a call is refused with this exception and leaves no trace: the log is as it was, and the position after
     * its head is given to the next append.
     */
    <E extends RuntimeException> E refused(Class<E> expected, ThrowingCallable call) {
        long head = headPosition();
        E refusal = refusedForNow(expected, call);
        AppendResult next = append(StreamId.of("probe", "after-refusal"), posted("probe"));
        assertThat(next.position().value()).as("position after a refusal").isEqualTo(head + 1);
        return refusal;
    }

    /** As {@link #refused} where the next append would be refused too. */
    <E extends RuntimeException> E refusedForNow(Class<E> expected, ThrowingCallable call) {
        Optional<LogHead> head = store.head(tenant);
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(expected);
        assertThat(store.head(tenant)).as("head of the log after a refusal").isEqualTo(head);
        return expected.cast(thrown);
    }

    private long headPosition() {
        return store.head(tenant).map(head -> head.position().value()).orElse(0L);
    }

    static List<Long> positions(List<RecordedEvent> events) {
        return events.stream().map(event -> event.position().value()).toList();
    }

    static List<Long> versions(List<RecordedEvent> events) {
        return events.stream().map(event -> event.version().value()).toList();
    }

    /** Returns the journal entries of events that are all {@link Posted}. */
    static List<String> entries(List<RecordedEvent> events) {
        return events.stream().map(event -> ((Posted) event.payload()).entry()).toList();
    }
}
