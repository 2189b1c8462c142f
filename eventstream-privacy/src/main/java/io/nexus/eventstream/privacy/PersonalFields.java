package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.PersonalData;
import java.lang.annotation.Annotation;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Finds the marked components of event records, and refuses at start-up what could not be encrypted or erased. */
final class PersonalFields {

    static final String ERASED_TEXT = "\"[erased]\"";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Class<?> event;

    /** All places of the event by their paths, list elements and map values as {@code *}. */
    private final Map<String, RecordComponent> places = new LinkedHashMap<>();

    private final Map<String, PersonalData> marks = new LinkedHashMap<>();

    private PersonalFields(Class<?> event) {
        this.event = event;
        walk(event, "", List.of(event));
    }

    /** Returns the fields of each type that has any, those that annotations mark and those that were named. */
    static Map<String, List<PersonalField>> of(EventTypes types, Map<String, List<PersonalField>> named) {
        Map<String, List<PersonalField>> fields = new LinkedHashMap<>();
        for (String type : types.names()) {
            PersonalFields event = new PersonalFields(types.classOf(type).orElseThrow());
            List<PersonalField> found = event.checked(named.getOrDefault(type, List.of()));
            if (!found.isEmpty()) {
                fields.put(type, found);
            }
        }
        named.keySet().stream().filter(type -> !types.names().contains(type)).forEach(type -> {
            throw new IllegalArgumentException(
                    "personal fields are named for \"%s\", which is no event type: %s".formatted(type, types));
        });
        return fields;
    }

    private List<PersonalField> checked(List<PersonalField> named) {
        List<PersonalField> fields = new ArrayList<>();
        List<String> marked = new ArrayList<>(marks.keySet());
        named.forEach(field -> marked.add(field.toString()));
        marks.forEach((path, mark) -> fields.add(checked(path, mark.of(), mark.erased(), marked)));
        named.forEach(field -> fields.add(checked(field.toString(), field.of(), field.erased(), marked)));
        return fields;
    }

    private PersonalField checked(String path, String of, String erased, List<String> marked) {
        RecordComponent component = places.get(path);
        if (component == null) {
            throw refused(path, "there is no such component; there are " + places.keySet());
        }
        for (String other : marked) {
            if (path.startsWith(other + "/")) {
                throw refused(path, "it stands inside of %s, which is personal data as a whole".formatted(other));
            }
        }
        if (marked.stream().filter(path::equals).count() > 1) {
            throw refused(path, "it is declared twice");
        }
        requireSubject(path, of, marked);
        return new PersonalField(JsonSpan.steps(path), of, erasedAs(path, component, erased));
    }

    private void requireSubject(String path, String of, List<String> marked) {
        if (of.startsWith(PersonalField.METADATA)) {
            if (of.length() == PersonalField.METADATA.length()) {
                throw refused(path, "\"metadata:\" names no entry");
            }
            return;
        }
        String place = of.startsWith("/") ? of : path.substring(0, path.lastIndexOf('/') + 1) + of;
        RecordComponent id = places.get(place);
        if (id == null || of.isEmpty() || of.contains(PersonalField.EACH)) {
            throw refused(
                    path,
                    "the person's id is to stand at %s, where no component is; see PersonalData.of".formatted(place));
        }
        if (marked.stream().anyMatch(other -> place.equals(other) || place.startsWith(other + "/"))) {
            throw refused(path, "the person's id at %s is marked itself and would not be found again".formatted(place));
        }
        if (id.getType().isRecord() || isContainer(id.getType())) {
            throw refused(path, "the person's id at %s is no single value".formatted(place));
        }
    }

    private String erasedAs(String path, RecordComponent component, String declared) {
        if (declared.isEmpty()) {
            return defaultErased(component)
                    .orElseThrow(() -> refused(
                            path,
                            "a %s has no value of its own for what was erased: declare one by erased = \"…\", as JSON, or make it Optional"
                                    .formatted(component.getType().getSimpleName())));
        }
        try {
            Object value = MAPPER.readValue(declared, MAPPER.constructType(component.getGenericType()));
            JsonSpan unused = JsonSpan.of(declared.getBytes(StandardCharsets.UTF_8));
            if (value != null || !component.getType().isPrimitive()) {
                return declared.strip();
            }
        } catch (JacksonException | IllegalArgumentException e) {
            throw refused(
                    path,
                    "erased = %s is no JSON of a %s"
                            .formatted(declared, component.getType().getSimpleName()));
        }
        throw refused(path, "null is no value of a primitive");
    }

    private static Optional<String> defaultErased(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == String.class) {
            return Optional.of(ERASED_TEXT);
        }
        if (type == Optional.class || isNullable(component)) {
            return Optional.of("null");
        }
        if (Map.class.isAssignableFrom(type)) {
            return Optional.of("{}");
        }
        return Collection.class.isAssignableFrom(type) || (type.isArray() && type != byte[].class)
                ? Optional.of("[]")
                : Optional.empty();
    }

    private static boolean isNullable(RecordComponent component) {
        return Stream.of(
                        component.getAnnotations(), component.getAnnotatedType().getAnnotations())
                .flatMap(Arrays::stream)
                .map(Annotation::annotationType)
                .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }

    private static boolean isContainer(Class<?> type) {
        return type.isArray()
                || type == Optional.class
                || Map.class.isAssignableFrom(type)
                || Collection.class.isAssignableFrom(type);
    }

    private void walk(Class<?> record, String path, List<Class<?>> above) {
        for (RecordComponent component : record.getRecordComponents()) {
            String place = JsonSpan.pointer(path, component.getName());
            places.putIfAbsent(place, component);
            PersonalData mark = component.getAnnotation(PersonalData.class);
            if (mark != null) {
                marks.putIfAbsent(place, mark);
            }
            into(component.getGenericType(), place, above);
        }
    }

    private void into(Type type, String place, List<Class<?>> above) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type[] arguments = generic.getActualTypeArguments();
            if (raw == Optional.class) {
                into(arguments[0], place, above);
            } else if (Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw)) {
                into(arguments[arguments.length - 1], JsonSpan.pointer(place, PersonalField.EACH), above);
            } else {
                into(raw, place, above);
            }
        } else if (type instanceof GenericArrayType array) {
            into(array.getGenericComponentType(), JsonSpan.pointer(place, PersonalField.EACH), above);
        } else if (type instanceof Class<?> plain) {
            if (plain.isArray()) {
                into(plain.getComponentType(), JsonSpan.pointer(place, PersonalField.EACH), above);
            } else if (plain.isSealed()) {
                Arrays.stream(plain.getPermittedSubclasses()).forEach(each -> into(each, place, above));
            } else if (plain.isRecord()) {
                intoRecord(plain, place, above);
            }
        }
    }

    private void intoRecord(Class<?> record, String place, List<Class<?>> above) {
        if (!above.contains(record)) {
            List<Class<?>> more = new ArrayList<>(above);
            more.add(record);
            walk(record, place, more);
        } else if (Arrays.stream(record.getRecordComponents())
                .anyMatch(component -> component.isAnnotationPresent(PersonalData.class))) {
            throw refused(place, "a record that contains itself cannot have marked components");
        }
    }

    private IllegalArgumentException refused(String path, String reason) {
        return new IllegalArgumentException(
                "%s of %s cannot be personal data: %s".formatted(path, event.getName(), reason));
    }
}
