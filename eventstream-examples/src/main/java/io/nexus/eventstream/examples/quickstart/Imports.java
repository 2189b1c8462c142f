package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.quickstart.JournalFile.NumberedEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Runs imports and says how they go. */
final class Imports {

    private final Screen screen;
    private final Database database;
    private final EventStreamManager events;
    private final Ledger ledger;
    private final List<Refusal> refusals;
    private final Meter meter = new Meter();
    private long nanos;

    /** Creates imports that add what the log refuses to {@code refusals}, beside what the files made impossible. */
    Imports(Screen screen, Database database, ZoneId zone, List<Refusal> refusals) {
        this.screen = screen;
        this.database = database;
        this.events = database.events(Quickstart.TENANT);
        this.ledger = new Ledger(events, zone);
        this.refusals = refusals;
    }

    /** Posts entries of a journal; returns when the latest of them was recorded, empty if none was. */
    Optional<Instant> journal(JournalFile file, List<NumberedEntry> entries) {
        JournalImport imported = new JournalImport(ledger, file.name(), meter);
        long lines = entries.stream().mapToLong(entry -> entry.lines().size()).sum();
        screen.line("%s, %s", file.name(), Screen.count(file.lines(), "line", "lines"));
        long begin = System.nanoTime();
        imported.post(entries, new Progress(screen, lines, "lines"));
        nanos += System.nanoTime() - begin;
        database.analyze();
        refusals.addAll(imported.refusals());
        int refused = file.refusals().size() + imported.refusals().size();
        say("entry", "entries", "posted", imported.posted(), imported.known(), refused);
        long several = file.entriesOverSeveralDays();
        if (several > 0) {
            screen.line(
                    "  %s lines of different dates; each line counts at its own",
                    Screen.count(several, "entry has", "entries have"));
        }
        return imported.recordedAt();
    }

    /** Posts entries of a journal one by one; returns how long that took, empty if they had been posted before. */
    Optional<Duration> oneByOne(JournalFile file, List<NumberedEntry> entries) {
        Meter single = new Meter();
        JournalImport imported = new JournalImport(ledger, file.name(), single);
        entries.forEach(entry -> imported.post(List.of(entry), new Progress(screen, 0, "lines")));
        refusals.addAll(imported.refusals());
        return single.appends() == 0 ? Optional.empty() : Optional.of(single.median());
    }

    /** Records the movements of a file. */
    void stock(StockFile file) {
        StockImport imported = new StockImport(events, file.name(), meter);
        screen.line("%s, %s", file.name(), Screen.count(file.lines(), "line", "lines"));
        long begin = System.nanoTime();
        imported.record(file.rows(), new Progress(screen, file.rows().size(), "lines"));
        nanos += System.nanoTime() - begin;
        database.analyze();
        refusals.addAll(imported.refusals());
        int refused = file.refusals().size() + imported.refusals().size();
        say("movement", "movements", "recorded", imported.recorded(), imported.known(), refused);
    }

    /** Prints how long the imports took. */
    void printTime() {
        screen.section("Time");
        if (meter.events() == 0) {
            screen.line("Nothing new was recorded.");
            return;
        }
        screen.line(
                "%s in %s, %s a second; %s, median %s",
                Screen.count(meter.events(), "event", "events"),
                Screen.time(Duration.ofNanos(nanos)),
                Screen.number(Math.round(meter.events() / (nanos / 1e9))),
                Screen.count(meter.appends(), "append", "appends"),
                Screen.time(meter.median()));
    }

    private void say(String one, String many, String done, int isNew, int known, int refused) {
        if (isNew + known + refused == 0) {
            screen.line("  There is nothing in it.");
            return;
        }
        String text = "  %s %s".formatted(Screen.count(isNew, one, many), done);
        if (isNew == 0 && known > 0) {
            text = "  Nothing new: %s recorded before".formatted(Screen.count(known, one + " was", many + " were"));
        } else if (known > 0) {
            text += ", %s recorded before".formatted(Screen.count(known, one + " was", many + " were"));
        }
        screen.line("%s%s", text, refused == 0 ? "" : ", %s refused (see the end)".formatted(Screen.number(refused)));
    }
}
