package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A log in pages of rows, of which the next may be read ahead while one is worked on. */
final class LogPages implements Iterator<List<LogRow>> {

    private final ProofStorage storage;
    private final TenantId tenant;
    private final long upTo;
    private final int pageSize;
    private final @Nullable Executor readAhead;

    private long after;
    private boolean isLastPage;
    private @Nullable List<LogRow> page;
    private @Nullable CompletableFuture<List<LogRow>> ahead;

    LogPages(ProofStorage storage, TenantId tenant, long after, long upTo, int pageSize, @Nullable Executor readAhead) {
        this.storage = storage;
        this.tenant = tenant;
        this.after = after;
        this.upTo = upTo;
        this.pageSize = pageSize;
        this.readAhead = readAhead;
    }

    @Override
    public boolean hasNext() {
        return !page().isEmpty();
    }

    @Override
    public List<LogRow> next() {
        List<LogRow> current = page();
        if (current.isEmpty()) {
            throw new NoSuchElementException("the log has no further page");
        }
        page = null;
        after = current.get(current.size() - 1).position();
        isLastPage = current.size() < pageSize || after >= upTo;
        if (readAhead != null && !isLastPage) {
            ahead = CompletableFuture.supplyAsync(this::rows, readAhead);
        }
        return current;
    }

    private List<LogRow> page() {
        if (page == null) {
            page = isLastPage ? List.of() : ahead == null ? rows() : joined(ahead);
        }
        return page;
    }

    private List<LogRow> rows() {
        return storage.rows(tenant, after, upTo, pageSize);
    }

    private static List<LogRow> joined(CompletableFuture<List<LogRow>> rows) {
        try {
            return rows.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
