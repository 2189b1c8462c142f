package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.VerificationListener;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * Writes whole logs, with their seals, in the form that {@code docs/hash-chain.md} specifies: JSON, a line an event, every byte that was hashed.
 *
 * <p>Rows are written as they lie in the storage and are not verified, so that an export of a log that was tampered with is evidence of
 * it. {@link ExportVerifier} verifies an export, {@link LogImport} brings it into another database.
 *
 * <p>Thread-safe. Methods block until they are done and hold a page of events at most.
 */
public final class LogExport {

    private static final int PAGE_SIZE = 1_000;

    private final ProofGate gate;
    private final ProofStorage storage;
    private final VerificationListener listener;

    private LogExport(ProofGate gate, VerificationListener listener) {
        this.gate = gate;
        this.storage = gate.proofs();
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /** Returns the export of a store's logs. */
    public static LogExport of(ProvingEventStore store) {
        return of(store, VerificationListener.NONE);
    }

    /** Returns the export of a store's logs, and tells a listener how far it has come. */
    public static LogExport of(ProvingEventStore store, VerificationListener listener) {
        return new LogExport(new ProofGate(store), listener);
    }

    /**
     * Writes a tenant's log up to where it ends now. The stream is flushed and not closed.
     *
     * @return how many events were written
     * @throws UncheckedIOException if the stream cannot be written to; what it holds has no trailer and is found to be incomplete
     */
    public long write(TenantId tenant, OutputStream out) {
        return gate.call(tenant, Operation.READ_PAYLOAD, "export", () -> written(tenant, out), events -> events);
    }

    private long written(TenantId tenant, OutputStream out) {
        // Seals first: whatever they cover must stand in the log that is read after them.
        Position sealed = storage.newestSeal(tenant).map(Seal::to).orElse(Position.START);
        long last = storage.newest(tenant).map(LogRow::position).orElse(0L);
        DigestOutputStream digest = new DigestOutputStream(new BufferedOutputStream(out, 1 << 16), sha256());
        try {
            long events = write(tenant, last, new StoredSeals(storage, tenant, Position.START, sealed), digest);
            digest.flush();
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException("the export of tenant %s cannot be written".formatted(tenant), e);
        }
    }

    private long write(TenantId tenant, long last, StoredSeals seals, DigestOutputStream out) throws IOException {
        LineWriter line = new LineWriter();
        ExportLines.writeHeader(tenant, line);
        line.end(out);
        long events = 0;
        long sealed = 0;
        byte[] link = EventHash.NONE.bytes();
        LogPages pages = new LogPages(storage, tenant, Long.MIN_VALUE, last, PAGE_SIZE, null);
        while (pages.hasNext()) {
            for (LogRow row : pages.next()) {
                ExportLines.write(row, line);
                line.end(out);
                events++;
                link = row.hash();
                sealed += write(seals, row.position(), line, out);
            }
            listener.reached(tenant, Position.of(events), Position.of(Math.max(0, last)));
        }
        // What seals of events that are not there any more say is that they are not.
        sealed += write(seals, Long.MAX_VALUE, line, out);
        ExportLines.writeTrailer(events, sealed, link, out.getMessageDigest().digest(), line);
        line.end(out);
        return events;
    }

    /** Writes the seals that end up to a position and returns how many. */
    private static long write(StoredSeals seals, long position, LineWriter line, OutputStream out) throws IOException {
        long written = 0;
        for (Seal seal = seals.peek(); seal != null && seal.to().value() <= position; seal = seals.peek()) {
            SealText.write(seals.next(), line);
            line.end(out);
            written++;
        }
        return written;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
