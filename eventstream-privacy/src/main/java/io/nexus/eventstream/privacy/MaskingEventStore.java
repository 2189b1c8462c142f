package io.nexus.eventstream.privacy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Shows events to everybody and personal data to those only who may see it: others see what was declared for erased values, and
 * {@code ***} in the place of a text for which nothing else was declared. Folds work on what is seen. What they see is made
 * without the keys of persons; but the store behind opens events of old versions when it reads them, since upcasters decide what
 * becomes of them.
 *
 * <p>A guard goes around it: {@code guard.store(masking)}. Thread-safe if what is asked is.
 */
public final class MaskingEventStore extends ForwardingEventStore {

    private final EventStore delegate;
    private final EncryptingEventSerializer serializer;
    private final Predicate<TenantId> mayRead;

    private MaskingEventStore(EventStore delegate, EncryptingEventSerializer serializer, Predicate<TenantId> mayRead) {
        this.delegate = Objects.requireNonNull(delegate, "delegate");
        this.serializer = Objects.requireNonNull(serializer, "serializer");
        this.mayRead = Objects.requireNonNull(mayRead, "mayRead");
    }

    /**
     * Returns a store that masks.
     *
     * @param delegate the store
     * @param serializer the store's serializer
     * @param mayRead whether the caller of the present call may see personal data of a tenant; asked in the caller's thread, for
     *     each page or event that is read and each conflict of an append
     */
    public static MaskingEventStore of(
            EventStore delegate, EncryptingEventSerializer serializer, Predicate<TenantId> mayRead) {
        return new MaskingEventStore(delegate, serializer, mayRead);
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        try {
            return delegate.appendAll(tenant, appends);
        } catch (ConcurrencyException e) {
            // Asked now: whoever looks at the conflict later may do so in another thread, and as somebody else.
            boolean clear = mayRead.test(tenant);
            ConcurrencyException masked = new ConcurrencyException(
                    e.tenant(), e.stream(), e.expected(), e.actual(), () -> shown(clear, e.eventsInBetween()));
            masked.setStackTrace(e.getStackTrace());
            throw masked;
        }
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        EventPage page = delegate.read(tenant, query);
        return new EventPage(shown(mayRead.test(tenant), page.events()), page.next());
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        return delegate.find(tenant, id)
                .map(event -> shown(mayRead.test(tenant), List.of(event)).get(0));
    }

    @Override
    public boolean masks() {
        return true;
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    private List<RecordedEvent> shown(boolean clear, List<RecordedEvent> events) {
        if (clear) {
            return events;
        }
        return events.stream()
                .map(event -> Opening.isNeeded(event.stored()) ? new MaskedEvent(event, serializer) : event)
                .toList();
    }
}
