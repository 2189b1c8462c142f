package io.nexus.eventstream.core.proof;

import static io.nexus.eventstream.core.proof.SampleLog.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.proof.LogNotEmptyException;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** The store in memory is verified, sealed, exported and imported by the same code. */
class InMemoryProofTest {

    private final SampleLog log = new SampleLog();

    @Test
    void aLogIsVerifiedWithItsSeals() {
        VerificationReport report =
                LogVerifier.builder(log.store).keys(log.keys).build().verify(ACME);

        assertThat(report.isIntact()).as(report.toString()).isTrue();
        assertThat(report.reachesHead()).isTrue();
        assertThat(report.sealed()).isEqualTo(Position.of(4));
        assertThat(report).hasToString("tenant acme, positions 1 to 4: intact");
    }

    @Test
    void aListenerHearsHowFarItHasCome() {
        List<String> heard = new ArrayList<>();

        LogVerifier.builder(log.store)
                .pageSize(3)
                .listener((tenant, reached, last) -> heard.add("%s %s of %s".formatted(tenant, reached, last)))
                .build()
                .verify(ACME);

        assertThat(heard).containsExactly("acme 3 of 4", "acme 4 of 4");
    }

    @Test
    void aLogIsExportedAndImported() {
        InMemoryEventStore other = InMemoryEventStore.create(SampleLog.TYPES);

        VerificationReport report = LogImport.of(other).keys(log.keys).read(new ByteArrayInputStream(log.export()));

        assertThat(report.sealed()).isEqualTo(Position.of(4));
        assertThat(exported(other)).isEqualTo(log.exportText());
        assertThatThrownBy(() -> LogImport.of(other).read(new ByteArrayInputStream(log.export())))
                .isInstanceOf(LogNotEmptyException.class)
                .isInstanceOf(EventStreamException.class);
    }

    @Test
    void whatIsNotIntactIsNotImported() {
        InMemoryEventStore other = InMemoryEventStore.create(SampleLog.TYPES);
        byte[] changed = log.exportText().replace("four", "five").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> LogImport.of(other).read(new ByteArrayInputStream(changed)))
                .isInstanceOf(TamperedException.class)
                .hasMessageContaining("position 4");
        assertThat(other.head(ACME)).isEmpty();
        assertThat(Seals.of(other, Ed25519Signer.of("k1", log.pair.getPrivate()), log.keys)
                        .list(ACME, Position.START, 9))
                .isEmpty();
    }

    @Test
    void aSealThatFollowsNoneIsRefused() {
        Seal second = log.kept.get(1);

        assertThat(log.store.proofs().addSeal(second)).isFalse();
        log.append("cash", "five");
        Seal third = new Seal(
                ACME,
                Position.of(5),
                Position.of(5),
                second.link(),
                second.link(),
                second.recordedAt(),
                second.sealedAt(),
                "k1",
                second.digest(),
                new byte[64]);
        assertThatThrownBy(() -> log.store.proofs().addSeal(third)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExecutorThatRefusesIsHeardOf() {
        LogVerifier verifier = LogVerifier.builder(log.store)
                .pageSize(1)
                .readAhead(command -> {
                    throw new RejectedExecutionException("full");
                })
                .build();

        assertThatThrownBy(() -> verifier.verify(ACME)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        LogVerifier verifier = LogVerifier.of(log.store);

        assertThatThrownBy(() -> verifier.verify(ACME, Position.START, Position.of(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> verifier.verify(ACME, Position.of(3), Position.of(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> verifier.verify(ACME, log.kept)).isInstanceOf(IllegalStateException.class);
    }

    private static String exported(InMemoryEventStore store) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(store).write(ACME, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
