package io.nexus.eventstream.privacy;

import io.nexus.eventstream.PersonalData;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * As what Jackson writes the instances of classes, and which of their properties are marked as personal data. Values are read
 * through Jackson, to which the packages of events are open. Thread-safe.
 */
final class JsonShapes {

    static final String ERASED_TEXT = "\"[erased]\"";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Map<Type, Shape> shapes = new ConcurrentHashMap<>();
    private final Map<JavaType, Boolean> marked = new ConcurrentHashMap<>();

    /**
     * What the instances of a class are written as.
     *
     * @param value the only thing that is written of them, if they are written as another value; null for an object
     */
    record Shape(
            Class<?> type,
            List<Property> properties,
            @Nullable AnnotatedMember value) {

        Optional<Property> property(String name) {
            return properties.stream().filter(each -> each.name().equals(name)).findFirst();
        }
    }

    /**
     * A member of the JSON.
     *
     * @param name its name in the JSON
     * @param mark what makes it personal data, null if nothing does
     */
    record Property(
            String name,
            JavaType type,
            boolean nullable,
            AnnotatedMember accessor,
            @Nullable PersonalField mark) {

        @Nullable
        Object valueIn(Object owner) {
            return accessor.getValue(owner);
        }
    }

    static JavaType type(Class<?> type) {
        return MAPPER.constructType(type);
    }

    /**
     * Returns what instances of a type, which is none of the JDK, are written as.
     *
     * @throws IllegalArgumentException if it has marks that make no sense
     */
    Shape of(JavaType type) {
        return known(type);
    }

    /** Returns the same of the type that a class is. */
    Shape of(Class<?> type) {
        return known(type);
    }

    /** Returns whether a type has marks, as far as types tell. */
    boolean mark(JavaType type) {
        Boolean known = marked.get(type);
        if (known == null) {
            known = PersonalFields.mark(this, type);
            marked.put(type, known);
        }
        return known;
    }

    private Shape known(Type type) {
        Shape known = shapes.get(type);
        if (known == null) {
            known = read(MAPPER.constructType(type));
            shapes.put(type, known);
        }
        return known;
    }

    private static Shape read(JavaType type) {
        ClassIntrospector introspector = MAPPER.serializationConfig().classIntrospectorInstance();
        BeanDescription bean =
                introspector.introspectForSerialization(type, introspector.introspectClassAnnotations(type));
        Map<String, RecordComponent> components = components(type.getRawClass());
        List<Property> properties = new ArrayList<>();
        for (BeanPropertyDefinition each : bean.findProperties()) {
            AnnotatedMember accessor = each.getAccessor();
            if (accessor != null) {
                open(accessor);
                properties.add(property(each, accessor, components.remove(each.getInternalName())));
            }
        }
        AnnotatedMember others = bean.findAnyGetter();
        if (others != null) {
            open(others);
            // They are written beside the other members, each under its own name. Under this one nothing is found.
            properties.add(new Property(EncryptedJson.MEMBER, others.getType(), false, others, null));
        }
        AnnotatedMember value = bean.findJsonValueAccessor();
        if (value != null) {
            open(value);
            components = components(type.getRawClass());
        }
        components.values().stream()
                .filter(component -> component.isAnnotationPresent(PersonalData.class))
                .forEach(component -> {
                    throw refused(
                            component,
                            value == null
                                    ? "it is not written as a member of its own"
                                    : "%s is written as a single value: mark the components that are of that class"
                                            .formatted(type.getRawClass().getSimpleName()));
                });
        return new Shape(type.getRawClass(), List.copyOf(properties), value);
    }

    private static void open(AnnotatedMember accessor) {
        try {
            accessor.fixAccess(false);
        } catch (IllegalArgumentException e) {
            // A class of a package that is not open. Who wants to read it is told so then.
        }
    }

    private static Map<String, RecordComponent> components(Class<?> type) {
        Map<String, RecordComponent> components = new LinkedHashMap<>();
        if (type.isRecord()) {
            Arrays.stream(type.getRecordComponents()).forEach(each -> components.put(each.getName(), each));
        }
        return components;
    }

    private static Property property(
            BeanPropertyDefinition definition, AnnotatedMember accessor, @Nullable RecordComponent component) {
        JavaType type = definition.getPrimaryType();
        if (component == null) {
            return new Property(definition.getName(), type, false, accessor, null);
        }
        boolean nullable = isNullable(component);
        PersonalData mark = component.getAnnotation(PersonalData.class);
        PersonalField field = mark == null ? null : field(component, nullable, mark);
        return new Property(definition.getName(), type, nullable, accessor, field);
    }

    private static PersonalField field(RecordComponent component, boolean nullable, PersonalData mark) {
        try {
            // As it is declared: one class has one value for what was erased, whatever stands for its type variables.
            JavaType declared = MAPPER.constructType(component.getGenericType());
            return new PersonalField(mark.of(), erased(declared, nullable, mark.erased()));
        } catch (IllegalArgumentException e) {
            throw refused(component, e.getMessage());
        }
    }

    /**
     * Returns what takes the place of an erased value, as JSON.
     *
     * @param declared what the user has declared, empty if nothing
     * @throws IllegalArgumentException if that does not fit; the message says why
     */
    static String erased(JavaType type, boolean nullable, String declared) {
        String name = type.getRawClass().getSimpleName();
        if (declared.isEmpty()) {
            return defaultErased(type, nullable)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "a %s has no value of its own for what was erased: declare one by erased = \"…\", as JSON, or make it Optional"
                                    .formatted(name)));
        }
        Object value;
        try {
            value = MAPPER.readValue(declared, type);
            JsonSpan unused = JsonSpan.of(declared.getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IllegalArgumentException("erased = %s is no JSON of a %s".formatted(declared, name), e);
        }
        if (value == null && type.isPrimitive()) {
            throw new IllegalArgumentException("null is no value of a primitive");
        }
        return declared.strip();
    }

    private static Optional<String> defaultErased(JavaType type, boolean nullable) {
        if (type.hasRawClass(String.class)) {
            return Optional.of(ERASED_TEXT);
        }
        if (type.isReferenceType() || nullable) {
            return Optional.of("null");
        }
        if (type.isMapLikeType()) {
            return Optional.of("{}");
        }
        return type.isContainerType() && !type.hasRawClass(byte[].class) ? Optional.of("[]") : Optional.empty();
    }

    private static boolean isNullable(RecordComponent component) {
        return Stream.of(
                        component.getAnnotations(), component.getAnnotatedType().getAnnotations())
                .flatMap(Arrays::stream)
                .map(Annotation::annotationType)
                .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }

    private static IllegalArgumentException refused(RecordComponent component, @Nullable String reason) {
        return PersonalFields.refused("/" + component.getName(), component.getDeclaringRecord(), reason);
    }
}
