package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.finance.PeriodClosedException;
import io.nexus.eventstream.examples.quickstart.JournalFile.NumberedEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Posts the entries of a file, many in one append. If the ledger refuses such a batch, its halves are tried, and so on down
 * to the entries that are to blame; those are reported and left as the ledger has them.
 */
final class JournalImport {

    private static final int EVENTS_PER_APPEND = 500;

    private final Ledger ledger;
    private final String file;
    private final Meter meter;
    private final List<Refusal> refusals = new ArrayList<>();
    private int posted;
    private int known;
    private Optional<Instant> recordedAt = Optional.empty();

    JournalImport(Ledger ledger, String file, Meter meter) {
        this.ledger = ledger;
        this.file = file;
        this.meter = meter;
    }

    /** Posts entries in their order. */
    void post(List<NumberedEntry> entries, Progress progress) {
        List<NumberedEntry> batch = new ArrayList<>();
        int lines = 0;
        for (NumberedEntry entry : entries) {
            if (lines + entry.lines().size() > EVENTS_PER_APPEND && !batch.isEmpty()) {
                post(batch);
                progress.advance(lines);
                batch.clear();
                lines = 0;
            }
            batch.add(entry);
            lines += entry.lines().size();
        }
        if (!batch.isEmpty()) {
            post(batch);
            progress.advance(lines);
        }
    }

    private void post(List<NumberedEntry> batch) {
        try {
            AppendResult result = meter.measure(() ->
                    ledger.postAll(batch.stream().map(NumberedEntry::entry).toList()));
            posted += result.alreadyRecorded() ? 0 : batch.size();
            known += result.alreadyRecorded() ? batch.size() : 0;
            recordedAt = recordedAt
                    .filter(latest -> latest.isAfter(result.recordedAt()))
                    .or(() -> Optional.of(result.recordedAt()));
        } catch (EventIdMismatchException | ConcurrencyException e) {
            splitOrRefuse(
                    batch,
                    "is in the ledger already, with other content: the file was changed, or is imported with another"
                            + " -Dzone; post a change as an entry of its own");
        } catch (PeriodClosedException e) {
            splitOrRefuse(batch, "is dated in a period that is closed, through " + e.closedThrough());
        } catch (EventSerializationException | LimitExceededException | IllegalArgumentException e) {
            splitOrRefuse(batch, "cannot be posted: " + e.getMessage());
        }
    }

    private void splitOrRefuse(List<NumberedEntry> batch, String why) {
        if (batch.size() == 1) {
            NumberedEntry entry = batch.get(0);
            String reason = "entry %s (%s) %s"
                    .formatted(Screen.brief(entry.entry().number()), JournalFile.named(entry.lines()), why);
            refusals.add(new Refusal(file, entry.lines().get(0), reason));
            return;
        }
        int half = batch.size() / 2;
        post(batch.subList(0, half));
        post(batch.subList(half, batch.size()));
    }

    /** Returns how many entries are new in the ledger. */
    int posted() {
        return posted;
    }

    /** Returns how many entries the ledger had already. */
    int known() {
        return known;
    }

    /** Returns the entries that the ledger refused. */
    List<Refusal> refusals() {
        return refusals;
    }

    /** Returns when the latest of the entries was recorded, by this import or by an earlier one; empty if none was. */
    Optional<Instant> recordedAt() {
        return recordedAt;
    }
}
