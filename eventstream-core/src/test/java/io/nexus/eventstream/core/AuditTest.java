package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditEntry.Outcome;
import io.nexus.eventstream.access.AuditFailedException;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.access.Slf4jAuditSink;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is recorded of each call, and what becomes of a call that cannot be recorded. */
class AuditTest {

    private static final Actor CLERK = Actor.of("u-17", "clerk");

    private final InMemoryEventStore plain = InMemoryEventStore.create(ACCOUNT_EVENTS);
    private final List<AuditEntry> entries = new ArrayList<>();
    private final Set<Outcome> unwritable = EnumSet.noneOf(Outcome.class);
    private final AuditSink sink = entry -> {
        if (unwritable.contains(entry.outcome())) {
            throw new IllegalStateException("the disk is full");
        }
        entries.add(entry);
    };

    private AccessGuard guard(SinkFailure onFailure) {
        return AccessGuard.builder(ActorContext.fixed(CLERK))
                .policy(RolePolicy.builder()
                        .role("clerk", "append:account", "read_payload:account")
                        .build())
                .audit(sink, onFailure)
                .clock(new SettableClock(MOMENT))
                .build();
    }

    private static List<StreamAppend> debit(ExpectedVersion expected) {
        return List.of(StreamAppend.of(CASH, expected, NewEvent.of(debited("1")), NewEvent.of(debited("2"))));
    }

    @Test
    void anAppendIsAnnouncedAndThenTold() {
        List<StreamAppend> append = debit(ExpectedVersion.noStream());

        guard(SinkFailure.FAIL_CLOSED).store(plain).appendAll(ACME, append);

        AuditEntry begun = entries.get(0);
        assertThat(begun)
                .isEqualTo(new AuditEntry(
                        begun.callId(),
                        MOMENT,
                        CLERK,
                        Optional.of(ACME),
                        Operation.APPEND,
                        "appendAll",
                        Set.of("account"),
                        List.of(CASH),
                        Optional.of(append.get(0).events().get(0).id()),
                        Outcome.BEGUN,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        AuditEntry done = entries.get(1);
        assertThat(done.callId()).isEqualTo(begun.callId());
        assertThat(done.outcome()).isEqualTo(Outcome.DONE);
        assertThat(done.events()).isEqualTo(2);
        assertThat(done.first()).contains(Position.of(1));
        assertThat(done.last()).contains(Position.of(2));
        assertThat(entries).hasSize(2);
    }

    @Test
    void aReadIsToldWithWhatWasShown() {
        plain.appendAll(ACME, debit(ExpectedVersion.any()));
        plain.appendAll(ACME, debit(ExpectedVersion.any()));

        guard(SinkFailure.FAIL_CLOSED)
                .store(plain)
                .read(ACME, EventQuery.stream(CASH).after(Position.of(2)));

        AuditEntry read = entries.get(0);
        assertThat(entries).hasSize(1);
        assertThat(read.operation()).isEqualTo(Operation.READ_PAYLOAD);
        assertThat(read.call()).isEqualTo("read");
        assertThat(read.streams()).containsExactly(CASH);
        assertThat(read.events()).isEqualTo(2);
        assertThat(read.first()).contains(Position.of(3));
        assertThat(read.last()).contains(Position.of(4));
    }

    @Test
    void conflictsRefusalsAndFailuresAreToldApart() {
        EventStore store = guard(SinkFailure.GO_ON).store(plain);
        store.appendAll(ACME, debit(ExpectedVersion.noStream()));

        assertThatThrownBy(() -> store.appendAll(ACME, debit(ExpectedVersion.noStream())))
                .isInstanceOf(ConcurrencyException.class);
        assertThatThrownBy(() -> store.version(ACME, StreamId.of("payroll", "1")))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() ->
                        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of("not an event"))))
                .isInstanceOf(RuntimeException.class);

        assertThat(entries)
                .extracting(AuditEntry::outcome)
                .containsExactly(Outcome.DONE, Outcome.CONFLICT, Outcome.DENIED, Outcome.FAILED);
        assertThat(entries.get(2).detail().orElseThrow()).contains("read for category payroll");
        assertThat(entries.get(3).detail()).contains("io.nexus.eventstream.EventSerializationException");
    }

    @Test
    void whatCannotBeAnnouncedIsNotDone() {
        unwritable.add(Outcome.BEGUN);

        assertThatThrownBy(
                        () -> guard(SinkFailure.FAIL_CLOSED).store(plain).appendAll(ACME, debit(ExpectedVersion.any())))
                .isInstanceOf(AuditFailedException.class)
                .hasMessageStartingWith("the audit could not record appendAll of u-17 (BEGUN)")
                .hasRootCauseMessage("the disk is full");
        assertThat(plain.head(ACME)).isEmpty();
    }

    @Test
    void whatCannotBeRecordedIsNotHandedOut() {
        plain.appendAll(ACME, debit(ExpectedVersion.any()));
        unwritable.add(Outcome.DONE);

        assertThatThrownBy(() -> guard(SinkFailure.FAIL_CLOSED).store(plain).read(ACME, EventQuery.stream(CASH)))
                .isInstanceOf(AuditFailedException.class);
    }

    @Test
    void whatWasDoneThoughItsEndCannotBeRecordedIsNotCalledAFailure() {
        unwritable.add(Outcome.DONE);
        AccessGuard guard = guard(SinkFailure.FAIL_CLOSED);

        assertThat(guard.store(plain)
                        .appendAll(ACME, debit(ExpectedVersion.any()))
                        .events())
                .hasSize(2);

        assertThat(entries).extracting(AuditEntry::outcome).containsExactly(Outcome.BEGUN);
        assertThat(guard.unrecorded()).isEqualTo(1);
    }

    @Test
    void callsGoOnWithoutTheAuditIfThatIsDeclaredAndAreCounted() {
        unwritable.addAll(EnumSet.allOf(Outcome.class));
        List<AuditEntry> told = new ArrayList<>();
        AccessGuard guard = AccessGuard.builder(ActorContext.fixed(CLERK))
                .audit(sink, SinkFailure.GO_ON)
                .onUnrecorded((entry, failure) -> told.add(entry))
                .build();

        List<String> lines = RecordedLogs.during(() -> {
            guard.store(plain).appendAll(ACME, debit(ExpectedVersion.any()));
            guard.store(plain).read(ACME, EventQuery.stream(CASH));
        });

        assertThat(guard.unrecorded()).isEqualTo(2);
        assertThat(told).extracting(AuditEntry::call).containsExactly("appendAll", "read");
        assertThat(lines)
                .containsExactly(
                        "WARN The audit cannot be written, calls go on without: java.lang.IllegalStateException");
    }

    @Test
    void aRefusalIsARefusalThoughItCannotBeRecorded() {
        unwritable.addAll(EnumSet.allOf(Outcome.class));
        AccessGuard guard = guard(SinkFailure.FAIL_CLOSED);

        assertThatThrownBy(() -> guard.store(plain).version(ACME, StreamId.of("payroll", "1")))
                .isInstanceOf(AccessDeniedException.class);
        assertThat(guard.unrecorded()).isEqualTo(1);
    }

    @Test
    void whoCannotBeToldIsNobodyAndDoesNothing() {
        AccessGuard guard = AccessGuard.builder(() -> {
                    throw new IllegalStateException("no session");
                })
                .audit(sink)
                .build();

        assertThatThrownBy(() -> guard.store(plain).appendAll(ACME, debit(ExpectedVersion.any())))
                .hasMessage("no session");
        assertThat(plain.head(ACME)).isEmpty();
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).actor()).isEqualTo(Actor.nobody());
        assertThat(entries.get(0).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aPolicyThatFailsAllowsNothing() {
        AccessGuard guard = AccessGuard.builder(ActorContext.fixed(CLERK))
                .policy(request -> {
                    throw new IllegalStateException("the directory is away");
                })
                .audit(sink)
                .build();

        assertThatThrownBy(() -> guard.store(plain).appendAll(ACME, debit(ExpectedVersion.any())))
                .hasMessage("the directory is away");
        assertThat(plain.head(ACME)).isEmpty();
        assertThat(entries).extracting(AuditEntry::outcome).containsExactly(Outcome.FAILED);
    }

    @Test
    void theLogGetsOneLineAnEntry() {
        AccessGuard guard = AccessGuard.builder(ActorContext.fixed(Actor.of("u-17\nINFO forged \"x\"", "clerk")))
                .policy(RolePolicy.builder().role("clerk", "read:account").build())
                .audit(new Slf4jAuditSink())
                .build();

        List<String> lines = RecordedLogs.during(() -> {
            guard.store(plain).version(ACME, CASH);
            assertThatThrownBy(() -> guard.store(plain).head(ACME)).isInstanceOf(AccessDeniedException.class);
        });

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .startsWith(
                        "INFO DONE call=\"version\" right=\"read\" actor=\"u-17?INFO forged ?x?\" roles=\"[clerk]\" tenant=\"acme\" streams=\"[account/1000]\" id=\"")
                .doesNotContain("\n");
        assertThat(lines.get(1)).startsWith("WARN DENIED call=\"head\"").contains("categories=\"every\"");
    }

    @Test
    void twoSinksAreBothWritten() {
        List<AuditEntry> second = new ArrayList<>();
        AuditEntry entry = new AuditEntry(
                UUID.randomUUID(),
                MOMENT,
                CLERK,
                Optional.empty(),
                Operation.READ,
                "test",
                Set.of(),
                List.of(),
                Optional.empty(),
                Outcome.DONE,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of("x".repeat(2_000)));

        sink.and(second::add).write(entry);

        assertThat(entries).isEqualTo(second).hasSize(1);
        assertThat(entry.detail().orElseThrow()).hasSize(AuditEntry.MAX_DETAIL_LENGTH);
    }
}
