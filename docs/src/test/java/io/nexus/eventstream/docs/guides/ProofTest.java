package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.SealText;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.SealSigner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofTest {

    private final TenantId acme = TenantId.of("acme");
    private final KeyPair pair2025 = pair();
    private final KeyPair pair2026 = pair();
    private final String publicKeyPem2025 = pem("PUBLIC", pair2025.getPublic().getEncoded());
    private final String publicKeyPem = pem("PUBLIC", pair2026.getPublic().getEncoded());
    private final String privateKeyPem = pem("PRIVATE", pair2026.getPrivate().getEncoded());
    private final List<String> archive = new ArrayList<>();

    @TempDir
    private Path folder;

    private PostgresEventStore store;

    /** Stands for a service that keeps keys and signs with them. */
    @FunctionalInterface
    private interface Kms {
        byte[] sign(String keyId, byte[] message);
    }

    @BeforeEach
    void openAndPost() {
        store = open();
        post("1000");
    }

    private void post(String account) {
        EventStreamManager.builder()
                .store(store)
                .tenant(acme)
                .build()
                .append(
                        StreamId.of("account", account),
                        ExpectedVersion.noStream(),
                        new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR"));
    }

    @Test
    void aLogIsVerified() {
        VerificationReport report = LogVerifier.of(store).verify(acme);

        if (!report.isIntact()) {
            alarm(report.tampering().orElseThrow());
        }

        assertThat(report.reachesHead()).isTrue();
    }

    @Test
    void aLogIsSealedExportedVerifiedAndImported() throws IOException {
        SealKeys keys = SealKeys.of("seals-2025", publicKeyPem2025).and(SealKeys.of("seals-2026", publicKeyPem));
        SealSigner signer = Ed25519Signer.of("seals-2026", privateKeyPem);
        Seals seals = Seals.of(store, signer, keys);
        seals.seal(acme).ifPresent(seal -> archive.add(SealText.write(seal)));

        List<Seal> kept = archive.stream().map(SealText::read).toList();
        VerificationReport proof = LogVerifier.builder(store).keys(keys).build().verify(acme, kept);
        assertThat(proof.sealed().value()).isEqualTo(1);

        Path file = folder.resolve("acme.jsonl");
        try (OutputStream out = Files.newOutputStream(file)) {
            LogExport.of(store).write(acme, out);
        }
        PostgresEventStore other = open();
        try (InputStream in = Files.newInputStream(file)) {
            VerificationReport imported = LogImport.of(other).keys(keys).read(in);
            assertThat(imported.link()).isEqualTo(proof.link());
        }
        assertThat(other.head(acme)).isEqualTo(store.head(acme));
    }

    @Test
    void sealsAreMadeOnASchedule() {
        Kms kms = (keyId, message) ->
                Ed25519Signer.of(keyId, pair2026.getPrivate()).sign(message);

        SealSigner ofKms = new SealSigner() {
            @Override
            public String keyId() {
                return "seals-2026";
            }

            @Override
            public byte[] sign(byte[] message) {
                return kms.sign("seals-2026", message);
            }
        };

        Seals seals = Seals.of(store, ofKms, SealKeys.of("seals-2026", publicKeyPem));
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try {
            Runnable sealing = () -> {
                try {
                    seals.seal(acme);
                    Position archived = archive.isEmpty()
                            ? Position.START
                            : SealText.read(archive.get(archive.size() - 1)).to();
                    seals.list(acme, archived, 1_000).forEach(seal -> archive.add(SealText.write(seal)));
                } catch (RuntimeException e) {
                    alarm(e);
                }
            };
            ScheduledFuture<?> schedule = scheduler.scheduleWithFixedDelay(sealing, 60, 60, TimeUnit.MINUTES);

            // What a node that died has sealed and not archived is archived with what follows.
            Seal lost = seals.seal(acme).orElseThrow();
            post("1010");
            sealing.run();
            sealing.run();

            assertThat(archive.stream().map(SealText::read)).startsWith(lost).hasSize(2);
            assertThat(schedule.isDone()).isFalse();
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(LogVerifier.builder(store)
                        .keys(SealKeys.of("seals-2026", publicKeyPem))
                        .build()
                        .verify(acme, archive.stream().map(SealText::read).toList())
                        .sealed()
                        .value())
                .isEqualTo(2);
    }

    private static PostgresEventStore open() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        return PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
    }

    private static void alarm(Tampering tampering) {
        throw new AssertionError(tampering.toString());
    }

    private static void alarm(RuntimeException failure) {
        throw new AssertionError(failure);
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n"
                .formatted(kind, Base64.getEncoder().encodeToString(bytes), kind);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
