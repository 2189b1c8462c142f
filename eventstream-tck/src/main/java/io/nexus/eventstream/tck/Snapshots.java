package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** Snapshots as a repository is given them; it believes whatever stands in them. */
final class Snapshots {

    static final Instant NOON = Instant.parse("2026-04-05T12:00:00.123456Z");

    private Snapshots() {}

    /** Returns one whose event was recorded, and had occurred, so many days after {@link #NOON} as its version says. */
    static Snapshot at(TenantId tenant, StreamId stream, long version) {
        Instant moment = day(version);
        return new Snapshot(
                tenant,
                stream,
                EventVersion.of(version),
                "balance",
                1,
                hash((int) version),
                moment,
                moment,
                "{\"version\":%d}".formatted(version),
                "%064x".formatted(version),
                moment);
    }

    static Instant day(long number) {
        return NOON.plus(Duration.ofDays(number));
    }

    static EventHash hash(int fill) {
        byte[] bytes = new byte[EventHash.LENGTH];
        Arrays.fill(bytes, (byte) fill);
        return EventHash.of(bytes);
    }

    static Snapshot byFold(Snapshot of, String fold, int schemaVersion) {
        return copy(of, fold, schemaVersion, of.latestOccurredAt(), of.state(), of.createdAt());
    }

    static Snapshot latestOccurredAt(Snapshot of, Instant moment) {
        return copy(of, of.foldName(), of.schemaVersion(), moment, of.state(), of.createdAt());
    }

    static Snapshot withState(Snapshot of, String state) {
        return copy(of, of.foldName(), of.schemaVersion(), of.latestOccurredAt(), state, of.createdAt());
    }

    static Snapshot createdAt(Snapshot of, Instant moment) {
        return copy(of, of.foldName(), of.schemaVersion(), of.latestOccurredAt(), of.state(), moment);
    }

    private static Snapshot copy(
            Snapshot of, String fold, int schemaVersion, Instant occurred, String state, Instant created) {
        return new Snapshot(
                of.tenant(),
                of.stream(),
                of.version(),
                fold,
                schemaVersion,
                of.eventHash(),
                of.recordedAt(),
                occurred,
                state,
                of.checksum(),
                created);
    }
}
