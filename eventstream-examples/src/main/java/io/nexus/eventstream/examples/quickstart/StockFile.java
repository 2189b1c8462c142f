package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.examples.inventory.Movement;
import io.nexus.eventstream.examples.inventory.StockMovement;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Stock movements in CSV, to be applied in the order of the file.
 *
 * @param name the name of the file
 * @param lines how many lines it has
 * @param rows the movements that can be asked for
 * @param refusals what was left out and why, by line
 */
record StockFile(String name, int lines, List<Row> rows, List<Refusal> refusals) {

    static final List<String> COLUMNS = List.of("date", "sku", "movement", "quantity", "reference");

    private static final Map<String, Movement> MOVEMENTS = Arrays.stream(Movement.values())
            .collect(Collectors.toMap(movement -> movement.name().toLowerCase(Locale.ROOT), movement -> movement));

    /**
     * A movement and where it comes from.
     *
     * @param line its line in the file
     * @param movement the movement
     */
    record Row(long line, StockMovement movement) {}

    /**
     * Reads stock movements whose days begin at midnight in a zone.
     *
     * @throws UsageException if the header is wrong
     */
    static StockFile read(Source source, ZoneId zone) {
        List<Row> rows = new ArrayList<>();
        List<Refusal> refusals = new ArrayList<>();
        Map<String, Integer> occurrences = new HashMap<>();
        int lines = CsvFile.read(source, COLUMNS, row -> {
            try {
                // Two rows may say the same and both be meant, so the how-manieth one it is belongs to its identity.
                String content = content(row);
                EventId id =
                        EventId.fromName("stock/%d/%s".formatted(occurrences.merge(content, 1, Integer::sum), content));
                rows.add(new Row(row.line(), movement(row, id, zone)));
            } catch (InvalidValueException e) {
                refusals.add(new Refusal(source.name(), row.line(), String.valueOf(e.getMessage())));
            }
        });
        return new StockFile(source.name(), lines, rows, refusals);
    }

    private static StockMovement movement(CsvRow row, EventId id, ZoneId zone) {
        row.fault().ifPresent(fault -> {
            throw new InvalidValueException(fault);
        });
        if (row.get("sku").isBlank()) {
            throw new InvalidValueException("sku is empty");
        }
        Movement movement = MOVEMENTS.get(row.get("movement"));
        if (movement == null) {
            throw new InvalidValueException("movement \"%s\" is none of added, reserved, released, shipped, adjusted"
                    .formatted(Screen.brief(row.get("movement"))));
        }
        BigDecimal quantity = Values.number(row, "quantity");
        if (quantity.signum() <= 0 && movement != Movement.ADJUSTED) {
            throw new InvalidValueException("quantity %s is not positive".formatted(Screen.brief(row.get("quantity"))));
        }
        return new StockMovement(
                id,
                row.get("sku"),
                movement,
                quantity,
                row.get("reference"),
                Values.date(row, "date").atStartOfDay(zone).toInstant());
    }

    /** Returns what the row says, with NUL between the fields because no field holds one. */
    private static String content(CsvRow row) {
        return COLUMNS.stream().map(row::get).collect(Collectors.joining("\0"));
    }
}
