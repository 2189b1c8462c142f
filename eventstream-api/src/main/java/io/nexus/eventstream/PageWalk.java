package io.nexus.eventstream;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Walks over the pages of a query. Not thread-safe, as iterators are not. */
final class PageWalk implements Iterator<RecordedEvent> {

    static final int PAGE_SIZE = 1_000;

    private final StreamReader reader;
    private final TenantId tenant;
    private Optional<EventQuery> next;
    private Iterator<RecordedEvent> page = Collections.emptyIterator();

    PageWalk(StreamReader reader, TenantId tenant, EventQuery query) {
        this.reader = reader;
        this.tenant = tenant;
        this.next = Optional.of(query);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && next.isPresent()) {
            EventPage read = reader.read(tenant, next.get());
            page = read.events().iterator();
            next = read.next();
        }
        return page.hasNext();
    }

    @Override
    public RecordedEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more events");
        }
        return page.next();
    }
}
