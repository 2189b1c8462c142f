package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says how a projector failed, for the row of its projection. The messages of exceptions are left out unless the host wants them, since
 * they quote data: PostgreSQL names the values that violate a constraint. What is written into that row stays in the write-ahead
 * log and in backups, where the erasure of a person does not reach it. This library's own messages name places only.
 */
final class FailureText {

    private static final int LONGEST_ERROR = 2_000;
    private static final int LONGEST_TRACE = 16_000;
    private static final int MOST_CAUSES = 20;

    private final ProjectionStorage storage;
    private final boolean messages;

    FailureText(ProjectionStorage storage, boolean messages) {
        this.storage = storage;
        this.messages = messages;
    }

    ProjectionFailure failure(Position position, Throwable cause, Instant now) {
        return new ProjectionFailure(position, error(cause), cut(trace(cause), LONGEST_TRACE), now);
    }

    /** Returns an exception and its causes in one line. */
    String error(Throwable failure) {
        return line(failure, messages);
    }

    /** Returns the same without messages, whatever the host wants kept; for the log. */
    String quiet(Throwable failure) {
        return line(failure, false);
    }

    private String line(Throwable failure, boolean withMessages) {
        return cut(
                causes(failure).stream()
                        .map(each -> named(each, withMessages))
                        .collect(Collectors.joining(", caused by ")),
                LONGEST_ERROR);
    }

    private String trace(Throwable failure) {
        @Nullable Shown shown = null;
        List<Throwable> causes = causes(failure);
        for (int i = causes.size() - 1; i >= 0; i--) {
            shown = new Shown(named(causes.get(i), messages), causes.get(i).getStackTrace(), shown);
        }
        StringWriter trace = new StringWriter();
        Objects.requireNonNull(shown).printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private String named(Throwable failure, boolean withMessages) {
        if (isSafe(failure) || (withMessages && !repeatsOthers(failure))) {
            return failure.toString();
        }
        String facts = storage.facts(failure);
        String name = failure.getClass().getName();
        return facts.isEmpty() ? name : "%s (%s)".formatted(name, facts);
    }

    /** Whoever wraps a database's exception often takes its text over. */
    private boolean repeatsOthers(Throwable failure) {
        return failure instanceof LaneBusyException
                || causes(failure).stream()
                        .anyMatch(each -> !storage.facts(each).isEmpty());
    }

    /** Two of ours repeat what a database says: its own text, and the statements of others. */
    private static boolean isSafe(Throwable failure) {
        return failure instanceof EventStreamException
                && !(failure instanceof StorageException)
                && !(failure instanceof LaneBusyException);
    }

    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = failure;
                each != null && causes.size() < MOST_CAUSES && seen.add(each);
                each = each.getCause()) {
            causes.add(each);
        }
        return causes;
    }

    private static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) : text;
    }

    /** An exception by other words, whose trace the JDK prints, without the frames that a cause shares. */
    private static final class Shown extends Throwable {

        private static final long serialVersionUID = 1L;

        private final String words;

        Shown(String words, StackTraceElement[] frames, @Nullable Throwable cause) {
            super(words, cause);
            this.words = words;
            setStackTrace(frames);
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
