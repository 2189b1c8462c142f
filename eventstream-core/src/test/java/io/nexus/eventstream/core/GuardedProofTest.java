package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditEntry.Outcome;
import io.nexus.eventstream.access.AuditFailedException;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.GuardedProofStorage;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may have a log proven, sealed, exported and imported. */
class GuardedProofTest {

    private final InMemoryEventStore plain = InMemoryEventStore.create(ACCOUNT_EVENTS);
    private final KeyPair pair = pair();
    private final SealKeys keys = SealKeys.of("k1", pair.getPublic());
    private final List<AuditEntry> audit = new ArrayList<>();
    private Actor present = Actor.nobody();
    private final AccessGuard guard = AccessGuard.builder(() -> present)
            .policy(RolePolicy.builder()
                    .role("prover", "verify@acme")
                    .role("reader", "read_payload:*")
                    .role("clerk", "read_payload:account", "verify")
                    .role("operator", "administer")
                    .build())
            .audit(audit::add)
            .build();
    private final ProvingEventStore store = (ProvingEventStore) guard.store(plain);
    private final Seals seals = Seals.of(store, Ed25519Signer.of("k1", pair.getPrivate()), keys);

    @BeforeEach
    void fill() {
        NewEvent[] events = {NewEvent.of(debited("1")), NewEvent.of(debited("2")), NewEvent.of(debited("3"))};
        plain.append(ACME, StreamAppend.of(CASH, ExpectedVersion.noStream(), events));
    }

    private void as(String... roles) {
        present = Actor.of("u-17", roles);
        audit.clear();
    }

    @Test
    void whoMayVerifyLearnsThatALogIsIntactAndNotWhatItSays() {
        as("prover");

        VerificationReport report =
                LogVerifier.builder(store).pageSize(1).build().verify(ACME);
        assertThat(report.events()).isEqualTo(3);
        assertThat(report.link()).isEqualTo(EventHash.NONE);
        assertThat(seals.list(ACME, Position.START, 9)).isEmpty();
        assertThat(audit)
                .extracting(AuditEntry::call, AuditEntry::operation, AuditEntry::outcome)
                .containsExactly(
                        tuple("verify", Operation.VERIFY, Outcome.DONE),
                        tuple("seals", Operation.VERIFY, Outcome.DONE));
        assertThatThrownBy(() -> store.proofs().rows(ACME, 0, 9, 9)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> store.proofs().newest(ACME)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> LogExport.of(store).write(ACME, OutputStream.nullOutputStream()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("read_payload for every category");
        assertThatThrownBy(() -> seals.seal(ACME)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void anExportIsForWhoMayVerifyAndReadEverything() {
        for (String[] roles : new String[][] {{"reader"}, {"clerk"}}) {
            as(roles);
            assertThatThrownBy(() -> LogExport.of(store).write(ACME, OutputStream.nullOutputStream()))
                    .isInstanceOf(AccessDeniedException.class);
        }
        as("reader", "prover");

        assertThat(LogExport.of(store).write(ACME, OutputStream.nullOutputStream()))
                .isEqualTo(3);
        assertThat(store.proofs().rows(ACME, 0, 9, 9)).hasSize(3);
        assertThat(LogVerifier.of(store).verify(ACME).link())
                .isEqualTo(plain.head(ACME).orElseThrow().hash());

        assertThat(audit.get(0).outcome()).isEqualTo(Outcome.BEGUN);
        AuditEntry export = audit.get(1);
        assertThat(export.outcome()).isEqualTo(Outcome.DONE);
        assertThat(export.call()).isEqualTo("export");
        assertThat(export.operation()).isEqualTo(Operation.READ_PAYLOAD);
        assertThat(export.events()).isEqualTo(3);
        assertThat(export.first()).contains(Position.of(1));
        assertThat(export.last()).contains(Position.of(3));
        assertThat(audit.get(2).events()).isEqualTo(3);
    }

    @Test
    void whatIsShownWhileACallRunsIsNotShownUnannounced() {
        AccessGuard unrecorded = AccessGuard.builder(ActorContext.fixed(Actor.of("u-17")))
                .audit(entry -> {
                    throw new IllegalStateException("the disk is full");
                })
                .build();
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        List<Object> shown = new ArrayList<>();

        try (ProjectionEngine engine = ProjectionEngine.builder(plain).build()) {
            Projections projections = unrecorded.projections(engine);
            assertThatThrownBy(() -> LogExport.of((ProvingEventStore) unrecorded.store(plain))
                            .write(ACME, export))
                    .isInstanceOf(AuditFailedException.class);
            assertThatThrownBy(() -> projections.live(ACME, new Balances(), AsOf.now(), shown::add))
                    .isInstanceOf(AuditFailedException.class);
            assertThatThrownBy(() -> projections.subscribe(shown::add, 10, Overflow.WAIT))
                    .isInstanceOf(AuditFailedException.class);
            engine.run();
        }

        assertThat(export.size()).isZero();
        assertThat(shown).isEmpty();
    }

    @Test
    void sealingAndImportingAreForTheOperatorAndAnnounced() {
        as("reader", "prover");
        ByteArrayOutputStream export = new ByteArrayOutputStream();
        LogExport.of(store).write(ACME, export);
        InMemoryEventStore other = InMemoryEventStore.create(ACCOUNT_EVENTS);
        LogImport into = LogImport.of((ProvingEventStore) guard.store(other)).keys(keys);

        assertThatThrownBy(() -> into.read(new ByteArrayInputStream(export.toByteArray())))
                .isInstanceOf(AccessDeniedException.class);
        assertThat(other.head(ACME)).isEmpty();
        as("operator");
        assertThat(into.read(new ByteArrayInputStream(export.toByteArray())).events())
                .isEqualTo(3);
        assertThat(seals.seal(ACME)).isPresent();

        assertThat(audit).extracting(AuditEntry::call).containsExactly("import", "import", "seal", "seal");
        assertThat(audit)
                .extracting(AuditEntry::outcome)
                .containsExactly(Outcome.BEGUN, Outcome.DONE, Outcome.BEGUN, Outcome.DONE);
        assertThat(audit.get(1).last()).contains(Position.of(3));
        assertThatThrownBy(() -> LogVerifier.of(store).verify(ACME)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void nobodyElseGetsBehindTheGuard() {
        as("reader", "prover", "operator");

        assertThatThrownBy(() -> ((GuardedProofStorage) store.proofs()).behind(null))
                .isInstanceOf(NullPointerException.class);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
