package io.nexus.eventstream.core.projection;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a projector's exception. A database quotes values in its messages ("Key (email)=(…) already exists"), and what is
 * kept is neither encrypted nor erased, so of its exceptions, and of those that they caused, the message is left out; but not the
 * first line where the database speaks of names: of a constraint that is broken, a table that is missing.
 */
final class FailureText {

    private static final int LONGEST_TRACE = 16_000;

    private FailureText() {}

    /** Returns class and message. */
    static String error(Throwable cause) {
        if (cause instanceof SQLException fault) {
            String state = String.valueOf(fault.getSQLState());
            return "%s: SQLSTATE %s%s".formatted(name(fault), state, speaksOfNames(state) ? firstLine(fault) : "");
        }
        return causes(cause).stream().anyMatch(SQLException.class::isInstance) ? name(cause) : cause.toString();
    }

    /** Returns the stack trace, cut to its first 16,000 characters. */
    static String trace(Throwable cause) {
        StringWriter trace = new StringWriter();
        shown(cause, Collections.newSetFromMap(new IdentityHashMap<>())).printStackTrace(new PrintWriter(trace));
        String text = trace.toString();
        return text.length() > LONGEST_TRACE ? text.substring(0, LONGEST_TRACE) : text;
    }

    private static Set<Throwable> causes(Throwable outer) {
        Set<Throwable> causes = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = outer; each != null && causes.add(each); each = each.getCause()) {}
        return causes;
    }

    private static Shown shown(Throwable cause, Set<Throwable> above) {
        above.add(cause);
        Throwable next = cause.getCause();
        Shown shown = new Shown(error(cause), next == null || above.contains(next) ? null : shown(next, above));
        shown.setStackTrace(cause.getStackTrace());
        return shown;
    }

    /** Returns whether messages of this class name tables and constraints, and no values. */
    private static boolean speaksOfNames(String state) {
        return state.startsWith("23") || state.equals("42P01") || state.equals("42703") || state.equals("42501");
    }

    private static String firstLine(SQLException fault) {
        return String.valueOf(fault.getMessage()).lines().limit(1).collect(Collectors.joining("", ", ", ""));
    }

    private static String name(Throwable cause) {
        return cause.getClass().getName();
    }

    /** An exception with another text. */
    private static final class Shown extends Throwable {

        private static final long serialVersionUID = 1L;

        private final String text;

        Shown(String text, @Nullable Throwable cause) {
            super(text, cause);
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
