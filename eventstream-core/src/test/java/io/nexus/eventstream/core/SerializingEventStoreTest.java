package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.ID;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.SecondTenantException;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.CommitInDoubtException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SerializingEventStoreTest {

    private final WatchedStorage storage = new WatchedStorage(new SettableClock(MOMENT));
    private final SerializingEventStore store = store(true);
    private final List<StreamAppend> appends =
            List.of(StreamAppend.of(CASH, ExpectedVersion.exactly(3), NewEvent.of(debited("1"))));

    @Test
    void whatWasAppendedIsGivenBackAsTheStorageSaysIt() {
        AppendResult result = new AppendResult(List.of(), MOMENT, true);
        storage.ending(() -> new AppendOutcome.Appended(result));

        assertThat(store.appendAll(ACME, appends)).isSameAs(result);
        assertThat(storage.calls).containsExactly("append for acme");
    }

    @Test
    void aConflictCarriesWhatTheAppendExpectedBeforeItsOwnEvents() {
        StreamId period = StreamId.of("period", "2026-03");
        storage.ending(() -> new AppendOutcome.Conflict(period, EventVersion.of(2)));

        assertThatThrownBy(() -> store.appendAll(
                        ACME,
                        List.of(
                                appends.get(0),
                                StreamAppend.of(period, ExpectedVersion.any(), NewEvent.of(debited("2"))),
                                StreamAppend.expecting(period, ExpectedVersion.exactly(9)))))
                .isInstanceOfSatisfying(ConcurrencyException.class, conflict -> {
                    assertThat(conflict.tenant()).isEqualTo(ACME);
                    assertThat(conflict.stream()).isEqualTo(period);
                    assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(8));
                    assertThat(conflict.actual()).isEqualTo(EventVersion.of(2));
                });
    }

    @Test
    void everyRefusalBecomesItsException() {
        storage.ending(() ->
                new AppendOutcome.IdMismatch(List.of(ID), EventIdMismatchException.Reason.RECORDED_WITH_OTHER_CONTENT));
        assertThatThrownBy(this::append).isInstanceOfSatisfying(EventIdMismatchException.class, mismatch -> {
            assertThat(mismatch.tenant()).isEqualTo(ACME);
            assertThat(mismatch.ids()).containsExactly(ID);
            assertThat(mismatch.reason()).isEqualTo(EventIdMismatchException.Reason.RECORDED_WITH_OTHER_CONTENT);
        });

        storage.ending(AppendOutcome.SecondTenant::new);
        assertThatThrownBy(this::append)
                .isInstanceOfSatisfying(
                        SecondTenantException.class,
                        second -> assertThat(second.tenant()).isEqualTo(ACME));

        storage.ending(AppendOutcome.OtherTenant::new);
        assertThatThrownBy(this::append)
                .isInstanceOfSatisfying(
                        OtherTenantException.class,
                        other -> assertThat(other.tenant()).isEqualTo(ACME));

        LaneHolder holder = new LaneHolder(OptionalInt.of(1), "a", Duration.ofSeconds(1), "active", "q");
        storage.ending(() -> new AppendOutcome.LaneBusy(List.of(holder), Duration.ofSeconds(2)));
        assertThatThrownBy(this::append).isInstanceOfSatisfying(LaneBusyException.class, busy -> {
            assertThat(busy.tenant()).isEqualTo(ACME);
            assertThat(busy.holders()).containsExactly(holder);
            assertThat(busy.waited()).isEqualTo(Duration.ofSeconds(2));
        });

        storage.ending(() -> new AppendOutcome.ClockSuspect(
                MOMENT, MOMENT.plusSeconds(400), ClockSuspectException.ComparedWith.CALLER));
        assertThatThrownBy(this::append).isInstanceOfSatisfying(ClockSuspectException.class, suspect -> {
            assertThat(suspect.tenant()).isEqualTo(ACME);
            assertThat(suspect.databaseTime()).isEqualTo(MOMENT);
            assertThat(suspect.otherTime()).isEqualTo(MOMENT.plusSeconds(400));
            assertThat(suspect.comparedWith()).isEqualTo(ClockSuspectException.ComparedWith.CALLER);
        });
        assertThat(storage.commands).as("none is tried again by itself").hasSize(5);
    }

    @Test
    void anUnknownTenantIsCreatedOnceAndTheSameAppendRepeated() {
        storage.ending(AppendOutcome.UnknownTenant::new)
                .ending(() -> new AppendOutcome.Appended(new AppendResult(List.of(), MOMENT, false)));

        assertThat(append().recordedAt()).isEqualTo(MOMENT);
        assertThat(storage.calls).containsExactly("append for acme", "ensureTenant acme", "append for acme");
        assertThat(storage.commands.get(1)).isSameAs(storage.commands.get(0));
    }

    @Test
    void aTenantThatStaysUnknownIsNotTriedForEver() {
        storage.ending(AppendOutcome.UnknownTenant::new).ending(AppendOutcome.UnknownTenant::new);

        assertThatThrownBy(this::append).isInstanceOf(TenantNotFoundException.class);
        assertThat(storage.calls).containsExactly("append for acme", "ensureTenant acme", "append for acme");
    }

    @Test
    void anUnknownTenantIsRefusedWhereTenantsAreCreatedOnPurpose() {
        assertThatThrownBy(() -> store(false).appendAll(ACME, appends))
                .isInstanceOfSatisfying(
                        TenantNotFoundException.class,
                        unknown -> assertThat(unknown.tenant()).isEqualTo(ACME));
        assertThat(storage.calls).containsExactly("append for acme");
    }

    @Test
    void anAppendInDoubtCarriesTheEventsToRepeat() {
        IOException fault = new IOException("connection reset");
        storage.ending(() -> {
            throw new CommitInDoubtException(fault);
        });

        assertThatThrownBy(this::append).isInstanceOfSatisfying(CommitOutcomeUnknownException.class, unknown -> {
            assertThat(unknown.tenant()).isEqualTo(ACME);
            assertThat(unknown.appends()).isEqualTo(appends);
            assertThat(unknown).hasCause(fault);
        });
        assertThat(storage.calls).as("it is for the caller to repeat it").containsExactly("append for acme");
    }

    @Test
    void theSecondAttemptAfterCreatingATenantMayEndInDoubtAsWell() {
        storage.ending(AppendOutcome.UnknownTenant::new).ending(() -> {
            throw new CommitInDoubtException(new IOException("connection reset"));
        });

        assertThatThrownBy(this::append).isInstanceOf(CommitOutcomeUnknownException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void doubtWithoutAFaultIsItsOwnCause() {
        CommitInDoubtException doubt = new CommitInDoubtException(null);
        storage.ending(() -> {
            throw doubt;
        });

        assertThatThrownBy(this::append)
                .isInstanceOf(CommitOutcomeUnknownException.class)
                .hasCause(doubt);
    }

    @Test
    void whatIsTooLargeNeverReachesTheStorage() {
        SerializingEventStore small = SerializingEventStore.of(
                storage,
                JsonEventSerializer.of(ACCOUNT_EVENTS),
                StoreLimits.defaults().withMaxPayloadBytes(1),
                true);

        assertThatThrownBy(() -> small.appendAll(ACME, appends)).isInstanceOf(LimitExceededException.class);
        assertThat(storage.calls).isEmpty();
    }

    @Test
    void smallQuestionsGoStraightToTheStorage() {
        store.ensureTenant(ACME);
        assertThat(store.version(ACME, CASH)).isEqualTo(EventVersion.NONE);
        assertThat(store.head(ACME)).isEmpty();
        assertThat(store.find(ACME, ID)).isEmpty();
        assertThat(store.positionAt(ACME, MOMENT)).isEqualTo(Position.START);

        assertThat(storage.calls)
                .containsExactly(
                        "ensureTenant acme",
                        "version of account/1000",
                        "head",
                        "find " + ID,
                        "positionAt 2026-01-02T03:04:05.000006Z");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        JsonEventSerializer serializer = JsonEventSerializer.of(ACCOUNT_EVENTS);
        StoreLimits limits = StoreLimits.defaults();

        assertThatThrownBy(() -> SerializingEventStore.of(null, serializer, limits, true))
                .hasMessage("storage");
        assertThatThrownBy(() -> SerializingEventStore.of(storage, null, limits, true))
                .hasMessage("serializer");
        assertThatThrownBy(() -> SerializingEventStore.of(storage, serializer, null, true))
                .hasMessage("limits");
        assertThatThrownBy(() -> store.appendAll(null, appends)).hasMessage("tenant");
        assertThatThrownBy(() -> store.ensureTenant(null)).hasMessage("tenant");
    }

    private AppendResult append() {
        return store.appendAll(ACME, appends);
    }

    private SerializingEventStore store(boolean autoCreateTenants) {
        return SerializingEventStore.of(
                storage, JsonEventSerializer.of(ACCOUNT_EVENTS), StoreLimits.defaults(), autoCreateTenants);
    }
}
