package io.nexus.eventstream.examples.quickstart;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One record of a CSV file.
 *
 * @param line the line on which it begins
 * @param columns the place of each column, by lower-case name
 * @param fields its fields; of a record with a fault as many as could be made out
 * @param fault what is wrong with it as a record, empty if nothing is
 */
record CsvRow(long line, Map<String, Integer> columns, List<String> fields, Optional<String> fault) {

    /** Returns the field of a column, empty text if the record does not reach that far. */
    String get(String column) {
        int place = columns.getOrDefault(column, Integer.MAX_VALUE);
        return place < fields.size() ? fields.get(place) : "";
    }
}
