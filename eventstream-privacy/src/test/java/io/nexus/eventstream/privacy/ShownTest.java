package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.privacy.CustomerEvent.Guest;
import io.nexus.eventstream.privacy.CustomerEvent.Noted;
import io.nexus.eventstream.privacy.CustomerEvent.Registered;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.privacy.CustomerEvent.TableBooked;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who is shown what: a person all of theirs, the others what they may see. */
class ShownTest {

    private static final TenantId ACME = Shop.ACME;
    private static final StreamId ANN = Shop.customer("1");

    private final EncryptingEventSerializer serializer = EncryptingEventSerializer.of(
            JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER));
    private final InMemoryEventStore store =
            InMemoryEventStore.builder(serializer).build();
    private final AtomicReference<String> role = new AtomicReference<>("clerk");
    private final MaskingEventStore masking =
            MaskingEventStore.of(store, serializer, tenant -> role.get().equals("privacy-officer"));

    @Test
    void withoutTheRightValuesAreMaskedAndFoldsWork() {
        NewEvent registered = NewEvent.of(CustomerEvent.registered("1", "Ann"));
        Shop.append(masking, ACME, ANN, registered, new Noted("open"));

        RecordedEvent event = masking.find(ACME, registered.id()).orElseThrow();
        Registered seen = (Registered) event.payload();
        assertThat(seen.name()).isEqualTo("***");
        assertThat(seen.income()).isEqualTo(BigDecimal.ZERO);
        assertThat(seen.phone()).isEmpty();
        assertThat(seen.customerId()).isEqualTo("1");
        assertThat(event.json()).doesNotContain("Ann");
        assertThat(event.stored().payloadJson()).doesNotContain("Ann");
        assertThat(event).isEqualTo(store.find(ACME, registered.id()).orElseThrow());
        assertThat(Shop.payloads(masking, ACME, ANN)).containsExactly(seen, new Noted("open"));

        role.set("privacy-officer");
        assertThat(Shop.payloads(masking, ACME, ANN)).containsExactly(registered.payload(), new Noted("open"));
    }

    @Test
    void aConflictShowsNoMoreThanARead() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        StreamAppend stale = new StreamAppend(ANN, ExpectedVersion.noStream(), List.of(NewEvent.of(new Noted("x"))));

        ConcurrencyException conflict =
                catchThrowableOfType(ConcurrencyException.class, () -> masking.append(ACME, stale));

        assertThat(conflict.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .containsExactly(new Renamed("1", "***"));
    }

    @Test
    void whoeverLooksAtAConflictLaterSeesWhatTheAppenderMaySee() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        StreamAppend stale = new StreamAppend(ANN, ExpectedVersion.noStream(), List.of(NewEvent.of(new Noted("x"))));
        ConcurrencyException ofClerk =
                catchThrowableOfType(ConcurrencyException.class, () -> masking.append(ACME, stale));
        role.set("privacy-officer");
        ConcurrencyException ofOfficer =
                catchThrowableOfType(ConcurrencyException.class, () -> masking.append(ACME, stale));
        role.set("nobody");

        assertThat(ofClerk.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .containsExactly(new Renamed("1", "***"));
        assertThat(ofOfficer.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .containsExactly(new Renamed("1", "Ann"));
    }

    @Test
    void theRightToOneTenantShowsNothingOfAnotherInTheSamePlaces() {
        TenantId other = TenantId.of("other");
        NewEvent ours = NewEvent.of(new Renamed("1", "Ann"));
        NewEvent theirs = NewEvent.of(new Renamed("1", "Andrea"));
        Shop.append(store, ACME, ANN, ours);
        Shop.append(store, other, ANN, theirs);
        MaskingEventStore ofAcme = MaskingEventStore.of(store, serializer, ACME::equals);
        StreamAppend stale = new StreamAppend(ANN, ExpectedVersion.noStream(), List.of(NewEvent.of(new Noted("x"))));

        // In turns, so that nothing kept of the one could be shown as the other's.
        for (int times = 0; times < 2; times++) {
            assertThat(Shop.payloads(ofAcme, ACME, ANN)).containsExactly(ours.payload());
            assertThat(Shop.payloads(ofAcme, other, ANN)).containsExactly(new Renamed("1", "***"));
            assertThat(ofAcme.find(ACME, ours.id()).orElseThrow().payload()).isEqualTo(ours.payload());
            assertThat(ofAcme.find(other, theirs.id()).orElseThrow().payload()).isEqualTo(new Renamed("1", "***"));
            assertThat(catchThrowableOfType(ConcurrencyException.class, () -> ofAcme.append(ACME, stale))
                            .eventsInBetween())
                    .extracting(RecordedEvent::payload)
                    .containsExactly(ours.payload());
            assertThat(catchThrowableOfType(ConcurrencyException.class, () -> ofAcme.append(other, stale))
                            .eventsInBetween())
                    .extracting(RecordedEvent::payload)
                    .containsExactly(new Renamed("1", "***"));
        }
        assertThat(ofAcme.find(other, theirs.id()).orElseThrow().position())
                .isEqualTo(ofAcme.find(ACME, ours.id()).orElseThrow().position());
        assertThat(DataSubjects.of(store, serializer)
                        .export(ACME, "1", line -> assertThat(line).doesNotContain("Andrea")))
                .isEqualTo(1);
    }

    @Test
    void anExportHoldsAllAboutAPersonAndNothingAboutOthers() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"), new Noted("nobody"));
        Shop.append(
                store,
                ACME,
                StreamId.of("table", "9"),
                new TableBooked("b", List.of(new Guest(1, "Ann"), new Guest(2, "Bob"))));
        Shop.append(store, ACME, Shop.customer("2"), new Renamed("2", "Bob"));
        Shop.append(store, TenantId.of("other"), ANN, new Renamed("1", "Andrea"));
        List<String> lines = new ArrayList<>();

        assertThat(DataSubjects.of(store, serializer).export(ACME, "1", lines::add))
                .isEqualTo(2);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .startsWith("{\"stream\":\"customer")
                .contains(
                        "\"type\":\"renamed\"", "\"payload\":{\"customerId\":\"1\",\"name\":\"Ann\"},\"metadata\":{}}");
        assertThat(lines.get(1))
                .contains("\"name\":\"Ann\"", "\"name\":\"***\"")
                .doesNotContain("Bob");
        assertThat(JsonSpan.of(lines.get(1).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .isObject())
                .isTrue();
        DataSubjects.of(store, serializer).erase(ACME, "1", "asked");
        assertThat(DataSubjects.of(store, serializer)
                        .export(ACME, "1", line -> assertThat(line).doesNotContain("Ann")))
                .isEqualTo(2);
        assertThat(store.walk(ACME, EventQuery.log())).hasSize(5);
    }

    @Test
    void aGuardIsAskedBeforeAPersonIsErasedOrExported() {
        Shop.append(store, ACME, ANN, new Renamed("1", "Ann"));
        AtomicReference<Set<String>> roles = new AtomicReference<>(Set.of("clerk"));
        List<String> audited = new ArrayList<>();
        AccessGuard guard = AccessGuard.builder(() -> new Actor("u-1", roles.get()))
                .policy(RolePolicy.builder()
                        .role("clerk", "read_payload:customer")
                        .role("officer", "read_payload:*", "administer")
                        .build())
                .audit(entry -> audited.add(entry.call() + " " + entry.outcome()))
                .build();
        DataSubjects subjects = DataSubjects.of(store, serializer).guardedBy(guard);
        EventStore shown = guard.store(MaskingEventStore.of(
                store, serializer, tenant -> guard.allows(tenant, Operation.READ_PAYLOAD, "personal-data")));

        assertThat(Shop.payloads(shown, ACME, ANN)).containsExactly(new Renamed("1", "***"));
        assertThatThrownBy(() -> subjects.erase(ACME, "1", "asked")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> subjects.resume(ACME)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> subjects.eraseAgain(ACME)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> subjects.metadata(EventMetadata::none).erase(ACME, "1", "asked"))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> subjects.readmit(ACME, "1")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> subjects.export(ACME, "1", audited::add)).isInstanceOf(AccessDeniedException.class);

        roles.set(Set.of("officer"));
        assertThat(Shop.payloads(shown, ACME, ANN)).containsExactly(new Renamed("1", "Ann"));
        assertThat(subjects.export(ACME, "1", line -> assertThat(line).contains("Ann")))
                .isEqualTo(1);
        assertThat(subjects.erase(ACME, "1", "asked").foundAnything()).isTrue();
        assertThat(audited).contains("erase DENIED", "export DENIED", "export DONE", "erase BEGUN", "erase DONE");
    }
}
