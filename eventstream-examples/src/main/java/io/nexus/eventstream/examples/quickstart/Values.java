package io.nexus.eventstream.examples.quickstart;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.regex.Pattern;

/** How dates and numbers are written in the files. */
final class Values {

    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+(\\.[0-9]+)?");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private Values() {}

    /** Returns the date of a column, for example {@code 2014-12-31}. */
    static LocalDate date(CsvRow row, String column) {
        return date(row.get(column), column);
    }

    /** Returns a date; {@code what} is what messages call it. */
    static LocalDate date(String text, String what) {
        try {
            if (DATE.matcher(text).matches() && !text.startsWith("0000")) {
                return LocalDate.parse(text);
            }
        } catch (DateTimeException e) {
            // Written like a date, but of no calendar: the same message.
        }
        throw new InvalidValueException(
                "%s \"%s\" is not a date such as 2014-12-31".formatted(what, Screen.brief(text)));
    }

    /** Returns the number of a column as it is written, scale included, for example {@code -1234.50}. */
    static BigDecimal number(CsvRow row, String column) {
        String text = row.get(column);
        if (!NUMBER.matcher(text).matches()) {
            throw new InvalidValueException(
                    "%s \"%s\" is not a number such as -1234.50".formatted(column, Screen.brief(text)));
        }
        return new BigDecimal(text);
    }
}
