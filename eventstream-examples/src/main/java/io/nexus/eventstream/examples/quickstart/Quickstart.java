package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.EventStreamException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Imports a journal and stock movements into a database and prints what can be asked of them. Without options it brings its
 * own data and database.
 *
 * <p>The exit status is 0 if everything was imported, 1 if something was refused, 2 if the program could not do what it was
 * told.
 */
public final class Quickstart {

    static final String TENANT = "quickstart";

    private static final int REFUSALS_SHOWN = 1_000;

    private final Screen screen;
    private final Options options;
    private final List<Refusal> refusals = new ArrayList<>();

    private Quickstart(Screen screen, Options options) {
        this.screen = screen;
        this.options = options;
    }

    /** Runs with the system properties as options, see {@link Options}. */
    public static void main(String[] args) {
        // Whatever the console's character set is called, nearly all of them are UTF-8.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.exit(run(System::getProperty, out));
    }

    /** Runs with these options and returns the exit status. */
    static int run(Function<String, @Nullable String> properties, PrintStream out) {
        Screen screen = new Screen(out);
        try {
            return new Quickstart(screen, Options.of(properties)).run();
        } catch (UsageException e) {
            screen.gap();
            screen.line("%s", Screen.harmless(String.valueOf(e.getMessage())));
            return 2;
        }
    }

    private int run() {
        Optional<JournalFile> journal = journalSource().map(JournalFile::read);
        Optional<StockFile> stock = stockSource().map(source -> StockFile.read(source, options.zone()));
        screen.title("EventStream quickstart");
        long begin = System.nanoTime();
        try (Database database = Database.open(options.jdbcUrl())) {
            journal.ifPresent(file -> refusals.addAll(file.refusals()));
            stock.ifPresent(file -> refusals.addAll(file.refusals()));
            screen.line("Database  %s, ready after %s", database.description(), since(begin));
            screen.line("Tenant    %s", TENANT);
            screen.line(
                    "Days      begin at midnight, %s", options.zone().equals(ZoneOffset.UTC) ? "UTC" : options.zone());
            Imports imports = new Imports(screen, database, options.zone(), refusals);
            if (options.bundled()) {
                new BundledTour(screen, options, database, imports)
                        .importAndShow(journal.orElseThrow(), stock.orElseThrow());
            } else {
                importAndShow(database, imports, journal, stock);
            }
        } catch (EventStreamException e) {
            listRefusals();
            screen.gap();
            screen.line("The database stopped the import: %s", Screen.harmless(String.valueOf(e.getMessage())));
            screen.line("What was imported before stays. The same command goes on where this one stopped.");
            return 2;
        }
        listRefusals();
        return refusals.isEmpty() ? 0 : 1;
    }

    private Optional<Source> journalSource() {
        return options.bundled()
                ? Optional.of(Source.bundled("journal.csv"))
                : options.journal().map(file -> Source.of("journal", file));
    }

    private Optional<Source> stockSource() {
        return options.bundled()
                ? Optional.of(Source.bundled("stock.csv"))
                : options.stock().map(file -> Source.of("stock", file));
    }

    private void importAndShow(
            Database database, Imports imports, Optional<JournalFile> journal, Optional<StockFile> stock) {
        screen.section("Import");
        journal.ifPresent(file -> imports.journal(file, file.entries()));
        stock.ifPresent(imports::stock);
        Answers answers = new Answers(screen, options, database.events(TENANT));
        if (journal.isPresent() || options.report().isPresent()) {
            answers.showBalances();
        }
        if (stock.isPresent() || options.stockReport().isPresent()) {
            answers.showStock();
        }
        imports.printTime();
    }

    private void listRefusals() {
        if (refusals.isEmpty()) {
            return;
        }
        screen.section("Refused");
        refusals.sort(Refusal.IN_ORDER);
        refusals.stream().limit(REFUSALS_SHOWN).forEach(refusal -> screen.line("%s", refusal));
        if (refusals.size() > REFUSALS_SHOWN) {
            screen.line("and %s", Screen.count(refusals.size() - REFUSALS_SHOWN, "other", "others"));
        }
        screen.gap();
        screen.line(
                "%s refused, everything else was imported.",
                Screen.count(refusals.size(), "line or entry was", "lines or entries were"));
    }

    private static String since(long begin) {
        return Screen.time(Duration.ofNanos(System.nanoTime() - begin));
    }
}
