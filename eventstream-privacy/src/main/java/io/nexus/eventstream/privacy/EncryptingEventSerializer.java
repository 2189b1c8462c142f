package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts personal data before it is stored, each person's with their own key, and decrypts it when it is read.
 *
 * <pre>{@code
 * EventSerializer serializer = EncryptingEventSerializer.of(JsonEventSerializer.of(types), keys);
 * EventStore store = PostgresEventStore.builder(dataSource, serializer).build();
 * }</pre>
 *
 * <ul>
 *   <li>The same event gives the same bytes, so that a repeated append is recognised; equal values in two events do not look
 *       equal; a value that was moved to another event, person, field or tenant cannot be decrypted.
 *   <li>A value that is marked and does not stand at its place in the JSON, because a class on the way to it is unwrapped or has a
 *       serializer of its own, is refused: it might stand elsewhere in the clear.
 *   <li>It is decrypted when somebody asks for the payload, and before upcasters see it. {@code RecordedEvent.stored()} is what is
 *       stored, and what is hashed: erasing a person changes no byte of it.
 *   <li>Once a person is erased, the declared value stands in the place of each of theirs.
 *   <li>An event about an erased person is refused with {@link SubjectErasedException}.
 * </ul>
 *
 * <p>What is encrypted is longer than it was: filled up with blanks to 32, 48, 64, … bytes, then by 16 bytes, then by a third, and by
 * 60 bytes and the names of the fields for each person of an event. Thread-safe.
 */
public final class EncryptingEventSerializer implements EventSerializer {

    private final JsonEventSerializer delegate;
    private final SubjectKeys keys;
    private final JsonShapes shapes = new JsonShapes();
    private final Map<String, Map<String, PersonalField>> fields;
    private final Set<String> personalMetadata;
    private final String metadataSubject;
    private final boolean encryptPayloads;
    private final Opening opening;

    private EncryptingEventSerializer(Builder builder) {
        delegate = builder.delegate;
        keys = builder.keys;
        fields = PersonalFields.of(shapes, delegate.types(), builder.named);
        personalMetadata = Set.copyOf(builder.personalMetadata);
        metadataSubject = builder.metadataSubject;
        encryptPayloads = builder.encryptPayloads;
        opening = new Opening(keys);
    }

    /**
     * Returns a serializer that encrypts what {@link io.nexus.eventstream.PersonalData} marks, and nothing else.
     *
     * @throws IllegalArgumentException if a marked component cannot be encrypted or erased; the message says why
     */
    public static EncryptingEventSerializer of(JsonEventSerializer delegate, SubjectKeys keys) {
        return builder(delegate, keys).build();
    }

    /**
     * Returns a builder of a serializer.
     *
     * @param delegate writes and reads the events
     * @param keys the persons' keys
     */
    public static Builder builder(JsonEventSerializer delegate, SubjectKeys keys) {
        return new Builder(delegate, keys);
    }

    @Override
    public EncodedEvent encode(TenantId tenant, StreamId stream, NewEvent event) {
        if (event.payload() instanceof SubjectErased erased && !keys.tellsOfAnErasure(tenant, stream, erased)) {
            throw new EventSerializationException(
                    SubjectErased.TYPE,
                    "event %s says that a person was erased, and their key is not destroyed: have it appended by DataSubjects.erase"
                            .formatted(event.id()));
        }
        EncodedEvent encoded = delegate.encode(tenant, stream, event);
        if (EncryptedJson.is(encoded.payload())
                || event.metadata().get(EncryptedJson.MEMBER).isPresent()) {
            throw new EventSerializationException(
                    encoded.type().name(),
                    "event %s has a member or a metadata entry \"%s\", which is the library's own: name it otherwise"
                            .formatted(event.id(), EncryptedJson.MEMBER));
        }
        byte[] payload = encryptedFields(tenant, encoded, event);
        if (encryptPayloads && !(event.payload() instanceof SubjectErased)) {
            SubjectKey key = keys.ofTenant(tenant);
            Place place = new Place(tenant, event.id(), encoded.type(), Place.PAYLOAD);
            payload = EncryptedJson.whole(key.id(), key.encryptJson(payload, place.at("", "{}")));
        }
        byte[] metadata = encryptedMetadata(tenant, encoded, event.metadata());
        return new EncodedEvent(stream, encoded.id(), encoded.type(), payload, metadata, encoded.occurredAt());
    }

    @Override
    public List<DecodedEvent> decode(StoredEvent stored) {
        if (stored.type().name().equals(SubjectErased.TYPE)) {
            forgetErased(stored);
        }
        if (!Opening.isNeeded(stored)) {
            return delegate.decode(stored);
        }
        if (!delegate.upcasts(stored.type())) {
            return List.of(new OpenedEvent(
                    stored.type(),
                    () -> delegate.decode(opening.clear(stored)).get(0),
                    () -> delegate.decode(opening.masked(stored)).get(0).maskedJson()));
        }
        List<DecodedEvent> opened;
        try {
            opened = delegate.decode(opening.clear(stored));
        } catch (PersonalDataException e) {
            // Who reads a page must not fail by an event that perhaps nobody opens.
            return List.of(new OpenedEvent(
                    stored.type(),
                    () -> {
                        throw e;
                    },
                    () -> "{}"));
        }
        return IntStream.range(0, opened.size())
                .<DecodedEvent>mapToObj(part -> new OpenedEvent(
                        opened.get(part).type(),
                        () -> opened.get(part),
                        () -> decodedMasked(stored, part).maskedJson()))
                .toList();
    }

    @Override
    public Set<String> storedTypes(Set<String> types) {
        return delegate.storedTypes(types);
    }

    @Override
    public boolean encryptsPayloads() {
        return encryptPayloads;
    }

    /** {@inheritDoc} States of streams that hold personal data are encrypted with the keys of the persons in them. */
    @Override
    public SnapshotRepository protecting(SnapshotRepository snapshots) {
        // Whoever hands over a store's own repository has it protected by then.
        return snapshots instanceof EncryptedSnapshots
                ? snapshots
                : new EncryptedSnapshots(snapshots, keys, encryptPayloads);
    }

    @Override
    public boolean isErased(StoredEvent stored) {
        return Opening.isNeeded(stored)
                && opening.persons(stored).stream()
                        .anyMatch(person ->
                                keys.forReading(stored.tenant(), person).isEmpty());
    }

    /** Returns an event as somebody sees it who may not see personal data. */
    DecodedEvent decodedMasked(StoredEvent stored, int part) {
        return OpenedEvent.part(stored, delegate.decode(opening.masked(stored)), part);
    }

    SubjectKeys keys() {
        return keys;
    }

    Opening opening() {
        return opening;
    }

    private byte[] encryptedFields(TenantId tenant, EncodedEvent encoded, NewEvent event) {
        Map<String, PersonalField> named = fields.get(encoded.type().name());
        if (named == null) {
            return encoded.payload();
        }
        JsonSpan json = JsonSpan.of(encoded.payload());
        Place place = new Place(tenant, encoded.id(), encoded.type(), Place.PAYLOAD);
        List<EncryptedJson.Hidden> hidden = new ArrayList<>();
        for (PersonalValues.Value value : personalValues(event, encoded, json, named)) {
            PersonalField field = value.field();
            String subject = field.subject(json, value.owner(), event.metadata())
                    .orElseThrow(() -> PersonalValues.unwritable(
                            encoded, value.path(), "no id stands at %s, which says whose it is".formatted(field.of())));
            hidden.add(hidden(subject, encoded.stream(), place, value.path(), field.erased(), value.json()));
        }
        return hidden.isEmpty() ? encoded.payload() : EncryptedJson.with(encoded.payload(), hidden);
    }

    private List<PersonalValues.Value> personalValues(
            NewEvent event, EncodedEvent encoded, JsonSpan json, Map<String, PersonalField> named) {
        try {
            return PersonalValues.in(event.payload(), encoded, json, shapes, named);
        } catch (IllegalArgumentException e) {
            // A class that is not known before an event has an instance of it.
            throw new EventSerializationException(
                    encoded.type().name(),
                    "event %s cannot be encrypted: %s".formatted(encoded.id(), e.getMessage()),
                    e);
        }
    }

    private byte[] encryptedMetadata(TenantId tenant, EncodedEvent encoded, EventMetadata metadata) {
        List<String> personal = metadata.entries().keySet().stream()
                .filter(personalMetadata::contains)
                .toList();
        if (personal.isEmpty()) {
            return encoded.metadata();
        }
        String subject = metadata.get(metadataSubject)
                .filter(id -> !id.isBlank())
                .orElseThrow(() -> PersonalValues.unwritable(
                        encoded,
                        "metadata entry " + personal.get(0),
                        "no entry %s says whose it is".formatted(metadataSubject)));
        JsonSpan entries = JsonSpan.of(encoded.metadata());
        Place place = new Place(tenant, encoded.id(), encoded.type(), Place.METADATA);
        List<EncryptedJson.Hidden> hidden = new ArrayList<>();
        for (String name : personal) {
            JsonSpan value = Objects.requireNonNull(entries.inner(name), name);
            String path = JsonSpan.pointer("", name);
            hidden.add(hidden(subject, encoded.stream(), place, path, JsonShapes.ERASED_TEXT, value));
        }
        return EncryptedJson.with(encoded.metadata(), hidden);
    }

    private EncryptedJson.Hidden hidden(
            String subject, StreamId stream, Place place, String path, String erased, JsonSpan value) {
        SubjectKey key = keys.forWriting(place.tenant(), subject, stream)
                .orElseThrow(() -> new SubjectErasedException(place.tenant(), place.event()));
        return new EncryptedJson.Hidden(
                path, key.id(), erased, value, key.encryptJson(value.bytes(), place.at(path, erased)));
    }

    /** A node that reads that a person was erased elsewhere forgets their key at once. */
    private void forgetErased(StoredEvent stored) {
        @Nullable UUID key;
        try {
            key = UUID.fromString(stored.stream().aggregateId().value());
        } catch (IllegalArgumentException e) {
            return;
        }
        keys.forget(stored.tenant(), key);
    }

    /** Sets up an {@link EncryptingEventSerializer}. Not thread-safe. */
    public static final class Builder {

        private final JsonEventSerializer delegate;
        private final SubjectKeys keys;
        private final Map<String, Map<String, PersonalField>> named = new HashMap<>();
        private Set<String> personalMetadata = Set.of();
        private String metadataSubject = EventMetadata.USER_ID;
        private boolean encryptPayloads;

        private Builder(JsonEventSerializer delegate, SubjectKeys keys) {
            this.delegate = Objects.requireNonNull(delegate, "delegate");
            this.keys = Objects.requireNonNull(keys, "keys");
        }

        /**
         * Names a component that is personal data, for classes that cannot be annotated or for a configuration.
         *
         * @param type the name of the event's type
         * @param path the way to the component, with {@code *} for each element of a list or map: {@code /lines/*}{@code /name}
         * @param of where the person's id stands, see {@link io.nexus.eventstream.PersonalData#of}
         * @param erased what takes the value's place, as JSON; empty for the default of its class
         * @throws IllegalArgumentException if the path does not begin with a slash, or is named twice; and at {@link #build()} if it
         *     leads nowhere
         */
        public Builder personal(String type, String path, String of, String erased) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("\"%s\" is no path: it begins with a slash".formatted(path));
            }
            PersonalField field = new PersonalField(of, erased);
            if (named.computeIfAbsent(type, each -> new HashMap<>()).putIfAbsent(path, field) != null) {
                throw new IllegalArgumentException("\"%s\" of \"%s\" is named twice".formatted(path, type));
            }
            return this;
        }

        /** Has who caused an event and from where, {@code userId} and {@code ipAddress}, encrypted as data about that user. */
        public Builder personalMetadata() {
            return personalMetadata(EventMetadata.USER_ID, EventMetadata.USER_ID, EventMetadata.IP_ADDRESS);
        }

        /**
         * Has entries of the metadata encrypted; by default none. An event that has one of them and not the person's id is
         * refused.
         *
         * @param of the entry that holds the person's id; it may be one of those that are encrypted
         * @param names the entries
         */
        public Builder personalMetadata(String of, String... names) {
            metadataSubject = Objects.requireNonNull(of, "of");
            personalMetadata = Set.of(names);
            return this;
        }

        /**
         * Sets whether payloads are encrypted as a whole, in addition, with a key of the tenant; by default they are not. Who reads
         * the database then sees of an event where it stands, when it occurred, its type and its metadata, and {@link SubjectErased}
         * events, which the library reads itself. What was stored before stays as it is.
         */
        public Builder encryptPayloads(boolean whole) {
            encryptPayloads = whole;
            return this;
        }

        /**
         * Returns the serializer.
         *
         * @throws IllegalArgumentException if a component cannot be encrypted or erased, or its person is not to be found; the
         *     message says why
         */
        public EncryptingEventSerializer build() {
            return new EncryptingEventSerializer(this);
        }
    }
}
