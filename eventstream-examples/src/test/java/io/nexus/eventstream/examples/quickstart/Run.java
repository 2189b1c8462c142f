package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of the quickstart.
 *
 * @param status the exit status
 * @param output what it printed
 */
record Run(int status, String output) {

    /** Runs with options, given as name, value, name, value. */
    static Run with(String... namesAndValues) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            options.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int status = Quickstart.run(options::get, new PrintStream(printed, true, UTF_8));
        return new Run(status, printed.toString(UTF_8));
    }

    /** Returns the lines that were printed, without the spaces around them. */
    List<String> lines() {
        return output.lines().map(String::strip).toList();
    }
}
