package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What proving a log needs of its storage: rows as they lie there, seals, and a way to bring a whole log in.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link io.nexus.eventstream.StorageException}.
 */
public interface ProofStorage {

    /** Returns the row with the highest position, empty if the log has none. */
    Optional<LogRow> newest(TenantId tenant);

    /**
     * Returns rows in the order of their positions, those whose position no event can have included.
     *
     * @param after only rows with a position above this one
     * @param upTo only rows with a position up to this one
     * @param limit at most so many
     */
    List<LogRow> rows(TenantId tenant, long after, long upTo, int limit);

    /** Returns the tenant's seals that cover positions after this one, the oldest first, at most {@code limit}. */
    List<Seal> seals(TenantId tenant, Position after, int limit);

    /** Returns the tenant's newest seal. */
    Optional<Seal> newestSeal(TenantId tenant);

    /**
     * Keeps a seal if it follows the tenant's newest one and the log has its links.
     *
     * @return false if another seal was faster, so that this one follows none; nothing is kept then
     * @throws IllegalArgumentException if the log has other links than it states; nothing is kept
     */
    boolean addSeal(Seal seal);

    /**
     * Brings a log into a tenant that has none, in one transaction: if the work throws, no event and no seal remains. The tenant is created
     * before if it does not exist, and stays.
     *
     * @throws io.nexus.eventstream.proof.LogNotEmptyException if the tenant has events
     */
    void importLog(TenantId tenant, Consumer<ImportedLog> work);

    /** Takes a log in. Used by one thread. */
    interface ImportedLog {

        /**
         * Adds events after those before, exactly as they are.
         *
         * @throws IllegalArgumentException if position, version, time or link of one does not follow from what was added before
         */
        void addEvents(List<StoredEvent> events);

        /**
         * Adds a seal of events that were added before.
         *
         * @throws IllegalArgumentException if it does not follow the one before, or the log has other links
         */
        void addSeal(Seal seal);
    }
}
