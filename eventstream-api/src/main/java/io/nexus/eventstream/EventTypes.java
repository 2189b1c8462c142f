package io.nexus.eventstream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which record is stored under which name. The log holds names, never Java class names, so that classes can be renamed and
 * moved while old events stay readable.
 *
 * <pre>{@code
 * sealed interface AccountEvent permits AccountDebited, AccountCredited {}
 *
 * EventTypes.of(AccountEvent.class)          // account-debited, account-credited, both schema version 1
 * }</pre>
 *
 * <p>A name is derived from the simple class name ({@code AccountDebited} becomes {@code account-debited}) unless
 * {@link EventName} gives another. Renaming a class therefore renames its events: give it its old name by annotation.
 */
public final class EventTypes {

    private final Map<Class<?>, EventType> typesByClass;
    private final Map<String, Class<?>> classesByName;

    private EventTypes(Map<Class<?>, EventType> typesByClass) {
        this.typesByClass = Map.copyOf(typesByClass);
        Map<String, Class<?>> byName = new LinkedHashMap<>();
        typesByClass.forEach((eventClass, type) -> {
            Class<?> other = byName.putIfAbsent(type.name(), eventClass);
            if (other != null) {
                throw new IllegalArgumentException(
                        "%s and %s would both be stored as \"%s\": give one of them another name with @EventName"
                                .formatted(other.getName(), eventClass.getName(), type.name()));
            }
        });
        this.classesByName = Map.copyOf(byName);
    }

    /**
     * Returns the types of these classes: a record stands for itself, a sealed interface for all records that it permits,
     * at any depth.
     *
     * @throws IllegalArgumentException if a class is neither, or two records would be stored under one name; the message
     *     names the classes
     */
    public static EventTypes of(Class<?>... classes) {
        Map<Class<?>, EventType> types = new LinkedHashMap<>();
        for (Class<?> each : classes) {
            for (Class<?> eventClass : recordsOf(each)) {
                types.put(eventClass, declaredType(eventClass));
            }
        }
        return new EventTypes(types);
    }

    /**
     * Returns these types and, in addition, a record under a name given here, for classes that cannot be annotated.
     *
     * @throws IllegalArgumentException if the class is not a record, is registered under another name already, or the name
     *     is taken
     */
    public EventTypes with(EventType type, Class<? extends Record> eventClass) {
        if (!Objects.requireNonNull(eventClass, "eventClass").isRecord()) {
            throw new IllegalArgumentException(
                    "%s is not a record: events are records".formatted(eventClass.getName()));
        }
        Map<Class<?>, EventType> types = new LinkedHashMap<>(typesByClass);
        EventType other = types.putIfAbsent(eventClass, type);
        if (other != null && !other.equals(type)) {
            throw new IllegalArgumentException("%s is registered as %s already".formatted(eventClass.getName(), other));
        }
        return new EventTypes(types);
    }

    /**
     * Returns the types of both.
     *
     * @throws IllegalArgumentException if they use one name for two classes, or one class under two names
     */
    public EventTypes and(EventTypes others) {
        Map<Class<?>, EventType> types = new LinkedHashMap<>(typesByClass);
        others.typesByClass.forEach((eventClass, type) -> {
            EventType mine = types.putIfAbsent(eventClass, type);
            if (mine != null && !mine.equals(type)) {
                throw new IllegalArgumentException(
                        "%s is registered both as %s and as %s".formatted(eventClass.getName(), mine, type));
            }
        });
        return new EventTypes(types);
    }

    /** Returns the type under which instances of a class are stored, empty if the class is not registered. */
    public Optional<EventType> typeOf(Class<?> eventClass) {
        return Optional.ofNullable(typesByClass.get(eventClass));
    }

    /** Returns the class whose instances are stored under a name, empty if the name is not registered. */
    public Optional<Class<?>> classOf(String name) {
        return Optional.ofNullable(classesByName.get(name));
    }

    /** Returns the schema version in which events of a name are written, empty if the name is not registered. */
    public Optional<Integer> schemaVersionOf(String name) {
        return classOf(name).flatMap(this::typeOf).map(EventType::schemaVersion);
    }

    /** Returns all registered names. */
    public Set<String> names() {
        return classesByName.keySet();
    }

    /** Returns the registered names, for people to read. */
    @Override
    public String toString() {
        return "EventTypes" + classesByName.keySet().stream().sorted().toList();
    }

    private static List<Class<?>> recordsOf(Class<?> given) {
        Objects.requireNonNull(given, "class");
        if (given.isRecord()) {
            return List.of(given);
        }
        if (!given.isSealed()) {
            throw new IllegalArgumentException(
                    "%s is neither a record nor a sealed interface: events are records".formatted(given.getName()));
        }
        List<Class<?>> records = new ArrayList<>();
        Arrays.stream(given.getPermittedSubclasses()).forEach(permitted -> records.addAll(recordsOf(permitted)));
        return records;
    }

    private static EventType declaredType(Class<?> eventClass) {
        EventName declared = eventClass.getAnnotation(EventName.class);
        if (declared == null) {
            return EventType.of(derivedName(eventClass), 1);
        }
        String name = declared.value().isEmpty() ? derivedName(eventClass) : declared.value();
        return EventType.of(name, declared.schemaVersion());
    }

    /** Turns {@code AccountDebited} into {@code account-debited} and {@code IFRSClosed} into {@code ifrs-closed}. */
    private static String derivedName(Class<?> eventClass) {
        return eventClass
                .getSimpleName()
                .replaceAll("(\\p{Lu}+)(\\p{Lu}\\p{Ll})", "$1-$2")
                .replaceAll("([\\p{Ll}\\p{N}])(\\p{Lu})", "$1-$2")
                .toLowerCase(Locale.ROOT);
    }
}
