package io.nexus.eventstream.core;

import java.util.Map;

/**
 * Where projectors on the {@link InMemoryEventStore} keep their read models: tables of keys and values on the heap. Got
 * from {@link io.nexus.eventstream.projection.ProjectionContext#resource}, and valid as long as that context.
 *
 * <p>A table belongs to the context's tenant. What is written is seen by others once the transaction is committed, and is
 * gone if it is not. Not thread-safe.
 */
public interface InMemoryTables {

    /**
     * Returns a table, to be read and written; it exists without being created. Keys and values are immutable and not
     * null: a value that is changed in place cannot be taken back.
     *
     * @param name what {@link io.nexus.eventstream.projection.ProjectionContext#table} returned
     */
    Map<Object, Object> table(String name);
}
