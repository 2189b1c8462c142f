package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** The seals of a tenant that cover positions after one, read in pages. */
final class StoredSeals implements Iterator<Seal> {

    private static final int PAGE_SIZE = 1_000;

    private final ProofStorage storage;
    private final TenantId tenant;
    private Position after;
    private Iterator<Seal> page = Collections.emptyIterator();
    private boolean isLastPage;

    StoredSeals(ProofStorage storage, TenantId tenant, Position after) {
        this.storage = storage;
        this.tenant = tenant;
        this.after = after;
    }

    @Override
    public boolean hasNext() {
        if (!page.hasNext() && !isLastPage) {
            List<Seal> seals = storage.seals(tenant, after, PAGE_SIZE);
            isLastPage = seals.size() < PAGE_SIZE;
            page = seals.iterator();
        }
        return page.hasNext();
    }

    @Override
    public Seal next() {
        hasNext();
        Seal seal = page.next();
        after = seal.to();
        return seal;
    }
}
