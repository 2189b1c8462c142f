package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** A log of four events in memory, sealed after each two. */
final class SampleLog {

    /** The one kind of event here. */
    public record Noted(String text) {}

    static final TenantId ACME = TenantId.of("acme");
    static final EventTypes TYPES = EventTypes.of(Noted.class);

    final KeyPair pair = pair();
    final SealKeys keys = SealKeys.of("k1", pair.getPublic());
    final InMemoryEventStore store = InMemoryEventStore.create(TYPES);
    final Seals seals = Seals.of(store, Ed25519Signer.of("k1", pair.getPrivate()), keys);
    final List<Seal> kept;

    SampleLog() {
        append("cash", "one \"quoted\" \\ \n");
        append("bank", "two é 😀");
        Seal first = seals.seal(ACME).orElseThrow();
        append("cash", "three");
        append("cash", "four");
        kept = List.of(first, seals.seal(ACME).orElseThrow());
    }

    void append(String stream, String text) {
        NewEvent event = NewEvent.of(new Noted(text)).withId(EventId.fromName(text));
        store.append(ACME, StreamAppend.of(StreamId.of("note", stream), ExpectedVersion.any(), event));
    }

    byte[] export() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(store).write(ACME, out);
        return out.toByteArray();
    }

    String exportText() {
        return new String(export(), StandardCharsets.UTF_8);
    }

    VerificationReport verified(byte[] export, List<Seal> against) {
        try {
            return ExportVerifier.of(keys).verify(new ByteArrayInputStream(export), against);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    VerificationReport verified(String export) {
        return verified(export.getBytes(StandardCharsets.UTF_8), List.of());
    }

    String publicPem() {
        return pem("PUBLIC", pair.getPublic().getEncoded());
    }

    String privatePem() {
        return pem("PRIVATE", pair.getPrivate().getEncoded());
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
