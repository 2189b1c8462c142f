package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventTypes;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.JavaType;

/**
 * What the class of an event says about personal data, so that what could not be encrypted or erased is refused at start-up.
 * Values themselves are found where they are, by {@link PersonalValues}: a class does not tell what stands behind an interface.
 */
final class PersonalFields {

    /** In a path: each element of a list or map. */
    static final String EACH = "*";

    /** Why a value inside of another one cannot be personal data on its own. */
    static final String INSIDE = "it stands inside of %s, which is personal data as a whole";

    private static final String NOT_LOOKED_IN =
            "it stands where nothing is looked for; that is done in records, lists, arrays, the values of maps, and Optional";

    private static final int DEEPEST = 20;

    private final JsonShapes shapes;
    private final Class<?> event;

    /** What may stand where, by path; several where a sealed type has several forms. */
    private final Map<String, List<JsonShapes.Property>> places = new LinkedHashMap<>();

    private final List<Mark> marks = new ArrayList<>();

    /** Whether a value may be of a class that is not known here. */
    private boolean open;

    /** A marked component and the class that it is one of. */
    private record Mark(String path, JsonShapes.Shape owner, PersonalField field) {}

    private PersonalFields(JsonShapes shapes, JavaType event) {
        this.shapes = shapes;
        this.event = event.getRawClass();
        into(event, "", List.of(), null);
    }

    /**
     * Returns the types whose events may hold personal data, with the fields that were named for them by their paths.
     *
     * @param named the fields by type and path
     * @throws IllegalArgumentException if a mark or a field makes no sense
     */
    static Map<String, Map<String, PersonalField>> of(
            JsonShapes shapes, EventTypes types, Map<String, Map<String, PersonalField>> named) {
        Map<String, Map<String, PersonalField>> all = new HashMap<>();
        for (String type : types.names()) {
            PersonalFields event = new PersonalFields(
                    shapes, JsonShapes.type(types.classOf(type).orElseThrow()));
            Map<String, PersonalField> fields = event.checked(named.getOrDefault(type, Map.of()));
            if (event.open || !event.marks.isEmpty() || !fields.isEmpty()) {
                all.put(type, fields);
            }
        }
        named.keySet().stream().filter(type -> !types.names().contains(type)).forEach(type -> {
            throw new IllegalArgumentException(
                    "personal fields are named for \"%s\", which is no event type: %s".formatted(type, types));
        });
        return all;
    }

    /** Returns whether a type has marks, as far as types tell. */
    static boolean mark(JsonShapes shapes, JavaType type) {
        return !new PersonalFields(shapes, type).marks.isEmpty();
    }

    /** Returns whether a class is of the JDK, an enum or JSON itself: nothing in it can have marks, unless it is a container. */
    static boolean isLeaf(Class<?> type) {
        return Enum.class.isAssignableFrom(type)
                || TreeNode.class.isAssignableFrom(type)
                || type.getClassLoader() == null
                || ClassLoader.getPlatformClassLoader().equals(type.getClassLoader());
    }

    static IllegalArgumentException refused(String path, Class<?> owner, @Nullable String reason) {
        return new IllegalArgumentException(
                "%s of %s cannot be personal data: %s".formatted(path, owner.getName(), reason));
    }

    private Map<String, PersonalField> checked(Map<String, PersonalField> named) {
        Map<String, PersonalField> fields = new HashMap<>();
        named.forEach((path, field) -> fields.put(path, checked(path, field, named)));
        marks.forEach(mark -> {
            if (named.containsKey(mark.path())) {
                throw refused(mark.path(), "it is declared twice");
            }
            requireOutside(mark.path(), named);
            requireSubject(mark.path(), mark.owner(), mark.field().of(), named);
        });
        return fields;
    }

    private PersonalField checked(String path, PersonalField field, Map<String, PersonalField> named) {
        List<JsonShapes.Property> components = places.getOrDefault(path, List.of());
        if (components.isEmpty()) {
            throw refused(path, "there is no such component; there are " + places.keySet());
        }
        requireOutside(path, named);
        marks.stream().map(Mark::path).filter(outer -> isInside(path, outer)).forEach(outer -> {
            throw isInsideOf(path, outer);
        });
        requireSubject(path, null, field.of(), named);
        String erased = field.erased();
        for (JsonShapes.Property component : components) {
            try {
                erased = JsonShapes.erased(component.type(), component.nullable(), field.erased());
            } catch (IllegalArgumentException e) {
                throw refused(path, e.getMessage());
            }
        }
        return new PersonalField(field.of(), erased);
    }

    private void requireOutside(String path, Map<String, PersonalField> named) {
        named.keySet().stream().filter(outer -> isInside(path, outer)).forEach(outer -> {
            throw isInsideOf(path, outer);
        });
    }

    /** Requires that a person's id can be found; beside a marked component in the class that it is one of. */
    private void requireSubject(
            String path, JsonShapes.@Nullable Shape owner, String of, Map<String, PersonalField> named) {
        if (of.startsWith(PersonalField.METADATA)) {
            if (of.length() == PersonalField.METADATA.length()) {
                throw refused(path, "\"metadata:\" names no entry");
            }
            return;
        }
        String place = of.startsWith("/") ? of : path.substring(0, path.lastIndexOf('/') + 1) + of;
        JsonShapes.Shape beside = of.contains("/") ? null : owner;
        List<JsonShapes.Property> ids = beside == null
                ? places.getOrDefault(place, List.of())
                : beside.property(of).stream().toList();
        if (ids.isEmpty() || of.isEmpty() || of.contains(EACH)) {
            throw refused(
                    path,
                    "the person's id is to stand at %s, where no component is; see PersonalData.of".formatted(place));
        }
        boolean marked = beside == null
                ? marks.stream().anyMatch(mark -> place.equals(mark.path()) || isInside(place, mark.path()))
                : ids.get(0).mark() != null;
        if (marked || named.keySet().stream().anyMatch(other -> place.equals(other) || isInside(place, other))) {
            throw refused(path, "the person's id at %s is marked itself and would not be found again".formatted(place));
        }
        if (!ids.stream().allMatch(id -> isSingle(id.type()))) {
            throw refused(path, "the person's id at %s is no single value".formatted(place));
        }
    }

    private boolean isSingle(JavaType type) {
        if (type.isContainerType() || type.isReferenceType()) {
            return false;
        }
        if (isLeaf(type.getRawClass())) {
            return true;
        }
        JsonShapes.Shape shape = shapes.of(type);
        return shape.value() == null
                ? !type.getRawClass().isRecord()
                : isSingle(shape.value().getType());
    }

    /**
     * Goes into a type.
     *
     * @param fault why a mark that is found in it is refused, null if it is not
     */
    private void into(JavaType type, String place, List<JavaType> above, @Nullable String fault) {
        Class<?> raw = type.getRawClass();
        if (type.isReferenceType()) {
            into(type.getContentType(), place, above, fault);
        } else if (type.isContainerType()) {
            if (type.isMapLikeType()) {
                into(type.getKeyType(), place, above, NOT_LOOKED_IN);
            }
            into(type.getContentType(), JsonSpan.pointer(place, EACH), above, fault);
        } else if (isLeaf(raw)) {
            open |= raw == Object.class || raw.isInterface();
            for (int i = 0; i < type.containedTypeCount(); i++) {
                into(type.containedType(i), place, above, NOT_LOOKED_IN);
            }
        } else if (above.size() == DEEPEST) {
            open = true;
        } else if (!above.contains(type)) {
            intoClass(
                    type, place, Stream.concat(above.stream(), Stream.of(type)).toList(), fault);
        }
    }

    private void intoClass(JavaType type, String place, List<JavaType> above, @Nullable String fault) {
        Class<?> raw = type.getRawClass();
        if (raw.isSealed()) {
            Arrays.stream(raw.getPermittedSubclasses())
                    .forEach(each -> into(JsonShapes.type(each), place, above, fault));
        } else {
            open |= !Modifier.isFinal(raw.getModifiers()) || Iterable.class.isAssignableFrom(raw);
        }
        JsonShapes.Shape shape = shapes.of(type);
        if (shape.value() != null) {
            into(shape.value().getType(), place, above, fault);
            return;
        }
        for (JsonShapes.Property property : shape.properties()) {
            String path = JsonSpan.pointer(place, property.name());
            if (!NOT_LOOKED_IN.equals(fault)) {
                places.computeIfAbsent(path, each -> new ArrayList<>()).add(property);
            }
            PersonalField mark = property.mark();
            if (mark == null) {
                into(property.type(), path, above, fault);
                continue;
            }
            if (fault != null) {
                throw refused(path, fault);
            }
            marks.add(new Mark(path, shape, mark));
            into(property.type(), path, above, INSIDE.formatted(path));
        }
    }

    private static boolean isInside(String path, String outer) {
        return path.startsWith(outer + "/");
    }

    private IllegalArgumentException isInsideOf(String path, String outer) {
        return refused(path, INSIDE.formatted(outer));
    }

    private IllegalArgumentException refused(String path, @Nullable String reason) {
        return refused(path, event, reason);
    }
}
