package io.nexus.eventstream.tck;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.spi.ProjectingEventStore;
import java.util.Map;
import java.util.Optional;

/**
 * Tables of texts by texts in a store's own kind of read model, for the projectors of the contract. On PostgreSQL a table has
 * the columns {@code tenant_id}, {@code key} and {@code value}. Tables are named without their slot where a context is
 * given, and the slot is the context's.
 */
public interface ReadModelRows {

    /** Makes sure that a table exists. */
    void prepare(ProjectionContext context, String table);

    /** Removes the rows of the context's tenant. */
    void clear(ProjectionContext context, String table);

    /** Writes a row, new or in place of the one with its key. */
    void put(ProjectionContext context, String table, String key, String value);

    /** Returns the value of a row as the context's transaction sees it. */
    Optional<String> get(ProjectionContext context, String table, String key);

    /** Returns all rows of the context's tenant as the context's transaction sees them. */
    Map<String, String> all(ProjectionContext context, String table);

    /**
     * Returns all rows of a tenant as everybody sees them.
     *
     * @param table the name with its slot; a table that does not exist has no rows
     */
    Map<String, String> committed(ProjectingEventStore store, TenantId tenant, String table);
}
