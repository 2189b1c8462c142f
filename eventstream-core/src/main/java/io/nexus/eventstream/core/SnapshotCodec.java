package io.nexus.eventstream.core;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * States as JSON, and the checksum that ties a state to what it is a state of. The layout of what the checksum covers stands in
 * {@code docs/states.md}.
 */
final class SnapshotCodec {

    /** Put in front, so that no other SHA-256 of this library can be taken for a snapshot's. */
    private static final byte[] DOMAIN = "eventstream.snapshot.v1".getBytes(StandardCharsets.US_ASCII);

    private final JsonMapper mapper = JsonText.mapper();
    private final @Nullable SecretKey key;

    SnapshotCodec(@Nullable SecretKey key) {
        this.key = key;
        if (key != null) {
            mac(key);
        }
    }

    /**
     * Returns a snapshot of a state.
     *
     * @throws EventSerializationException if the state cannot be written, or comes back from its JSON as another
     */
    <S> Snapshot snapshot(TenantId tenant, StreamId stream, NamedFold<S> fold, Folded<S> folded, Instant now) {
        String json = written(fold, folded.state());
        if (!written(fold, read(fold, json)).equals(json)) {
            throw new EventSerializationException(
                    fold.name(),
                    "a state of fold %s cannot be kept: read back from its JSON it is another state; use a record of values as the state"
                            .formatted(fold));
        }
        Snapshot unsigned = new Snapshot(
                tenant,
                stream,
                folded.version(),
                fold.name(),
                fold.schemaVersion(),
                folded.hash(),
                folded.recordedAt(),
                folded.latestOccurredAt(),
                json,
                "",
                now.truncatedTo(ChronoUnit.MICROS));
        return unsigned.withChecksum(checksum(unsigned));
    }

    boolean isValid(Snapshot snapshot) {
        String expected;
        try {
            expected = checksum(snapshot);
        } catch (ArithmeticException e) {
            // A time that is not one of microseconds, '-infinity' for example, was not saved here.
            return false;
        }
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII),
                snapshot.checksum().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the state of a snapshot whose checksum is right.
     *
     * @throws EventSerializationException if it does not fit the state's class, which would write it otherwise: what is missing
     *     or unknown in JSON is passed over when it is read
     */
    <S> Folded<S> folded(NamedFold<S> fold, Snapshot snapshot) {
        S state = read(fold, snapshot.state());
        if (!written(fold, state).equals(snapshot.state())) {
            throw new EventSerializationException(
                    fold.name(), "a state of fold %s does not fit %s".formatted(fold, fold.stateClass()));
        }
        return new Folded<>(
                state, snapshot.version(), snapshot.eventHash(), snapshot.recordedAt(), snapshot.latestOccurredAt());
    }

    <S> String written(NamedFold<S> fold, S state) {
        try {
            return mapper.writeValueAsString(state);
        } catch (JacksonException e) {
            throw new EventSerializationException(
                    fold.name(),
                    "a state of fold %s cannot be written as JSON: %s; use a record of values as the state"
                            .formatted(fold, e.getOriginalMessage()));
        }
    }

    private <S> S read(NamedFold<S> fold, String json) {
        S state = null;
        try {
            state = mapper.readValue(json, fold.stateClass());
        } catch (JacksonException e) {
            // Jackson's text and its exception quote the value that did not fit.
            throw new EventSerializationException(
                    fold.name(),
                    "a state of fold %s does not fit %s at %s"
                            .formatted(fold, fold.stateClass(), e.getPathReference()));
        }
        if (state == null) {
            throw new EventSerializationException(fold.name(), "a state of fold %s is null".formatted(fold));
        }
        return state;
    }

    String checksum(Snapshot snapshot) {
        byte[] covered = covered(snapshot);
        return HexFormat.of().formatHex(key == null ? sha256(covered) : mac(key).doFinal(covered));
    }

    private static byte[] covered(Snapshot snapshot) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(256 + snapshot.state().length());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(DOMAIN);
            out.writeLong(snapshot.version().value());
            out.writeInt(snapshot.schemaVersion());
            out.write(snapshot.eventHash().bytes());
            out.writeLong(micros(snapshot.recordedAt()));
            out.writeLong(micros(snapshot.latestOccurredAt()));
            writeText(out, snapshot.tenant().value());
            writeText(out, snapshot.stream().category());
            writeText(out, snapshot.stream().aggregateId().value());
            writeText(out, snapshot.foldName());
            writeText(out, snapshot.state());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static Mac mac(SecretKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key does not fit HMAC-SHA256: " + e.getMessage(), e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
