package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The seals of a tenant that cover positions after one and end up to another, read in pages. */
final class StoredSeals implements Iterator<Seal> {

    private static final int PAGE_SIZE = 1_000;

    private final ProofStorage storage;
    private final TenantId tenant;
    private final Position upTo;
    private Position after;
    private Iterator<Seal> page = Collections.emptyIterator();
    private boolean isLastPage;

    /** The next seal, null if it has not been looked for or there is none. */
    private @Nullable Seal next;

    StoredSeals(ProofStorage storage, TenantId tenant, Position after, Position upTo) {
        this.storage = storage;
        this.tenant = tenant;
        this.after = after;
        this.upTo = upTo;
    }

    @Override
    public boolean hasNext() {
        return peek() != null;
    }

    @Override
    public Seal next() {
        Seal seal = peek();
        if (seal == null) {
            throw new NoSuchElementException("the tenant has no further seal");
        }
        next = null;
        after = seal.to();
        return seal;
    }

    /** Returns the next seal without going on, null if there is none. */
    @Nullable
    Seal peek() {
        if (next == null && !page.hasNext() && !isLastPage) {
            List<Seal> seals = storage.seals(tenant, after, PAGE_SIZE);
            isLastPage = seals.size() < PAGE_SIZE;
            page = seals.iterator();
        }
        if (next == null && page.hasNext()) {
            next = page.next();
        }
        if (next != null && upTo.isBefore(next.to())) {
            isLastPage = true;
            page = Collections.emptyIterator();
            next = null;
        }
        return next;
    }
}
