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
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** What the tests with transactions of the host share. */
abstract class HostContract {

    /** Longer than any test lets a lane be held. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How long the impatient wait. */
    static final Duration BOUND = Duration.ofMillis(300);

    final TenantId tenant = Fresh.tenant();
    final TenantId other = Fresh.tenant();
    final StreamId cash = StreamId.of("account", "cash");
    final StreamId bank = StreamId.of("account", "bank");

    private final HostTransactionContract fixture;

    /** A database whose stores wait for a lane as long as it takes. */
    HostTransactions hosts;

    /** The same whose stores give up soon. */
    HostTransactions impatient;

    HostContract(HostTransactionContract fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    final void openStores() {
        hosts = fixture.open(StoreOptions.defaults(), PATIENCE);
        impatient = fixture.open(StoreOptions.defaults(), BOUND);
        hosts.store().ensureTenant(tenant);
        hosts.store().ensureTenant(other);
    }

    HostTransaction begin() {
        return hosts.begin(IsolationLevel.READ_COMMITTED);
    }

    static NewEvent posted(String entry) {
        return NewEvent.of(new Posted(entry, new BigDecimal("10.00")));
    }

    AppendResult append(EventStore store, StreamId stream, ExpectedVersion expected, NewEvent... events) {
        return store.append(tenant, StreamAppend.of(stream, expected, events));
    }

    AppendResult append(EventStore store, StreamId stream, String... entries) {
        NewEvent[] events = new NewEvent[entries.length];
        for (int i = 0; i < entries.length; i++) {
            events[i] = posted(entries[i]);
        }
        return append(store, stream, ExpectedVersion.any(), events);
    }

    /** Returns the journal entries of the log as others see it. */
    List<String> committed() {
        return entries(hosts.store(), tenant, EventQuery.log());
    }

    static List<String> entries(EventStore store, TenantId tenant, EventQuery query) {
        List<String> entries = new ArrayList<>();
        for (RecordedEvent event : store.walk(tenant, query)) {
            entries.add(((Posted) event.payload()).entry());
        }
        return entries;
    }

    /** Makes sure that a transaction which was refused something can still do its own work, append and commit. */
    void goesOn(HostTransaction host, String row) {
        host.writeRow(row);
        append(host.store(), bank, "after " + row);
        host.commit();

        assertThat(hosts.isCommitted(row)).as("row %s", row).isTrue();
        assertThat(committed()).as("log").endsWith("after " + row);
    }

    static String row(String name) {
        return name + " " + Fresh.tenant();
    }
}
