package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.VerificationListener;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage.ImportedLog;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings exported logs into a store, exactly as they were: positions, versions, times, bytes, links and seals.
 *
 * <p>An import is one transaction that verifies the export while it reads it. It is there as a whole or not at all, and never over
 * events that are there already. The tenant's lane is held to its end.
 *
 * <p>Thread-safe. Methods block until they are done and hold a batch of events at most.
 */
public final class LogImport {

    private static final int BATCH_EVENTS = 1_000;
    private static final long BATCH_BYTES = 8 << 20;

    private final ProofGate gate;
    private final @Nullable SealKeys keys;
    private final VerificationListener listener;

    private LogImport(ProofGate gate, @Nullable SealKeys keys, VerificationListener listener) {
        this.gate = gate;
        this.keys = keys;
        this.listener = listener;
    }

    /** Returns the import into a store. Signatures of seals are not looked at. */
    public static LogImport of(ProvingEventStore store) {
        return new LogImport(new ProofGate(store), null, VerificationListener.NONE);
    }

    /** Returns the import into a store that verifies seals with these keys. */
    public LogImport keys(SealKeys newKeys) {
        return new LogImport(gate, Objects.requireNonNull(newKeys, "keys"), listener);
    }

    /** Returns the import that tells a listener how far it has come. */
    public LogImport listener(VerificationListener newListener) {
        return new LogImport(gate, keys, Objects.requireNonNull(newListener, "listener"));
    }

    /**
     * Brings an export in, to the end of the stream, under the tenant that it names.
     *
     * @return what was verified
     * @throws TamperedException if the export is not intact; nothing was written
     * @throws io.nexus.eventstream.proof.LogNotEmptyException if the tenant has events already; nothing was written
     * @throws UncheckedIOException if the stream cannot be read; nothing was written
     */
    public VerificationReport read(InputStream export) {
        ExportFile file = new ExportFile(export);
        try {
            TenantId tenant = file.header();
            return gate.call(
                    tenant, Operation.ADMINISTER, "import", () -> read(file, tenant), VerificationReport::events);
        } catch (UnreadableException e) {
            throw new TamperedException(
                    ExportWalk.unreadable(TenantId.of("unknown"), "this is no export: " + e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("the export cannot be read", e);
        }
    }

    private VerificationReport read(ExportFile file, TenantId tenant) {
        List<VerificationReport> reports = new ArrayList<>();
        gate.proofs().importLog(tenant, log -> reports.add(read(file, tenant, log)));
        return reports.get(0);
    }

    private VerificationReport read(ExportFile file, TenantId tenant, ImportedLog log) {
        Batch batch = new Batch(tenant, log);
        ExportWalk walk =
                new ExportWalk(file, tenant, keys, Collections.emptyIterator(), batch::add, batch::add, listener);
        VerificationReport report;
        try {
            report = walk.walk();
        } catch (IOException e) {
            throw new UncheckedIOException("the export cannot be read", e);
        }
        if (!report.isIntact()) {
            throw new TamperedException(report);
        }
        batch.flush();
        return report;
    }

    /** Events that have been read and not written yet. */
    private static final class Batch {

        private final TenantId tenant;
        private final ImportedLog log;
        private final List<StoredEvent> events = new ArrayList<>();
        private long bytes;

        Batch(TenantId tenant, ImportedLog log) {
            this.tenant = tenant;
            this.log = log;
        }

        void add(LogRow row) {
            events.add(row.event(tenant));
            bytes += row.payload().length + row.metadata().length;
            if (events.size() == BATCH_EVENTS || bytes > BATCH_BYTES) {
                flush();
            }
        }

        void add(Seal seal) {
            flush();
            log.addSeal(seal);
        }

        void flush() {
            if (!events.isEmpty()) {
                log.addEvents(events);
                events.clear();
                bytes = 0;
            }
        }
    }
}
