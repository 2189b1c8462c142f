package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.examples.inventory.Movement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rows are movements. */
class StockFileTest {

    @Test
    void rowsBecomeMovementsInTheirOrder() {
        StockFile file = read(ZoneId.of("Asia/Kuala_Lumpur"), """
                2025-04-01,TEA,added,10,PO-1
                1969-12-31,TEA,reserved,+2.50,SO-1
                2025-04-02,TEA,released,1,SO-1
                2025-04-02,TEA,shipped,3,DO-1
                2025-04-02,TEA,adjusted,-0.5,Count
                2025-04-02,TEA,adjusted,0,Count
                """);

        assertThat(file.refusals()).isEmpty();
        assertThat(file.rows())
                .extracting(row -> row.movement().movement())
                .containsExactly(
                        Movement.ADDED,
                        Movement.RESERVED,
                        Movement.RELEASED,
                        Movement.SHIPPED,
                        Movement.ADJUSTED,
                        Movement.ADJUSTED);
        assertThat(file.rows())
                .extracting(row -> row.movement().quantity().toPlainString())
                .containsExactly("10", "2.50", "1", "3", "-0.5", "0");
        assertThat(file.rows().get(0).movement().occurredAt()).isEqualTo(Instant.parse("2025-03-31T16:00:00Z"));
    }

    @Test
    void badRowsAreRefused() {
        StockFile file = read(ZoneOffset.UTC, """
                2025-04-01,TEA,stolen,10,x
                2025-04-01,TEA,Added,10,x
                2025-04-01,TEA,added,0,x
                2025-04-01,TEA,shipped,-1,x
                2025-04-01,TEA,added,1e3,x
                2025-04-31,TEA,added,1,x
                2025-04-01,,added,1,x
                2025-04-01,TEA,added,1
                2025-04-01,TEA,added,1,x
                """);

        assertThat(file.refusals())
                .extracting(Refusal::toString)
                .containsExactly(
                        "s.csv, line 2: movement \"stolen\" is none of added, reserved, released, shipped, adjusted",
                        "s.csv, line 3: movement \"Added\" is none of added, reserved, released, shipped, adjusted",
                        "s.csv, line 4: quantity 0 is not positive",
                        "s.csv, line 5: quantity -1 is not positive",
                        "s.csv, line 6: quantity \"1e3\" is not a number such as -1234.50",
                        "s.csv, line 7: date \"2025-04-31\" is not a date such as 2014-12-31",
                        "s.csv, line 8: sku is empty",
                        "s.csv, line 9: 4 columns where the header has 5");
        assertThat(file.rows()).extracting(StockFile.Row::line).containsExactly(10L);
    }

    @Test
    void rowsThatSayTheSameAreTwoMovementsAndKeepTheirIds() {
        String twice = "2025-04-01,TEA,added,1,x\n2025-04-01,TEA,added,1,x\n";
        List<String> ids = ids(twice);

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids("2025-04-01,TEA,added,2,x\n" + twice)).endsWith(ids.get(0), ids.get(1));
        assertThat(ids("2025-04-01,TEA/added,added,1,x\n2025-04-01,TEA,added,1,\n"))
                .doesNotContainAnyElementsOf(ids);
    }

    private static List<String> ids(String lines) {
        return read(ZoneOffset.UTC, lines).rows().stream()
                .map(row -> row.movement().id().toString())
                .toList();
    }

    private static StockFile read(ZoneId zone, String lines) {
        String text = "date,sku,movement,quantity,reference\n" + lines;
        return StockFile.read(new Source("s.csv", text.getBytes(UTF_8)), zone);
    }
}
