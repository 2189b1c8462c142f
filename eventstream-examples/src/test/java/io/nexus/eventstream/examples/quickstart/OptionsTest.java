package io.nexus.eventstream.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program can be asked to do, and what it cannot. */
class OptionsTest {

    @TempDir
    private Path directory;

    @Test
    void emptyOptionIsNone() {
        Options options = Options.of(name -> name.equals("zone") ? null : "");

        assertThat(options.bundled()).isTrue();
        assertThat(options.asOf()).isEmpty();
        assertThat(options.zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(options.jdbcUrl()).isEmpty();
        assertThat(options.report()).isEmpty();
    }

    @Test
    void daysAreSortedAndNamedOnce() {
        assertThat(options("asOf", "2025-01-31, 2014-12-31,2025-01-31").asOf())
                .containsExactly(LocalDate.of(2014, 12, 31), LocalDate.of(2025, 1, 31));
        assertThat(options("zone", "Asia/Kuala_Lumpur").zone()).isEqualTo(ZoneId.of("Asia/Kuala_Lumpur"));
    }

    @Test
    void valuesThatCannotBeUsedAreNamed() throws IOException {
        assertThatRefusal("asOf", "2025-02-29")
                .isEqualTo(
                        "-DasOf=2025-02-29: day \"2025-02-29\" is not a date such as 2014-12-31; separate several by commas");
        assertThatRefusal("asOf", "2025-01-31,")
                .isEqualTo("-DasOf=2025-01-31,: day \"\" is not a date such as 2014-12-31; separate several by commas");
        assertThat(options("asOf", "9999-12-31").asOf()).containsExactly(LocalDate.of(9999, 12, 31));
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> Options.of(Map.of("asOf", "9999-12-31", "zone", "-05:00")::get))
                .withMessage("-DasOf=9999-12-31: this day ends after the year 9999");
        assertThatRefusal("zone", "Asia/Atlantis")
                .isEqualTo("-Dzone=Asia/Atlantis: there is no such time zone; write it as Asia/Kuala_Lumpur or +08:00");
        assertThatRefusal("report", directory.toString())
                .isEqualTo("-Dreport=%s: this is a directory; name a file".formatted(directory));
        Path nowhere = directory.resolve("nowhere/report.csv");
        assertThatRefusal("stockReport", nowhere.toString())
                .isEqualTo("-DstockReport=%s: there is no directory %s".formatted(nowhere, nowhere.getParent()));
        assertThatRefusal("journal", "a\0b").isEqualTo("-Djournal=a\0b: this is not a path");
    }

    @Test
    void reportNeverOverwritesWhatIsImported() throws IOException {
        Path journal = Files.createFile(directory.resolve("j.csv"));
        Path same = directory.resolve("../" + directory.getFileName() + "/j.csv");

        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> Options.of(Map.of("journal", journal.toString(), "report", same.toString())::get))
                .withMessage("-Dreport=%s: this is a file to import, and would be overwritten", same);
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> Options.of(Map.of("report", "x.csv", "stockReport", "x.csv")::get))
                .withMessage("-Dreport and -DstockReport name the same file; give each its own");
    }

    private static Options options(String name, String value) {
        return Options.of(Map.of(name, value)::get);
    }

    private static AbstractStringAssert<?> assertThatRefusal(String name, String value) {
        try {
            options(name, value);
        } catch (UsageException e) {
            return assertThat(e.getMessage());
        }
        throw new AssertionError("-D" + name + "=" + value + " was accepted");
    }
}
