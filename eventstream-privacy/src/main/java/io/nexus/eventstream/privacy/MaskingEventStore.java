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
 * Shows events to everybody and personal data to those only who may see it: others see {@code ***} in the place of a text, and
 * what was declared for erased values in the place of anything else. Folds work on what is seen. The keys of persons are not touched
 * for those others.
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
     * @param mayRead whether the caller of the present call may see personal data of a tenant; asked in the caller's thread, once a
     *     call
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
            ConcurrencyException masked = new ConcurrencyException(
                    e.tenant(), e.stream(), e.expected(), e.actual(), () -> shown(tenant, e.eventsInBetween()));
            masked.setStackTrace(e.getStackTrace());
            throw masked;
        }
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        EventPage page = delegate.read(tenant, query);
        return new EventPage(shown(tenant, page.events()), page.next());
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        return delegate.find(tenant, id)
                .map(event -> shown(tenant, List.of(event)).get(0));
    }

    @Override
    public boolean masks() {
        return true;
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    private List<RecordedEvent> shown(TenantId tenant, List<RecordedEvent> events) {
        if (mayRead.test(tenant)) {
            return events;
        }
        return events.stream()
                .map(event -> Opening.isNeeded(event.stored()) ? new MaskedEvent(event, serializer) : event)
                .toList();
    }
}
