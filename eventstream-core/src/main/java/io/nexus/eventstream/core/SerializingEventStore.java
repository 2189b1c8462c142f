package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.SecondTenantException;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.CommitInDoubtException;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.EventStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes an {@link EventStore} out of a storage of bytes and a serializer: it encodes and decodes, keeps the limits, cuts
 * reads into pages, and turns the storage's answers into results and exceptions. Stores are built from it; applications
 * use the store that they get, for example {@code PostgresEventStore}.
 *
 * <p>Thread-safe if the storage and the serializer are.
 */
public final class SerializingEventStore implements EventStore {

    private final EventStorage storage;
    private final EventSerializer serializer;
    private final StoreLimits limits;
    private final boolean autoCreateTenants;
    private final PageReader pages;

    private SerializingEventStore(
            EventStorage storage, EventSerializer serializer, StoreLimits limits, boolean autoCreateTenants) {
        this.storage = Objects.requireNonNull(storage, "storage");
        this.serializer = Objects.requireNonNull(serializer, "serializer");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.autoCreateTenants = autoCreateTenants;
        this.pages = new PageReader(storage, serializer, limits);
    }

    /**
     * Returns a store over this storage.
     *
     * @param storage keeps the bytes
     * @param serializer turns events into bytes and back
     * @param limits how large appends and pages may be
     * @param autoCreateTenants whether the first append of a tenant creates it
     */
    public static SerializingEventStore of(
            EventStorage storage, EventSerializer serializer, StoreLimits limits, boolean autoCreateTenants) {
        return new SerializingEventStore(storage, serializer, limits, autoCreateTenants);
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        Objects.requireNonNull(tenant, "tenant");
        AppendCommand command;
        try {
            command = new AppendPreparation(serializer, limits, tenant).prepare(appends);
        } catch (SubjectErasedException e) {
            return recordedBeforeErasure(tenant, appends).orElseThrow(() -> e);
        }
        AppendOutcome outcome = appended(tenant, appends, command);
        if (outcome instanceof AppendOutcome.UnknownTenant && autoCreateTenants) {
            storage.ensureTenant(tenant);
            outcome = appended(tenant, appends, command);
        }
        if (outcome instanceof AppendOutcome.Appended done) {
            return done.result();
        }
        EventStreamException refused = refused(tenant, command, outcome);
        if (outcome instanceof AppendOutcome.IdMismatch mismatch && isOfTheErased(tenant, mismatch)) {
            return recordedBeforeErasure(tenant, appends).orElseThrow(() -> refused);
        }
        throw refused;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        storage.ensureTenant(Objects.requireNonNull(tenant, "tenant"));
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        return pages.read(Objects.requireNonNull(tenant, "tenant"), query);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return storage.version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return storage.head(tenant);
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        return storage.find(tenant, id).map(stored -> pages.decoded(stored).get(0));
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        // Cut here, once for all storages: a database would round, and knows no moment as far away as Java does.
        return storage.positionAt(tenant, AsOf.recorded(recordedAt).recorded().orElseThrow());
    }

    private List<RecordedEvent> inBetween(
            TenantId tenant, StreamId stream, ExpectedVersion expected, EventVersion actual) {
        EventVersion known = EventVersion.NONE;
        if (expected instanceof ExpectedVersion.Exactly exactly) {
            known = exactly.version();
        }
        List<RecordedEvent> events = new ArrayList<>();
        if (known.compareTo(actual) < 0) {
            walk(tenant, EventQuery.stream(stream).fromVersion(known.next()).upToVersion(actual))
                    .forEach(events::add);
        }
        return events;
    }

    /** Returns whether nothing differs but what was encrypted with a key that is gone; the person may have come back since. */
    private boolean isOfTheErased(TenantId tenant, AppendOutcome.IdMismatch mismatch) {
        return mismatch.reason() == EventIdMismatchException.Reason.RECORDED_WITH_OTHER_CONTENT
                && mismatch.ids().stream()
                        .allMatch(id -> storage.find(tenant, id)
                                .filter(serializer::isErased)
                                .isPresent());
    }

    /** Recognises an append that can no longer be encoded as it was: its events are in the log, recorded by one append. */
    private Optional<AppendResult> recordedBeforeErasure(TenantId tenant, List<StreamAppend> appends) {
        List<AppendedEvent> places = new ArrayList<>();
        Optional<Instant> recordedAt = Optional.empty();
        for (StreamAppend append : appends) {
            for (NewEvent event : append.events()) {
                Optional<StoredEvent> stored = storage.find(tenant, event.id())
                        .filter(known -> known.stream().equals(append.stream()));
                if (stored.isEmpty()
                        || !recordedAt
                                .orElse(stored.get().recordedAt())
                                .equals(stored.get().recordedAt())) {
                    return Optional.empty();
                }
                StoredEvent known = stored.get();
                recordedAt = Optional.of(known.recordedAt());
                places.add(new AppendedEvent(known.id(), known.stream(), known.version(), known.position()));
            }
        }
        return recordedAt.map(moment -> new AppendResult(places, moment, true, false));
    }

    private AppendOutcome appended(TenantId tenant, List<StreamAppend> appends, AppendCommand command) {
        try {
            return storage.append(tenant, command);
        } catch (CommitInDoubtException e) {
            throw new CommitOutcomeUnknownException(tenant, appends, e.getCause() == null ? e : e.getCause());
        }
    }

    private EventStreamException refused(TenantId tenant, AppendCommand command, AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Conflict conflict) {
            ExpectedVersion expected =
                    Objects.requireNonNull(command.expectations().get(conflict.stream()), "a stream of this append");
            return new ConcurrencyException(
                    tenant,
                    conflict.stream(),
                    expected,
                    conflict.actual(),
                    () -> inBetween(tenant, conflict.stream(), expected, conflict.actual()));
        }
        if (outcome instanceof AppendOutcome.IdMismatch mismatch) {
            return new EventIdMismatchException(tenant, mismatch.ids(), mismatch.reason());
        }
        if (outcome instanceof AppendOutcome.UnknownTenant) {
            return new TenantNotFoundException(tenant);
        }
        if (outcome instanceof AppendOutcome.SecondTenant) {
            return new SecondTenantException(tenant);
        }
        if (outcome instanceof AppendOutcome.OtherTenant) {
            return new OtherTenantException(tenant, null);
        }
        if (outcome instanceof AppendOutcome.LaneBusy busy) {
            return new LaneBusyException(tenant, busy.holders(), busy.waited());
        }
        if (outcome instanceof AppendOutcome.ClockSuspect suspect) {
            return new ClockSuspectException(
                    tenant, suspect.databaseTime(), suspect.otherTime(), suspect.comparedWith());
        }
        throw new IllegalStateException("not an outcome of a refused append: " + outcome);
    }
}
