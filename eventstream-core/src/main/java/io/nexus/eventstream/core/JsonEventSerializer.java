package io.nexus.eventstream.core;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.UnknownEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes event records as JSON and reads them back, upcast to the newest schema version.
 *
 * <ul>
 *   <li>Types are stored under their registered names. There is no default typing: nothing in stored JSON chooses a Java
 *       class.
 *   <li>A {@link java.math.BigDecimal} keeps value and scale to the byte: {@code 0.10} stays {@code 0.10}, {@code 1E+2}
 *       stays {@code 1E+2}.
 *   <li>Enums are written by name, times with their offset and zone.
 *   <li>Unknown fields are passed over when reading; missing ones become {@code null}, or an error where the component is a
 *       primitive: use a boxed type for a number that older events do not have. A decimal is not read into a whole
 *       number. A stored event is never written anew, so nothing is lost.
 *   <li>NUL, lone surrogates, numbers of more than 10,000 digits, nesting deeper than 500, and values of which nothing can
 *       be seen (a class without getters) are refused when writing, with the place named.
 *   <li>Components are written in the order of the record, entries of a map by key, so that the same event gives the same
 *       bytes. Use lists or sorted sets in events: the order of a {@code Set.of} differs from run to run.
 * </ul>
 *
 * <p>Event records of a Java module must be open to {@code tools.jackson.databind}. Thread-safe.
 */
public final class JsonEventSerializer implements EventSerializer {

    /** The names of fields that are masked unless others are set, as the specification lists them. */
    public static final Set<String> DEFAULT_MASKED_FIELDS = Set.of("password", "ssn", "credit_card");

    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.UTF_8);

    private final EventTypes types;
    private final UpcasterChain upcasters;
    private final MaskedFields maskedFields;
    private final boolean unknownTypesAllowed;
    private final JsonMapper mapper = JsonText.mapper();

    private JsonEventSerializer(Builder builder) {
        types = builder.types;
        upcasters = new UpcasterChain(builder.upcasters);
        maskedFields = new MaskedFields(builder.maskedFields);
        unknownTypesAllowed = builder.unknownTypesAllowed;
    }

    /** Returns a serializer for these types, without upcasters and with the default masked fields. */
    public static JsonEventSerializer of(EventTypes types) {
        return builder(types).build();
    }

    /** Returns a builder of a serializer for these types. */
    public static Builder builder(EventTypes types) {
        return new Builder(types);
    }

    @Override
    public EncodedEvent encode(TenantId tenant, StreamId stream, NewEvent event) {
        Class<?> eventClass = event.payload().getClass();
        EventType type = types.typeOf(eventClass).orElseThrow(() -> unregistered(eventClass));
        return new EncodedEvent(
                stream,
                event.id(),
                type,
                written(event.payload(), type),
                writtenMetadata(event.metadata(), type),
                event.occurredAt());
    }

    @Override
    public List<DecodedEvent> decode(StoredEvent stored) {
        if (!upcasters.appliesTo(stored.type())) {
            return List.of(new StoredAsIs(stored));
        }
        UpcastEvent event =
                new UpcastEvent(stored.type(), tree(stored, stored.payload()), tree(stored, stored.metadata()));
        List<DecodedEvent> decoded = new ArrayList<>();
        for (UpcastEvent upcast : upcasters.upcast(event, stored)) {
            decoded.add(new Upcast(stored, upcast));
        }
        return decoded;
    }

    @Override
    public Set<String> storedTypes(Set<String> names) {
        return upcasters.storedTypes(names);
    }

    /** Returns the types that it was made for, and the library's own. */
    public EventTypes types() {
        return types;
    }

    /** Returns whether events of a stored type are changed by upcasters before anybody sees them. */
    public boolean upcasts(EventType stored) {
        return upcasters.appliesTo(stored);
    }

    private byte[] written(Object value, EventType type) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw JsonFaults.unwritable(type, e);
        }
    }

    private byte[] writtenMetadata(EventMetadata metadata, EventType type) {
        return metadata.entries().isEmpty() ? EMPTY_OBJECT : written(metadata.entries(), type);
    }

    private ObjectNode tree(StoredEvent stored, byte[] json) {
        try {
            JsonNode node = mapper.readTree(json);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new EventSerializationException(
                    stored.type().name(), "%s is stored as something else than a JSON object".formatted(stored));
        } catch (JacksonException e) {
            throw JsonFaults.unreadable(stored, stored.type(), e);
        }
    }

    /** Returns the class to decode into, empty where unknown types are shown as they are. */
    private Optional<Class<?>> classFor(EventType type, StoredEvent stored) {
        Optional<Integer> registered = types.schemaVersionOf(type.name());
        if (registered.isPresent() && registered.get() == type.schemaVersion()) {
            return types.classOf(type.name());
        }
        if (unknownTypesAllowed) {
            return Optional.empty();
        }
        String reason = registered
                .map(version -> version > type.schemaVersion()
                        ? "this application reads schema version %d: add an upcaster from version %d"
                                .formatted(version, type.schemaVersion())
                        : "this application knows schema versions up to %d: it was written by a newer one, update this one first"
                                .formatted(version))
                .orElse(
                        "no class is registered for that name: add it to EventTypes, or declare that unknown types are shown as they are");
        throw new EventSerializationException(
                type.name(), "%s cannot be read as %s; %s".formatted(stored, type, reason));
    }

    private EventMetadata metadataOf(JsonNode entries) {
        if (entries.isEmpty()) {
            return EventMetadata.none();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            JsonNode value = entry.getValue();
            texts.put(entry.getKey(), value.isString() ? value.stringValue() : value.toString());
        }
        return EventMetadata.of(texts);
    }

    private EventSerializationException unregistered(Class<?> eventClass) {
        String hint = "add it to EventTypes.of(...), itself or the sealed interface that permits it";
        if (Collection.class.isAssignableFrom(eventClass) || eventClass.isArray()) {
            hint = "pass the events one by one, not as a collection";
        } else if (isRegisteredByAnotherLoader(eventClass)) {
            hint =
                    "a class of that name is, but it was loaded by another class loader: build EventTypes where the events are made";
        }
        return new EventSerializationException(
                eventClass.getName(), "%s is not registered as an event: %s".formatted(eventClass.getName(), hint));
    }

    private boolean isRegisteredByAnotherLoader(Class<?> eventClass) {
        return types.names().stream()
                .map(types::classOf)
                .flatMap(Optional::stream)
                .anyMatch(registered -> registered.getName().equals(eventClass.getName()));
    }

    /** Sets up a {@link JsonEventSerializer}. Not thread-safe. */
    public static final class Builder {

        private final EventTypes types;
        private final List<Upcaster> upcasters = new ArrayList<>();
        private Set<String> maskedFields = DEFAULT_MASKED_FIELDS;
        private boolean unknownTypesAllowed;

        private Builder(EventTypes types) {
            this.types = Objects.requireNonNull(types, "types").and(EventTypes.of(SubjectErased.class));
        }

        /** Adds upcasters; none by default. */
        public Builder upcasters(Upcaster... added) {
            upcasters.addAll(List.of(added));
            return this;
        }

        /**
         * Sets the names of the fields whose values are hidden when an event is printed; by default {@link
         * #DEFAULT_MASKED_FIELDS}. Case, underscores and hyphens do not matter: {@code credit_card} also hides {@code
         * creditCard}.
         */
        public Builder maskedFields(Set<String> names) {
            maskedFields = Set.copyOf(names);
            return this;
        }

        /**
         * Lets events of types that are not registered be read as {@link UnknownEvent}; by default that fails. For tools
         * that look at any log, not for folds and projectors, which would pass over facts.
         */
        public Builder allowUnknownTypes() {
            unknownTypesAllowed = true;
            return this;
        }

        /**
         * Returns the serializer.
         *
         * @throws IllegalArgumentException if two upcasters apply to one type, or upcasters lead in a circle
         */
        public JsonEventSerializer build() {
            return new JsonEventSerializer(this);
        }
    }

    /** An event that no upcaster touches: nothing is parsed until somebody asks. */
    private final class StoredAsIs implements DecodedEvent {

        private final StoredEvent stored;

        // Written by whichever thread comes first; another one would come to an equal value.
        private volatile @Nullable Object payload;
        private volatile @Nullable EventMetadata metadata;

        StoredAsIs(StoredEvent stored) {
            this.stored = stored;
        }

        @Override
        public EventType type() {
            return stored.type();
        }

        @Override
        public Object payload() {
            Object known = payload;
            if (known == null) {
                known = decoded();
                payload = known;
            }
            return known;
        }

        @Override
        public EventMetadata metadata() {
            EventMetadata known = metadata;
            if (known == null) {
                known = stored.metadata().length == EMPTY_OBJECT.length
                        ? EventMetadata.none()
                        : metadataOf(tree(stored, stored.metadata()));
                metadata = known;
            }
            return known;
        }

        @Override
        public String json() {
            return stored.payloadJson();
        }

        @Override
        public String maskedJson() {
            return maskedFields.mask(tree(stored, stored.payload())).toString();
        }

        private Object decoded() {
            Optional<Class<?>> eventClass = classFor(stored.type(), stored);
            if (eventClass.isEmpty()) {
                return new UnknownEvent(stored.type(), stored.payloadJson());
            }
            Object value;
            try {
                value = mapper.readValue(stored.payload(), eventClass.get());
            } catch (JacksonException e) {
                throw JsonFaults.unreadable(stored, stored.type(), e);
            }
            if (value == null) {
                throw new EventSerializationException(
                        stored.type().name(),
                        "%s cannot be read as %s: its JSON is null".formatted(stored, stored.type()));
            }
            return value;
        }
    }

    /** An event that came out of upcasters. */
    private final class Upcast implements DecodedEvent {

        private final StoredEvent stored;
        private final UpcastEvent upcast;
        private volatile @Nullable Object payload;

        Upcast(StoredEvent stored, UpcastEvent upcast) {
            this.stored = stored;
            this.upcast = upcast;
        }

        @Override
        public EventType type() {
            return upcast.type();
        }

        @Override
        public Object payload() {
            Object known = payload;
            if (known == null) {
                known = decoded();
                payload = known;
            }
            return known;
        }

        private Object decoded() {
            Optional<Class<?>> eventClass = classFor(upcast.type(), stored);
            if (eventClass.isEmpty()) {
                return new UnknownEvent(upcast.type(), json());
            }
            try {
                return mapper.treeToValue(upcast.payload(), eventClass.get());
            } catch (JacksonException e) {
                throw JsonFaults.unreadable(stored, upcast.type(), e);
            }
        }

        @Override
        public EventMetadata metadata() {
            return metadataOf(upcast.metadata());
        }

        @Override
        public String json() {
            try {
                return mapper.writeValueAsString(upcast.payload());
            } catch (JacksonException e) {
                throw JsonFaults.unwritable(upcast.type(), e);
            }
        }

        @Override
        public String maskedJson() {
            return maskedFields.mask(upcast.payload().deepCopy()).toString();
        }
    }
}
