package io.nexus.eventstream.privacy;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Keeps states of streams that hold personal data encrypted, with the key of every person in the stream, one around the other:
 * when one of them is erased, nobody can read the state, and it is made anew from the events. The checksum is encrypted with the
 * state, since a guess at a name could be checked by it.
 *
 * <p>A state that holds data of more than {@value #MOST_PERSONS} persons is not kept, and none is for two days after one of them
 * was erased: it may have been folded by a node that still had the key.
 */
final class EncryptedSnapshots implements SnapshotRepository {

    static final int MOST_PERSONS = 16;

    /** A key is in memory for 12 hours at most, and a state for a day: clocks may differ by the rest. */
    private static final Duration LONGER_THAN_ANY_CACHE =
            SubjectKeys.LONGEST_TTL.plusDays(1).plusHours(12);

    private static final String BEGIN = "~personal:1:";
    private static final String NO_CHECKSUM = "0".repeat(64);

    private final SnapshotRepository delegate;
    private final SubjectKeys keys;
    private final boolean withTenantKey;

    EncryptedSnapshots(SnapshotRepository delegate, SubjectKeys keys, boolean withTenantKey) {
        this.delegate = delegate;
        this.keys = keys;
        this.withTenantKey = withTenantKey;
    }

    @Override
    public boolean save(Snapshot snapshot) {
        // Each event's stream was noted before the event was written, so whoever is in the state is in this list.
        List<StoredKey> persons = keys.store().keysIn(snapshot.tenant(), snapshot.stream(), MOST_PERSONS + 1);
        if (persons.size() > MOST_PERSONS) {
            return false;
        }
        List<SubjectKey> layers = new ArrayList<>();
        for (StoredKey person : persons) {
            Optional<SubjectKey> key =
                    person.erasure().isPresent() ? Optional.empty() : keys.forReading(snapshot.tenant(), person.id());
            if (key.isPresent()) {
                layers.add(key.get());
            } else if (!wasErasedLongBefore(person, snapshot.createdAt())) {
                return false;
            }
        }
        if (withTenantKey) {
            layers.add(keys.ofTenant(snapshot.tenant()));
        }
        return delegate.save(layers.isEmpty() ? snapshot : encrypted(snapshot, layers));
    }

    private static boolean wasErasedLongBefore(StoredKey person, Instant now) {
        return person.erasure()
                .filter(erased -> erased.at().isBefore(now.minus(LONGER_THAN_ANY_CACHE)))
                .isPresent();
    }

    private static Snapshot encrypted(Snapshot snapshot, List<SubjectKey> layers) {
        byte[] text = (snapshot.checksum() + snapshot.state()).getBytes(StandardCharsets.UTF_8);
        byte[] place = place(snapshot);
        for (SubjectKey layer : layers) {
            text = layer.encrypt(text, place);
        }
        String names = layers.stream().map(layer -> layer.id().toString()).collect(Collectors.joining(","));
        String state =
                BEGIN + names + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(text);
        return with(snapshot, state, NO_CHECKSUM);
    }

    @Override
    public Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf) {
        while (true) {
            Optional<Snapshot> found = delegate.find(tenant, stream, foldName, schemaVersion, asOf);
            if (found.isEmpty() || !found.get().state().startsWith(BEGIN)) {
                return found;
            }
            Optional<Snapshot> opened = opened(found.get());
            if (opened.isPresent() || !delegate.delete(tenant, found.get().info())) {
                return opened;
            }
        }
    }

    /** Returns the state as it was; empty if it holds data of somebody who was erased. */
    private Optional<Snapshot> opened(Snapshot snapshot) {
        int end = snapshot.state().indexOf(':', BEGIN.length());
        List<UUID> persons = new ArrayList<>();
        try {
            byte[] text = Base64.getUrlDecoder().decode(snapshot.state().substring(end + 1));
            for (String person : snapshot.state().substring(BEGIN.length(), end).split(",", -1)) {
                persons.add(0, UUID.fromString(person));
            }
            byte[] place = place(snapshot);
            for (UUID person : persons) {
                Optional<SubjectKey> key = keys.forReading(snapshot.tenant(), person);
                if (key.isEmpty()) {
                    return Optional.empty();
                }
                text = key.get().decrypt(text, place);
            }
            String clear = new String(text, StandardCharsets.UTF_8);
            return Optional.of(
                    with(snapshot, clear.substring(NO_CHECKSUM.length()), clear.substring(0, NO_CHECKSUM.length())));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | GeneralSecurityException e) {
            // Its checksum does not fit it, and whoever reads it reports that.
            return Optional.of(snapshot);
        }
    }

    @Override
    public List<SnapshotInfo> list(TenantId tenant, StreamId stream) {
        return delegate.list(tenant, stream);
    }

    @Override
    public boolean delete(TenantId tenant, SnapshotInfo snapshot) {
        return delegate.delete(tenant, snapshot);
    }

    @Override
    public int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest) {
        return delegate.deleteOlderThan(tenant, moment, keepNewest);
    }

    @Override
    public List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit) {
        return delegate.findStreamsNeedingSnapshots(tenant, category, foldName, schemaVersion, threshold, limit);
    }

    private static byte[] place(Snapshot snapshot) {
        return new Bytes("eventstream.personal.snapshot.v1")
                .add(snapshot.tenant().value())
                .add(snapshot.stream().category())
                .add(snapshot.stream().aggregateId().value())
                .add(snapshot.foldName())
                .add(snapshot.schemaVersion())
                .add(snapshot.version().value())
                .bytes();
    }

    private static Snapshot with(Snapshot snapshot, String state, String checksum) {
        return new Snapshot(
                snapshot.tenant(),
                snapshot.stream(),
                snapshot.version(),
                snapshot.foldName(),
                snapshot.schemaVersion(),
                snapshot.eventHash(),
                snapshot.recordedAt(),
                snapshot.latestOccurredAt(),
                state,
                checksum,
                snapshot.createdAt());
    }
}
