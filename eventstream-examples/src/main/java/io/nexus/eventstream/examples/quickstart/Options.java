package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AsOf;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the program was asked to do, given as {@code -Dname=value}. Relative paths are relative to the directory in which
 * Maven was called.
 *
 * @param journal a journal to import
 * @param stock stock movements to import
 * @param asOf the days to answer for, oldest first; empty for now
 * @param zone where the days begin at midnight
 * @param report where to write balances
 * @param stockReport where to write stock
 * @param jdbcUrl a database of the user's own
 */
record Options(
        Optional<Path> journal,
        Optional<Path> stock,
        List<LocalDate> asOf,
        ZoneId zone,
        Optional<Path> report,
        Optional<Path> stockReport,
        Optional<String> jdbcUrl) {

    /**
     * Reads the options; an empty value is none.
     *
     * @throws UsageException if a value cannot be used; the message names the option
     */
    static Options of(Function<String, @Nullable String> properties) {
        Function<String, Optional<String>> values =
                name -> Optional.ofNullable(properties.apply(name)).filter(value -> !value.isBlank());
        Options options = new Options(
                path(values, "journal"),
                path(values, "stock"),
                values.apply("asOf").map(Options::days).orElse(List.of()),
                values.apply("zone").map(Options::zone).orElse(ZoneOffset.UTC),
                path(values, "report"),
                path(values, "stockReport"),
                values.apply("jdbc.url"));
        options.requireAnswerableDays();
        options.requireWritable("report", options.report);
        options.requireWritable("stockReport", options.stockReport);
        if (options.report.isPresent() && sameFile(options.report, options.stockReport)) {
            throw new UsageException("-Dreport and -DstockReport name the same file; give each its own");
        }
        return options;
    }

    /** Returns whether the data that comes with the program is to be imported. */
    boolean bundled() {
        return journal.isEmpty() && stock.isEmpty();
    }

    private static Optional<Path> path(Function<String, Optional<String>> values, String name) {
        return values.apply(name).map(value -> {
            try {
                return Path.of(value);
            } catch (InvalidPathException e) {
                throw new UsageException("-D%s=%s: this is not a path".formatted(name, value));
            }
        });
    }

    private static List<LocalDate> days(String value) {
        try {
            return Arrays.stream(value.split(",", -1))
                    .map(day -> Values.date(day.strip(), "day"))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (InvalidValueException e) {
            throw new UsageException("-DasOf=%s: %s; separate several by commas".formatted(value, e.getMessage()));
        }
    }

    private static ZoneId zone(String value) {
        try {
            return ZoneId.of(value.strip());
        } catch (DateTimeException e) {
            throw new UsageException(
                    "-Dzone=%s: there is no such time zone; write it as Asia/Kuala_Lumpur or +08:00".formatted(value));
        }
    }

    private void requireAnswerableDays() {
        for (LocalDate day : asOf) {
            try {
                AsOf.occurred(day, zone);
            } catch (IllegalArgumentException e) {
                throw new UsageException("-DasOf=%s: this day ends after the year 9999".formatted(day));
            }
        }
    }

    private void requireWritable(String name, Optional<Path> file) {
        if (file.isEmpty()) {
            return;
        }
        Path target = file.get().toAbsolutePath();
        if (sameFile(file, journal) || sameFile(file, stock)) {
            throw new UsageException(
                    "-D%s=%s: this is a file to import, and would be overwritten".formatted(name, file.get()));
        }
        if (Files.isDirectory(target)) {
            throw new UsageException("-D%s=%s: this is a directory; name a file".formatted(name, file.get()));
        }
        Path directory = target.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new UsageException("-D%s=%s: there is no directory %s".formatted(name, file.get(), directory));
        }
        boolean writable = Files.exists(target) ? Files.isWritable(target) : Files.isWritable(directory);
        if (!writable) {
            throw new UsageException("-D%s=%s: this file cannot be written".formatted(name, file.get()));
        }
    }

    private static boolean sameFile(Optional<Path> one, Optional<Path> other) {
        return Stream.of(one, other).allMatch(Optional::isPresent)
                && one.get()
                        .toAbsolutePath()
                        .normalize()
                        .equals(other.get().toAbsolutePath().normalize());
    }
}
