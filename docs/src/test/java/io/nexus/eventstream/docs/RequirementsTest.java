package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The ledger of requirements names each requirement once, and tests that exist. */
class RequirementsTest {

    private static final Path LEDGER = Sources.ROOT.resolve("docs/requirements.md");
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z]{3}-EVS-\\d{4}) \\|(.*)\\|(.*)\\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyRequirementStandsInTheLedgerOnce() {
        List<String> ids = Stream.of(
                        ids("ARC", 7001, 14),
                        ids("BUS", 7101, 13),
                        ids("FUN", 7201, 28),
                        ids("PER", 7301, 9),
                        ids("REL", 7401, 10),
                        ids("SEC", 7501, 10),
                        ids("INT", 7601, 10),
                        ids("USA", 7701, 8))
                .flatMap(each -> each)
                .toList();

        assertThat(rows().keySet()).containsExactlyElementsOf(ids);
    }

    @Test
    void everyRequirementNamesATestThatExistsOrSaysNotYet() {
        List<String> wrong = new ArrayList<>();
        rows().forEach((id, tests) -> {
            Matcher test = TEST.matcher(tests);
            boolean named = false;
            while (test.find()) {
                named = true;
                if (!exists(test.group(1), test.group(2))) {
                    wrong.add(id + " names " + test.group());
                }
            }
            if (!named && !tests.contains("*not yet*")) {
                wrong.add(id + " names no test");
            }
        });

        assertThat(wrong).isEmpty();
    }

    /** A test may stand in any module, a contract's in the TCK's own code; rules of the architecture are constants. */
    private static boolean exists(String testClass, String test) {
        Pattern declaration = Pattern.compile("@\\w*Test\\b[^;]*?\\b(?:void " + test + "\\(|ArchRule " + test + "\\b)");
        return Sources.filesEndingWith("/" + testClass + ".java").stream()
                .map(file -> String.join("\n", Sources.lines(file)))
                .anyMatch(source -> declaration.matcher(source).find());
    }

    private static Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : Sources.lines(LEDGER)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(rows).as("a requirement stands twice").doesNotContainKey(row.group(1));
                rows.put(row.group(1), row.group(3));
            }
        }
        return rows;
    }

    private static Stream<String> ids(String kind, int first, int count) {
        return IntStream.range(first, first + count).mapToObj(number -> kind + "-EVS-" + number);
    }
}
