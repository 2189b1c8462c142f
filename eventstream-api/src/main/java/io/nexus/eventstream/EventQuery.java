package io.nexus.eventstream;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which events to read and in which order: a range of one stream or of the tenant's whole log, and filters. All bounds
 * are optional, inclusive unless they say otherwise, and are combined with <em>and</em>.
 *
 * <pre>{@code
 * EventQuery.stream(cash).fromVersion(EventVersion.of(101))
 * EventQuery.stream(cash).backward().pageSize(1)                 // the newest event
 * EventQuery.log().after(checkpoint).ofTypes("account-debited")
 * }</pre>
 */
public final class EventQuery {

    /** The largest page that can be asked for. A store may be configured to read smaller ones. */
    public static final int MAX_PAGE_SIZE = 100_000;

    /** How many types, and how many categories, a query names at most. */
    public static final int MAX_NAMES = 1_000;

    private final @Nullable StreamId stream;
    private final boolean backward;
    private final @Nullable EventVersion fromVersion;
    private final @Nullable EventVersion upToVersion;
    private final @Nullable Position after;
    private final @Nullable Position upTo;
    private final @Nullable Instant upToOccurredAt;
    private final @Nullable Instant upToRecordedAt;
    private final Set<String> types;
    private final Set<String> categories;
    private final int pageSize;

    private EventQuery(Draft draft) {
        stream = draft.stream;
        backward = draft.backward;
        fromVersion = draft.fromVersion;
        upToVersion = draft.upToVersion;
        after = draft.after;
        upTo = draft.upTo;
        upToOccurredAt = draft.upToOccurredAt;
        upToRecordedAt = draft.upToRecordedAt;
        types = draft.types;
        categories = draft.categories;
        pageSize = draft.pageSize;
    }

    /** Returns a query for the events of one stream, oldest first. */
    public static EventQuery stream(StreamId stream) {
        Draft draft = new Draft();
        draft.stream = Objects.requireNonNull(stream, "stream");
        return new EventQuery(draft);
    }

    /** Returns a query for all events of a tenant in the order in which they were recorded. */
    public static EventQuery log() {
        return new EventQuery(new Draft());
    }

    /** Returns the same query, newest event first: pages then begin at the upper bound. */
    public EventQuery backward() {
        Draft draft = new Draft(this);
        draft.backward = true;
        return new EventQuery(draft);
    }

    /**
     * Returns the same query from this version of the stream on.
     *
     * @throws IllegalStateException if this is a query for the log
     */
    public EventQuery fromVersion(EventVersion version) {
        Draft draft = streamDraft("fromVersion");
        draft.fromVersion = Objects.requireNonNull(version, "version");
        return new EventQuery(draft);
    }

    /**
     * Returns the same query up to this version of the stream.
     *
     * @throws IllegalStateException if this is a query for the log
     */
    public EventQuery upToVersion(EventVersion version) {
        Draft draft = streamDraft("upToVersion");
        draft.upToVersion = Objects.requireNonNull(version, "version");
        return new EventQuery(draft);
    }

    /** Returns the same query for events after this position of the log, which is not included. */
    public EventQuery after(Position position) {
        Draft draft = new Draft(this);
        draft.after = Objects.requireNonNull(position, "position");
        return new EventQuery(draft);
    }

    /** Returns the same query up to this position of the log. */
    public EventQuery upTo(Position position) {
        Draft draft = new Draft(this);
        draft.upTo = Objects.requireNonNull(position, "position");
        return new EventQuery(draft);
    }

    /** Returns the same query for events that occurred at or before a business time, cut to microseconds. */
    public EventQuery upToOccurredAt(Instant moment) {
        Draft draft = new Draft(this);
        draft.upToOccurredAt = Moments.cut(moment, "upToOccurredAt");
        return new EventQuery(draft);
    }

    /**
     * Returns the same query for events that were recorded at or before a moment, cut to microseconds. Reading such a query
     * resolves the moment as {@link StreamReader#positionAt} does, and fails as it does.
     */
    public EventQuery upToRecordedAt(Instant moment) {
        Draft draft = new Draft(this);
        draft.upToRecordedAt = Moments.cut(moment, "upToRecordedAt");
        return new EventQuery(draft);
    }

    /** Returns the same query without the bound of {@link #upToRecordedAt(Instant)}, once it has become a position. */
    public EventQuery withoutRecordedMoment() {
        Draft draft = new Draft(this);
        draft.upToRecordedAt = null;
        return new EventQuery(draft);
    }

    /**
     * Returns the same query for what a question about the past may see: the moments and the version of {@code asOf} become
     * upper bounds.
     *
     * @throws IllegalStateException if it asks for a version and this is a query for the log
     */
    public EventQuery asOf(AsOf asOf) {
        EventQuery query =
                asOf.version().isPresent() ? upToVersion(asOf.version().get()) : this;
        query = asOf.occurred().isPresent()
                ? query.upToOccurredAt(asOf.occurred().get())
                : query;
        return asOf.recorded().isPresent()
                ? query.upToRecordedAt(asOf.recorded().get())
                : query;
    }

    /**
     * Returns the same query for events that have one of these types after upcasting; of any type if none is given.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX_NAMES}, or one cannot be a type's name
     */
    public EventQuery ofTypes(String... names) {
        return ofTypes(Set.copyOf(List.of(names)));
    }

    /**
     * Returns the same query for events that have one of these types after upcasting; of any type if there is none.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX_NAMES}, or one cannot be a type's name
     */
    public EventQuery ofTypes(Set<String> names) {
        requireFew(names.size(), "types");
        Draft draft = new Draft(this);
        names.forEach(name -> TextRules.requireName(name, "event type", EventType.MAX_LENGTH));
        draft.types = Set.copyOf(names);
        return new EventQuery(draft);
    }

    /**
     * Returns the same query for events of streams of these categories; of any category if none is given. The log has no
     * index by category: such a read passes over the events of other categories.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX_NAMES}, or one cannot be a category
     */
    public EventQuery ofCategories(String... names) {
        requireFew(names.length, "categories");
        Draft draft = new Draft(this);
        for (String name : names) {
            TextRules.requireName(name, "stream category", StreamId.MAX_CATEGORY_LENGTH);
        }
        draft.categories = Set.copyOf(List.of(names));
        return new EventQuery(draft);
    }

    /**
     * Returns the same query with about this many events a page. A page of the log, read forward, never parts the events
     * of one append, and may for that reason hold fewer events or, where one append alone is larger, more.
     *
     * @throws IllegalArgumentException unless the size is between 1 and {@value #MAX_PAGE_SIZE}
     */
    public EventQuery pageSize(int events) {
        if (events < 1 || events > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException("a page holds 1 to %d events, not %d".formatted(MAX_PAGE_SIZE, events));
        }
        Draft draft = new Draft(this);
        draft.pageSize = events;
        return new EventQuery(draft);
    }

    /** Returns the stream to read, empty for the whole log. */
    public Optional<StreamId> stream() {
        return Optional.ofNullable(stream);
    }

    /** Returns whether the newest event comes first. */
    public boolean isBackward() {
        return backward;
    }

    /** Returns the lowest version to read. */
    public Optional<EventVersion> fromVersion() {
        return Optional.ofNullable(fromVersion);
    }

    /** Returns the highest version to read. */
    public Optional<EventVersion> upToVersion() {
        return Optional.ofNullable(upToVersion);
    }

    /** Returns the position below which nothing is read, itself included. */
    public Optional<Position> after() {
        return Optional.ofNullable(after);
    }

    /** Returns the highest position to read. */
    public Optional<Position> upTo() {
        return Optional.ofNullable(upTo);
    }

    /** Returns the latest business time to read. */
    public Optional<Instant> upToOccurredAt() {
        return Optional.ofNullable(upToOccurredAt);
    }

    /** Returns the latest recorded moment to read. */
    public Optional<Instant> upToRecordedAt() {
        return Optional.ofNullable(upToRecordedAt);
    }

    /** Returns the names of the types to read, empty for all. */
    public Set<String> types() {
        return types;
    }

    /** Returns the categories to read, empty for all. */
    public Set<String> categories() {
        return categories;
    }

    /** Returns the size of a page, empty for the store's default. */
    public OptionalInt pageSize() {
        return pageSize == 0 ? OptionalInt.empty() : OptionalInt.of(pageSize);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventQuery query && parts().equals(query.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                stream,
                backward,
                fromVersion,
                upToVersion,
                after,
                upTo,
                upToOccurredAt,
                upToRecordedAt,
                types,
                categories,
                pageSize);
    }

    /** Returns the bounds that are set, for people to read. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(stream == null ? "log" : "stream " + stream);
        append(text, "from version", fromVersion);
        append(text, "up to version", upToVersion);
        append(text, "after position", after);
        append(text, "up to position", upTo);
        append(text, "occurred up to", upToOccurredAt);
        append(text, "recorded up to", upToRecordedAt);
        append(text, "of types", types.isEmpty() ? null : new TreeSet<>(types));
        append(text, "of categories", categories.isEmpty() ? null : new TreeSet<>(categories));
        append(text, "in pages of", pageSize == 0 ? null : pageSize);
        return text.append(backward ? ", backward" : "").toString();
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(", ").append(name).append(' ').append(value);
        }
    }

    private static void requireFew(int names, String what) {
        if (names > MAX_NAMES) {
            throw new IllegalArgumentException("a query names at most %d %s, not %d: ask for all, or in several queries"
                    .formatted(MAX_NAMES, what, names));
        }
    }

    private Draft streamDraft(String bound) {
        if (stream == null) {
            throw new IllegalStateException(
                    bound + " belongs to a query for one stream; use after or upTo for the log");
        }
        return new Draft(this);
    }

    /** The same fields while a new query is put together. */
    private static final class Draft {

        private @Nullable StreamId stream;
        private boolean backward;
        private @Nullable EventVersion fromVersion;
        private @Nullable EventVersion upToVersion;
        private @Nullable Position after;
        private @Nullable Position upTo;
        private @Nullable Instant upToOccurredAt;
        private @Nullable Instant upToRecordedAt;
        private Set<String> types = Set.of();
        private Set<String> categories = Set.of();
        private int pageSize;

        private Draft() {}

        private Draft(EventQuery query) {
            stream = query.stream;
            backward = query.backward;
            fromVersion = query.fromVersion;
            upToVersion = query.upToVersion;
            after = query.after;
            upTo = query.upTo;
            upToOccurredAt = query.upToOccurredAt;
            upToRecordedAt = query.upToRecordedAt;
            types = query.types;
            categories = query.categories;
            pageSize = query.pageSize;
        }
    }
}
