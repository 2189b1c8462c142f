package io.nexus.eventstream.projection;

import io.nexus.eventstream.TenantId;
import java.time.Duration;
import java.util.Optional;

/**
 * How far a rebuild has come.
 *
 * @param tenant whose read model it is
 * @param projection the projector's name
 * @param done positions of the log that are behind it
 * @param total positions that it is to have behind it to take the live one's place; grows while events are appended
 * @param eventsPerSecond positions a second since this engine took it up
 * @param remaining the time that the rest will take at this rate; empty before there is one
 */
public record RebuildProgress(
        TenantId tenant,
        String projection,
        long done,
        long total,
        double eventsPerSecond,
        Optional<Duration> remaining) {}
