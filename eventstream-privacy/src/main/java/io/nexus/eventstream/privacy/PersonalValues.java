package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.spi.EncodedEvent;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.introspect.AnnotatedMember;

/**
 * Finds the personal data of an event where they are: it goes through the objects, and at the same time through the JSON that was
 * written of them. A value that is marked and does not stand where it belongs in the JSON is refused, since it may stand elsewhere
 * in the clear.
 */
final class PersonalValues {

    private static final int DEEPEST = 1_000;

    private final JsonShapes shapes;
    private final Map<String, PersonalField> named;
    private final EncodedEvent event;
    private final List<Value> found = new ArrayList<>();

    /**
     * A value that is personal data.
     *
     * @param owner the object that it stands in
     */
    record Value(PersonalField field, String path, JsonSpan owner, JsonSpan json) {}

    /**
     * A place in the event.
     *
     * @param step the last step of the way to it
     * @param each whether it is one of many, in a list or a map
     * @param json what was written there, null if nothing was under that name
     * @param inside the personal data that it is a part of
     */
    private record Spot(
            @Nullable Spot outer,
            String step,
            boolean each,
            @Nullable JsonSpan json,
            @Nullable String inside,
            int depth) {

        Spot to(String name, boolean oneOfMany, @Nullable JsonSpan written) {
            return new Spot(this, name, oneOfMany, written, inside, depth + 1);
        }

        /** Returns the same place, in which no more marks are expected. */
        Spot within(@Nullable String personal) {
            return new Spot(outer, step, each, null, personal, depth);
        }

        String path() {
            return outer == null ? "" : JsonSpan.pointer(outer.path(), step);
        }

        String pattern() {
            return outer == null ? "" : JsonSpan.pointer(outer.pattern(), each ? PersonalFields.EACH : step);
        }
    }

    private PersonalValues(JsonShapes shapes, Map<String, PersonalField> named, EncodedEvent event) {
        this.shapes = shapes;
        this.named = named;
        this.event = event;
    }

    /**
     * Returns the personal data of an event.
     *
     * @param payload the event
     * @param event what was written of it
     * @param json its payload
     * @param named the fields that are personal data without a mark, by path
     * @throws EventSerializationException if any is not where it belongs
     */
    static List<Value> in(
            Object payload, EncodedEvent event, JsonSpan json, JsonShapes shapes, Map<String, PersonalField> named) {
        PersonalValues values = new PersonalValues(shapes, named, event);
        values.into(payload, new Spot(null, "", false, json, null, 0));
        return values.found;
    }

    static EventSerializationException unwritable(EncodedEvent event, String place, String reason) {
        return new EventSerializationException(
                event.type().name(),
                "%s of event %s (%s) is personal data and cannot be encrypted: %s"
                        .formatted(place, event.id(), event.type(), reason));
    }

    private void into(@Nullable Object value, Spot spot) {
        if (spot.depth() > DEEPEST) {
            throw unwritable(event, "a value", "it stands too deep, or contains itself");
        }
        JsonSpan json = spot.json();
        if (value instanceof Optional<?> optional) {
            into(optional.orElse(null), spot);
        } else if (value instanceof AtomicReference<?> reference) {
            into(reference.get(), spot);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> entry(key, each, spot, json != null && json.isObject() ? json : null));
        } else if (value instanceof Map.Entry<?, ?> entry) {
            entry(entry.getKey(), entry.getValue(), spot, null);
        } else if (value instanceof Object[] items) {
            items(Arrays.asList(items), spot);
        } else if (value instanceof Collection<?> items) {
            items(items, spot);
        } else if (value != null && !PersonalFields.isLeaf(value.getClass())) {
            if (value instanceof Iterable<?> items && json != null && json.isArray()) {
                items(items, spot);
            } else {
                object(value, spot);
            }
        }
    }

    private void items(Iterable<?> items, Spot spot) {
        JsonSpan array = spot.json() != null && spot.json().isArray() ? spot.json() : null;
        int index = 0;
        for (Object item : items) {
            if (!isPlain(item)) {
                String step = Integer.toString(index);
                into(item, spot.to(step, true, array == null ? null : array.inner(step)));
            }
            index++;
        }
    }

    private void entry(@Nullable Object key, @Nullable Object value, Spot spot, @Nullable JsonSpan object) {
        if (!isPlain(key)) {
            into(key, spot.to(PersonalFields.EACH, true, null));
        }
        if (!isPlain(value)) {
            String name = nameOf(key);
            into(value, spot.to(name, true, object == null ? null : object.inner(name)));
        }
    }

    /** Returns the name under which an entry of a map is most likely written; under another one it is not found. */
    private String nameOf(@Nullable Object key) {
        if (key instanceof Enum<?> constant) {
            return constant.name();
        }
        if (key != null && !PersonalFields.isLeaf(key.getClass())) {
            AnnotatedMember value = shapes.of(key.getClass()).value();
            return value == null ? key.toString() : String.valueOf(value.getValue(key));
        }
        return String.valueOf(key);
    }

    private void object(Object object, Spot spot) {
        JsonShapes.Shape shape = shapes.of(object.getClass());
        if (shape.value() != null) {
            into(shape.value().getValue(object), spot);
            return;
        }
        JsonSpan json = spot.json() != null && spot.json().isObject() ? spot.json() : null;
        for (JsonShapes.Property property : shape.properties()) {
            JsonSpan member = json == null ? null : json.inner(property.name());
            Spot at = spot.to(property.name(), false, member);
            PersonalField field = property.mark();
            if (field == null && !named.isEmpty()) {
                field = named.get(at.pattern());
            }
            if (member == null && !shape.type().isRecord()) {
                // What is not written of a class with methods of any kind is not asked for, either.
                if (field != null || isNamedInside(at) || shapes.mark(property.type())) {
                    throw misplaced(at);
                }
            } else if (field == null) {
                into(property.valueIn(object), at);
            } else {
                personal(field, property.valueIn(object), at, json);
            }
        }
    }

    private boolean isNamedInside(Spot spot) {
        return !named.isEmpty() && named.keySet().stream().anyMatch(path -> path.startsWith(spot.pattern() + "/"));
    }

    private void personal(PersonalField field, @Nullable Object value, Spot spot, @Nullable JsonSpan owner) {
        if (spot.json() != null && owner != null && spot.inside() == null) {
            found.add(new Value(field, spot.path(), owner, spot.json()));
        } else if (!isNothing(value)) {
            throw misplaced(spot);
        }
        into(value, spot.within(spot.path()));
    }

    private EventSerializationException misplaced(Spot spot) {
        return unwritable(
                event,
                spot.path(),
                spot.inside() == null
                        ? "it is not in the JSON at that place, so it may stand elsewhere in the clear; have each class on the way to it written as an object of its own, not unwrapped and not by a serializer of its own"
                        : PersonalFields.INSIDE.formatted(spot.inside()));
    }

    private static boolean isPlain(@Nullable Object value) {
        return value == null || value instanceof String || value instanceof Number;
    }

    private static boolean isNothing(@Nullable Object value) {
        return value == null
                || (value instanceof Optional<?> optional && optional.isEmpty())
                || (value instanceof AtomicReference<?> reference && reference.get() == null)
                || (value instanceof Collection<?> items && items.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty())
                || (value.getClass().isArray() && Array.getLength(value) == 0);
    }
}
