package io.nexus.eventstream.jdbc;

import java.time.Clock;
import java.time.Duration;

/**
 * How appends behave.
 *
 * @param clock the caller's clock, which the database's is compared with
 * @param clockTolerance how far they may be apart
 * @param laneTimeout how long to wait for a tenant's lane
 * @param synchronousCommit whether own commits wait for the disk even where the session would not
 * @param meter hears how they go
 */
record AppendSettings(
        Clock clock, Duration clockTolerance, Duration laneTimeout, boolean synchronousCommit, AppendMeter meter) {}
