package io.nexus.eventstream.core;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.StoredEvent;
import java.lang.reflect.InaccessibleObjectException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Turns Jackson's exceptions into ours, which name the place and what to do. */
final class JsonFaults {

    private static final String CLOSED =
            "Java does not let Jackson into a class of it (see the cause): open its package to tools.jackson.databind in module-info.java";

    private JsonFaults() {}

    /** Says which value cannot be written, and why. */
    static EventSerializationException unwritable(EventType type, JacksonException e) {
        String what = isClosed(e) ? CLOSED : e.getOriginalMessage();
        String where = e instanceof StorableGenerator.Refused || e.getPath().isEmpty() ? "" : " at " + pointer(e);
        return new EventSerializationException(
                type.name(), "an event of type %s cannot be written: %s%s".formatted(type, what, where), e);
    }

    /**
     * Says that stored JSON does not fit, and where. Jackson's own text is left out, and so is Jackson's exception, since
     * both quote the value that did not fit, and a payload must not reach a log. So do the exceptions of the parsers that
     * Jackson calls. What a class of the user's own threw is kept.
     */
    static EventSerializationException unreadable(StoredEvent stored, EventType type, JacksonException e) {
        return new EventSerializationException(
                type.name(),
                "%s cannot be read as %s: %s %s".formatted(stored, type, fault(e), place(e)),
                isClosed(e) || e instanceof ValueInstantiationException ? e.getCause() : null);
    }

    /**
     * Returns what an upcaster threw, for the cause of our exception. A Jackson exception quotes the value that it was not
     * happy with; one that shows only where it was thrown stands in its place.
     */
    static Throwable withoutValues(RuntimeException e) {
        if (!(e instanceof JacksonException)) {
            return e;
        }
        Throwable silent = new IllegalStateException(
                e.getClass().getName() + ", whose text is left out because it quotes the payload");
        silent.setStackTrace(e.getStackTrace());
        return silent;
    }

    private static String fault(JacksonException e) {
        if (isClosed(e)) {
            return CLOSED + ",";
        }
        if (e instanceof ValueInstantiationException) {
            return "the class did not accept its values (see the cause)";
        }
        if (e instanceof InvalidDefinitionException definition) {
            return "nothing says how to build %s from JSON, use a record or another type with a public constructor,"
                    .formatted(Optional.ofNullable(definition.getType())
                            .map(JavaType::toCanonical)
                            .orElse("a class of it"));
        }
        return e instanceof DatabindException || e instanceof InputCoercionException
                ? "its JSON does not fit the class"
                : "its JSON is malformed";
    }

    private static String place(JacksonException e) {
        if (!e.getPath().isEmpty()) {
            return "at " + e.getPathReference();
        }
        return e.getLocation().getLineNr() < 1
                ? "at its root"
                : "at line %d, column %d"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    private static boolean isClosed(JacksonException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalAccessException || cause instanceof InaccessibleObjectException) {
                return true;
            }
        }
        return false;
    }

    private static String pointer(JacksonException e) {
        return e.getPath().stream()
                .map(step -> "/" + step(step.getPropertyName(), step.getIndex()))
                .collect(Collectors.joining());
    }

    private static String step(@Nullable String name, int index) {
        return name == null ? Integer.toString(index) : name.replace("~", "~0").replace("/", "~1");
    }
}
