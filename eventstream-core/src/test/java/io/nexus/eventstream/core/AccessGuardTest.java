package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.access.WithheldPayload;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.spi.ProjectingEventStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may do what with a guarded log, category by category, and what is withheld. */
class AccessGuardTest {

    private static final StreamId SALARY = StreamId.of("payroll", "17");

    private final InMemoryEventStore plain = InMemoryEventStore.create(ACCOUNT_EVENTS);
    private final RolePolicy policy = RolePolicy.builder()
            .role("clerk", "append:account", "read_payload:account")
            .role("watcher", "read:*")
            .role("payroll", "append:payroll", "read_payload:payroll")
            .role("owner", "append:*", "read_payload:*", "rebuild", "verify", "administer")
            .role("teller", "append:account")
            .build();
    private Actor present = Actor.of("o-1", "owner");
    private final AccessGuard guard =
            AccessGuard.builder(() -> present).policy(policy).build();
    private final EventStore store = guard.store(plain);
    private final EventStreamManager ledger =
            EventStreamManager.builder().store(plain).tenant(ACME).guard(guard).build();

    private void as(String... roles) {
        present = Actor.of("u-17", roles);
    }

    private EventId given() {
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        NewEvent paid = NewEvent.of(debited("9000"))
                .withMetadata(EventMetadata.none().withUserId("boss").withIpAddress("10.0.0.7"));
        store.append(ACME, StreamAppend.of(SALARY, ExpectedVersion.any(), paid));
        return paid.id();
    }

    @Test
    void aCallNeedsItsRightForItsCategory() {
        given();
        as("clerk");

        ledger.append(CASH, ExpectedVersion.any(), debited("2"));
        assertThat(ledger.state(CASH, BALANCE)).isEqualTo("3");
        assertThatThrownBy(() -> ledger.append(SALARY, ExpectedVersion.any(), debited("2")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessage(
                        "u-17 has not the right append for category payroll of tenant acme, which appendAll needs: none of the roles [clerk] gives it; nothing was done: call as somebody who has it");
        assertThatThrownBy(() -> ledger.state(SALARY, BALANCE)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.version(SALARY)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.rebuildProjection("balances")).isInstanceOf(IllegalStateException.class);
        assertThat(plain.version(ACME, SALARY)).isEqualTo(EventVersion.of(1));
    }

    @Test
    void anAppendNeedsTheRightForEveryCategoryThatItWrites() {
        given();
        as("clerk");
        List<StreamAppend> both = List.of(
                StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("2"))),
                StreamAppend.of(SALARY, ExpectedVersion.any(), NewEvent.of(debited("2"))));

        assertThatThrownBy(() -> store.appendAll(ACME, both)).isInstanceOf(AccessDeniedException.class);
        assertThat(plain.version(ACME, CASH)).isEqualTo(EventVersion.of(1));
        as("clerk", "payroll");
        assertThat(store.appendAll(ACME, both).events()).hasSize(2);
    }

    @Test
    void toExpectSomethingOfAStreamIsToReadIt() {
        given();
        as("clerk");
        List<StreamAppend> probing = List.of(
                StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("2"))),
                StreamAppend.expecting(SALARY, ExpectedVersion.noStream()));

        AccessDeniedException denied =
                catchThrowableOfType(AccessDeniedException.class, () -> store.appendAll(ACME, probing));

        assertThat(denied.operation()).isEqualTo(Operation.READ);
        assertThat(denied.category()).contains("payroll");
        as("clerk", "watcher");
        assertThatThrownBy(() -> store.appendAll(ACME, probing)).isInstanceOf(ConcurrencyException.class);
    }

    @Test
    void theWholeLogIsReadByWhoMayReadEveryCategory() {
        given();
        as("clerk");

        assertThatThrownBy(() -> ledger.read(EventQuery.log()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("read for every category of tenant acme")
                .hasMessageEndingWith("or name the categories that you need");
        assertThatThrownBy(() -> ledger.read(EventQuery.log().ofCategories("account", "payroll")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("category payroll");
        assertThatThrownBy(() -> ledger.walk(EventQuery.log())).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.head()).isInstanceOf(AccessDeniedException.class);
        assertThat(ledger.read(EventQuery.log().ofCategories("account")).events())
                .extracting(RecordedEvent::stream)
                .containsExactly(CASH);
    }

    @Test
    void whatIsNotThereAndWhatMayNotBeSeenAreRefusedAlike() {
        EventId secret = given();
        as("clerk");

        AccessDeniedException there = catchThrowableOfType(AccessDeniedException.class, () -> ledger.find(secret));
        AccessDeniedException notThere =
                catchThrowableOfType(AccessDeniedException.class, () -> ledger.find(EventId.generate()));

        assertThat(there).hasMessage(notThere.getMessage());
        as("payroll");
        assertThat(ledger.find(secret).orElseThrow().payload()).isEqualTo(debited("9000"));
        as("watcher");
        assertThat(ledger.find(EventId.generate())).isEmpty();
    }

    @Test
    void whoMayOnlyReadSeesThatEventsAreThereAndNotWhatTheySay() {
        given();
        as("watcher", "clerk");

        List<RecordedEvent> events = ledger.read(EventQuery.log()).events();

        assertThat(events.get(0).payload()).isEqualTo(debited("1"));
        RecordedEvent withheld = events.get(1);
        assertThat(withheld.payload()).isInstanceOf(WithheldPayload.class);
        assertThat(withheld.type().name()).isEqualTo("debited");
        assertThat(withheld.position().value()).isEqualTo(2);
        assertThat(withheld.metadata().entries())
                .containsOnlyKeys("userId", "ipAddress")
                .containsValue("***")
                .doesNotContainValue("boss");
        assertThat(withheld.json()).isEqualTo(withheld.maskedJson()).isEqualTo("{\"withheld\":true}");
        assertThat(withheld.stored().payloadJson() + withheld.stored().metadataJson() + withheld)
                .doesNotContain("9000")
                .doesNotContain("boss");
        assertThat(withheld.stored().hash()).isEqualTo(EventHash.NONE);
        as("watcher");
        assertThat(ledger.head().orElseThrow().hash()).isEqualTo(EventHash.NONE);
    }

    @Test
    void aFoldOverWithheldEventsFails() {
        given();
        as("watcher");
        RecordedEvent withheld = ledger.read(EventQuery.stream(SALARY)).events().get(0);

        assertThatThrownBy(() -> BALANCE.evolve(BALANCE.initialState(), withheld))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("read_payload for category payroll");
        assertThatThrownBy(() -> ledger.stateAt(SALARY, AsOf.now(), BALANCE)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.statesAt("payroll", AsOf.now(), BALANCE))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.execute(SALARY, BALANCE, balance -> List.of()))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void aStateInMemoryIsAskedForToo() {
        given();
        SnapshotManager snapshots =
                SnapshotManager.builder(plain).snapshot("account", Tally.FOLD).build();
        EventStreamManager cached = ledger.withSnapshots(snapshots);
        as("clerk");
        cached.state(CASH, Tally.FOLD);
        cached.state(CASH, Tally.FOLD);
        assertThat(snapshots.use().fromCache()).isEqualTo(1);
        as("watcher");

        assertThatThrownBy(() -> cached.state(CASH, Tally.FOLD)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void whatAConflictWasAboutIsReadAsAnythingElseIs() {
        given();
        as("teller");
        ConcurrencyException conflict = catchThrowableOfType(
                ConcurrencyException.class, () -> ledger.append(CASH, ExpectedVersion.noStream(), debited("2")));

        assertThatThrownBy(conflict::eventsInBetween).isInstanceOf(AccessDeniedException.class);
        as("teller", "watcher");
        assertThat(conflict.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .singleElement()
                .isInstanceOf(WithheldPayload.class);
        as("clerk");
        assertThat(conflict.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .containsExactly(debited("1"));
    }

    @Test
    void aCommandIsRecognisedByWhoMayReadItsCategoryOnly() {
        as("clerk");
        CommandOptions once = CommandOptions.defaults().withCommandId("c-1");

        // It looks whether it was executed before, which needs no right for other categories.
        assertThatThrownBy(() -> ledger.execute(
                        CASH,
                        BALANCE,
                        balance -> {
                            throw new IllegalStateException("not today");
                        },
                        once))
                .hasMessage("not today");
        Optional<AppendResult> first = ledger.execute(CASH, BALANCE, balance -> List.of(debited("1")), once);
        Optional<AppendResult> again = ledger.execute(
                CASH,
                BALANCE,
                balance -> {
                    throw new IllegalStateException("it is done");
                },
                once);

        assertThat(again.orElseThrow().alreadyRecorded()).isTrue();
        assertThat(again.orElseThrow().position()).isEqualTo(first.orElseThrow().position());
    }

    @Test
    void engineAndSnapshotsOverAGuardedStoreWorkAsTheSystem() {
        given();
        as("clerk");
        assertThatThrownBy(() -> ProjectionEngine.builder(store)).isInstanceOf(AccessDeniedException.class);
        as("owner");
        try (ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new Balances()).build()) {
            SnapshotManager snapshots = SnapshotManager.builder(store, plain.snapshots())
                    .snapshot(
                            "account", Tally.FOLD, SnapshotPolicy.everyEvents(1).afterAppend())
                    .build();
            EventStreamManager whole = ledger.withSnapshots(snapshots).withProjections(engine);
            as("teller");
            AppendResult result = whole.append(CASH, ExpectedVersion.any(), debited("2"));
            engine.run();

            assertThat(plain.tables(ACME)).isNotEmpty();
            assertThat(plain.snapshots().list(ACME, CASH)).hasSize(1);
            whole.awaitProjection(result, "balances", Duration.ofSeconds(10));
            assertThatThrownBy(() -> whole.rebuildProjection("balances")).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> ((ProjectingEventStore) store).projections())
                    .isInstanceOf(AccessDeniedException.class);
        }
    }

    @Test
    void whatAFailureSaysIsWithheldFromWhoMayOnlyRead() {
        given();
        try (ProjectionEngine engine = ProjectionEngine.builder(plain)
                .maxAttempts(1)
                .failureMessages(true)
                .projector(new Balances().then(event -> {
                    throw new IllegalStateException("the amount is 9000");
                }))
                .build()) {
            engine.run();
            EventStreamManager whole = ledger.withProjections(engine);
            assertThat(failure(whole.projectionStatus("balances"))).contains("9000");
            as("watcher");

            assertThat(failure(whole.projectionStatus("balances"))).isEqualTo("withheld");
            assertThat(failure(whole.tenantHealth().projections())).isEqualTo("withheld");
            assertThat(failure(whole.streamHealth(CASH).projections())).isEqualTo("withheld");
        }
    }

    private static String failure(List<ProjectionStatus> builds) {
        return builds.get(0).failure().orElseThrow().error();
    }

    @Test
    void aManagerOfAnotherStoreIsGuardedToo() {
        as("watcher");

        assertThatThrownBy(() -> ledger.with(plain).append(CASH, ExpectedVersion.any(), debited("1")))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void aHostGuardsItsOwnCallsByTheSamePolicy() {
        as("clerk");

        assertThat(guard.call(ACME, Operation.READ, "report", () -> "answer", "account"))
                .isEqualTo("answer");
        assertThatThrownBy(() -> guard.call(ACME, Operation.VERIFY, "verify", () -> "answer"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("verify for every category");
        assertThat(guard.allows(ACME, Operation.READ, "account")).isTrue();
        assertThat(guard.allows(ACME, Operation.READ)).isFalse();
    }

    @Test
    void aRightOfOneTenantIsNoneOfAnother() {
        AccessGuard byTenant = AccessGuard.builder(() -> Actor.of("u-17", "auditor"))
                .policy(RolePolicy.builder()
                        .role("auditor", "read_payload:*@acme")
                        .build())
                .build();
        EventStore audited = byTenant.store(plain);

        assertThat(audited.read(ACME, EventQuery.log()).events()).isEmpty();
        assertThatThrownBy(() -> audited.read(TenantId.of("globex"), EventQuery.log()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("tenant globex");
    }
}
