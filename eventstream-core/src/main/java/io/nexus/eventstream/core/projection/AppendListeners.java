package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is to hear of a store's committed appends; for authors of stores. Thread-safe. */
public final class AppendListeners {

    private static final Logger log = LoggerFactory.getLogger(AppendListeners.class);

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** Creates it without listeners. */
    public AppendListeners() {}

    /** Adds a listener until the handle is closed. */
    public Subscription add(Consumer<TenantId> listener) {
        Entry own = new Entry(listener);
        entries.add(own);
        return () -> entries.remove(own);
    }

    /** Tells all listeners. The append is committed, so nothing that a listener throws may reach its caller. */
    public void appended(TenantId tenant) {
        for (Entry each : entries) {
            try {
                each.listener.accept(tenant);
            } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
                log.warn(
                        "A listener to appends failed for tenant {}: {}",
                        tenant,
                        e.getClass().getName());
            }
        }
    }

    /** Compared by identity, so that one listener can be added twice and each handle ends its own. */
    private static final class Entry {

        private final Consumer<TenantId> listener;

        Entry(Consumer<TenantId> listener) {
            this.listener = listener;
        }
    }
}
