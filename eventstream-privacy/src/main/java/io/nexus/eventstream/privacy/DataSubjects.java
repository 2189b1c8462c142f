package io.nexus.eventstream.privacy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What persons may ask of whoever keeps their data: to forget it, and to be told it.
 *
 * <pre>{@code
 * DataSubjects subjects = DataSubjects.of(store, serializer);
 * ErasureReport report = subjects.erase(acme, "customer-42", "request of 3 May, ticket 1117");
 * }</pre>
 *
 * <p>An erasure destroys the person's key, which makes all that was encrypted with it unreadable wherever it is: in the log,
 * its replicas and its backups. No event changes, so the hash chain stays valid. Then it appends {@link SubjectErased}, by
 * which auditors see that it was done and projectors forget ({@link io.nexus.eventstream.projection.Projector#onErasure}), and
 * deletes the snapshots of the streams concerned.
 *
 * <p>Each step can be repeated. After a crash call {@link #erase} again, or {@link #resume}. A copy of the wrapped key may be left
 * in backups of the database of keys; it dies with the master key, see {@link SubjectKeys#rotate}. Until then a backup that is
 * restored brings it back: call {@link #eraseAgain}.
 *
 * <p>Thread-safe. Methods block, and throw {@link io.nexus.eventstream.StorageException} if a database fails.
 */
public final class DataSubjects {

    private static final int PAGE = 500;

    private final EventStore store;
    private final EncryptingEventSerializer serializer;
    private final SubjectKeys keys;
    private final Opening opening;
    private final List<SnapshotManager> snapshots;
    private final Supplier<EventMetadata> metadata;
    private final @Nullable AccessGuard guard;

    private DataSubjects(
            EventStore store,
            EncryptingEventSerializer serializer,
            List<SnapshotManager> snapshots,
            Supplier<EventMetadata> metadata,
            @Nullable AccessGuard guard) {
        this.store = Objects.requireNonNull(store, "store");
        this.serializer = serializer;
        this.keys = serializer.keys();
        this.opening = serializer.opening();
        this.snapshots = snapshots;
        this.metadata = metadata;
        this.guard = guard;
    }

    /**
     * Returns what answers the persons in a store.
     *
     * @param store the store itself, not one that masks or is guarded
     * @param serializer the store's serializer
     * @param snapshots the snapshot managers of this process, which have states in memory
     */
    public static DataSubjects of(
            EventStore store, EncryptingEventSerializer serializer, SnapshotManager... snapshots) {
        return new DataSubjects(store, serializer, List.copyOf(Arrays.asList(snapshots)), EventMetadata::none, null);
    }

    /**
     * Returns the same with who acts and in which context, asked for each {@link SubjectErased} in the caller's thread and kept with it.
     * By default nothing is kept. Where metadata are encrypted, and are about somebody who is erased, they are left out.
     */
    public DataSubjects metadata(Supplier<EventMetadata> context) {
        return new DataSubjects(store, serializer, snapshots, Objects.requireNonNull(context, "metadata"), guard);
    }

    /**
     * Returns the same behind a guard: to erase, once or again, to resume and to readmit takes {@link Operation#ADMINISTER}, to export {@link
     * Operation#READ_PAYLOAD}, for every category; each is audited.
     */
    public DataSubjects guardedBy(AccessGuard newGuard) {
        return new DataSubjects(store, serializer, snapshots, metadata, Objects.requireNonNull(newGuard, "guard"));
    }

    /**
     * Erases a person: from its return on this node cannot read what was stored about them, and nobody can who does not know their
     * key yet. Other nodes forget what they have in memory within {@link SubjectKeys.Builder#readTtl} and the time that their
     * snapshot managers keep states. Call it a second time after that: if a node that had not heard of it has appended something
     * about the person meanwhile, projections are told again.
     *
     * @param subject the person's id as it stands in events
     * @param reason why; it is stored for ever, so it names no person
     * @return what was touched; nothing for a person of whom nothing was ever stored, or nothing since they were readmitted
     */
    public ErasureReport erase(TenantId tenant, String subject, String reason) {
        Objects.requireNonNull(reason, "reason");
        return allowed(
                tenant,
                Operation.ADMINISTER,
                "erase",
                () -> keys.store()
                        .current(tenant, keys.pseudonym(subject))
                        .map(key -> carriedOut(keys.store().destroy(tenant, key.id(), reason)))
                        .orElse(ErasureReport.NOTHING));
    }

    /** Carries out what a crash has left of erasures that were begun; returns a report of each. */
    public List<ErasureReport> resume(TenantId tenant) {
        return allowed(tenant, Operation.ADMINISTER, "resume", () -> resumed(tenant));
    }

    private List<ErasureReport> resumed(TenantId tenant) {
        List<ErasureReport> reports = new ArrayList<>();
        List<StoredKey> unfinished = keys.store().unfinished(tenant, PAGE);
        while (!unfinished.isEmpty()) {
            unfinished.forEach(key -> reports.add(carriedOut(key)));
            unfinished = keys.store().unfinished(tenant, PAGE);
        }
        return reports;
    }

    /**
     * Erases again whoever was erased before, as the log tells: for when the database of keys was restored to an earlier state, with
     * keys that had been destroyed since or without their tombstones. Call it for each tenant before anything else is done with the
     * restored keys. It reads the tenant's {@link SubjectErased} events and can be repeated; then it does what {@link #resume} does.
     *
     * @return a report of each that was not, or not wholly, erased any more
     */
    public List<ErasureReport> eraseAgain(TenantId tenant) {
        return allowed(tenant, Operation.ADMINISTER, "erase again", () -> {
            for (RecordedEvent event : store.walk(tenant, EventQuery.log().ofTypes(SubjectErased.TYPE))) {
                SubjectKeys.erasedIn(event.stream())
                        .ifPresent(key -> destroyAgain(tenant, key, (SubjectErased) event.payload()));
            }
            return resumed(tenant);
        });
    }

    private void destroyAgain(TenantId tenant, UUID key, SubjectErased event) {
        Optional<StoredKey> known = keys.store().find(tenant, key);
        if (known.isEmpty()) {
            StoredKey.Erased erased = new StoredKey.Erased(event.erasedAt(), event.reason(), false);
            keys.store()
                    .addDestroyed(new StoredKey(tenant, key, event.subject(), Optional.empty(), Optional.of(erased)));
        } else if (known.get().subject().equals(event.subject())) {
            StoredKey unused = keys.store().destroy(tenant, key, event.reason());
        }
    }

    /**
     * Admits a person again who was erased and has come back: new events about them are accepted and encrypted with a new key. What
     * was erased stays so. Nothing of it is in the log; who did it is in the audit of the guard.
     *
     * @return whether the person was erased before
     */
    public boolean readmit(TenantId tenant, String subject) {
        String pseudonym = keys.pseudonym(subject);
        return allowed(tenant, Operation.ADMINISTER, "readmit", () -> {
            boolean retired = keys.store().retire(tenant, pseudonym);
            keys.forgetErasure(tenant, pseudonym);
            return retired;
        });
    }

    /**
     * Exports the events that hold data about a person, decrypted, one JSON object a line, stream by stream. What they hold about
     * other persons is masked.
     *
     * @param lines is given the lines, without line ends
     * @return how many events there were
     */
    public long export(TenantId tenant, String subject, Consumer<String> lines) {
        String pseudonym = keys.pseudonym(subject);
        // Recorded before the first line is handed out, which nobody can take back.
        Optional<StoredKey> key = allowed(
                tenant, Operation.READ_PAYLOAD, "export", () -> keys.store().current(tenant, pseudonym));
        return key.map(person -> exported(tenant, person.id(), lines)).orElse(0L);
    }

    private long exported(TenantId tenant, UUID person, Consumer<String> lines) {
        long[] events = {0};
        eachStream(tenant, person, stream -> {
            for (RecordedEvent event : store.walk(tenant, EventQuery.stream(stream))) {
                if (opening.persons(event.stored()).contains(person)) {
                    lines.accept(ExportLine.of(opening.clear(event.stored(), person)));
                    events[0]++;
                }
            }
        });
        return events[0];
    }

    private <T> T allowed(TenantId tenant, Operation operation, String call, Supplier<T> work) {
        return guard == null ? work.get() : guard.call(tenant, operation, call, work);
    }

    private ErasureReport carriedOut(StoredKey destroyed) {
        TenantId tenant = destroyed.tenant();
        UUID key = destroyed.id();
        keys.forget(tenant, key, destroyed.subject());
        AppendResult told = tell(destroyed, "erased");
        Purge purge = new Purge(tenant, key, told.position());
        eachStream(tenant, key, purge::stream);
        Position last = purge.late == 0
                ? told.position()
                : tell(destroyed, "late/" + purge.lastLate).position();
        keys.store().finish(tenant, key);
        return new ErasureReport(
                destroyed.erasure().map(StoredKey.Erased::at),
                Optional.of(last),
                purge.streams,
                purge.snapshots,
                purge.late);
    }

    /** Appends that a person was erased; once for each destruction of the key, however often it is called with the same words. */
    private AppendResult tell(StoredKey destroyed, String what) {
        StoredKey.Erased erased = destroyed.erasure().orElseThrow();
        NewEvent event = NewEvent.of(new SubjectErased(destroyed.subject(), erased.reason(), erased.at()))
                .withId(EventId.fromName(
                        "%s/%s/%s/%s".formatted(SubjectErased.CATEGORY, destroyed.id(), erased.at(), what)));
        try {
            return appended(destroyed, event.withMetadata(metadata.get()));
        } catch (SubjectErasedException e) {
            // The metadata are about somebody who is erased: most likely about this person, who has asked for it.
            return appended(destroyed, event);
        }
    }

    private AppendResult appended(StoredKey destroyed, NewEvent event) {
        StreamId stream = StreamId.of(SubjectErased.CATEGORY, destroyed.id().toString());
        return store.append(destroyed.tenant(), new StreamAppend(stream, ExpectedVersion.any(), List.of(event)));
    }

    private void eachStream(TenantId tenant, UUID key, Consumer<StreamId> work) {
        Optional<StreamId> after = Optional.empty();
        List<StreamId> page = keys.store().streams(tenant, key, after, PAGE);
        while (!page.isEmpty()) {
            page.forEach(work);
            after = Optional.of(page.get(page.size() - 1));
            page = keys.store().streams(tenant, key, after, PAGE);
        }
    }

    /** Goes through the streams of somebody who was erased. */
    private final class Purge {

        private final TenantId tenant;
        private final UUID key;
        private final Position erasure;
        private long streams;
        private long snapshots;
        private long late;
        private Position lastLate = Position.START;

        Purge(TenantId tenant, UUID key, Position erasure) {
            this.tenant = tenant;
            this.key = key;
            this.erasure = erasure;
        }

        void stream(StreamId stream) {
            streams++;
            DataSubjects.this.snapshots.forEach(manager -> snapshots += manager.forget(tenant, stream));
            if (store instanceof SnapshottingEventStore keeping) {
                SnapshotRepository repository = keeping.snapshots();
                snapshots += repository.list(tenant, stream).stream()
                        .filter(each -> repository.delete(tenant, each))
                        .count();
            }
            for (RecordedEvent event :
                    store.walk(tenant, EventQuery.stream(stream).after(erasure))) {
                if (mayConcern(event)) {
                    late++;
                    if (lastLate.isBefore(event.position())) {
                        lastLate = event.position();
                    }
                }
            }
        }

        /** Whatever cannot be read may be about the person; to tell projections once more does no harm. */
        private boolean mayConcern(RecordedEvent event) {
            try {
                return opening.persons(event.stored()).contains(key);
            } catch (PersonalDataException e) {
                return true;
            }
        }
    }
}
