package io.nexus.eventstream.spi;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;

/**
 * Counts what is in logs. Counting goes on when it is asked: a call first counts a bounded number of events that were recorded since the last
 * one, and answers for what has been counted by then. Where nothing can be written, a standby for example, it answers for
 * what had been counted.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link io.nexus.eventstream.StorageException}.
 */
public interface StatisticsStorage {

    /** Returns a tenant's log in numbers; of a tenant that does not exist, those of an empty log. */
    TenantStatistics tenant(TenantId tenant);

    /** Returns a stream in numbers; version 0 for one without events. */
    StreamStatistics stream(TenantId tenant, StreamId stream);
}
