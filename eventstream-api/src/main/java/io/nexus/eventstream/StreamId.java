package io.nexus.eventstream;

import java.util.Objects;

/**
 * Names a stream, the events of one aggregate: category {@code account}, aggregate {@code 1000}. Unique inside a tenant.
 * The two parts are stored in two columns and never joined into one text, so that {@code a/b} + {@code c} and {@code a}
 * + {@code b/c} stay different streams.
 *
 * @param category the kind of aggregate; not blank, at most {@value #MAX_CATEGORY_LENGTH} Unicode characters, without
 *     NUL and lone surrogates
 * @param aggregateId which one of that kind
 */
public record StreamId(String category, AggregateId aggregateId) {

    /** The largest number of Unicode characters of a category. */
    public static final int MAX_CATEGORY_LENGTH = 64;

    /**
     * Checks the category.
     *
     * @throws IllegalArgumentException if the category is blank, too long, or holds a character that cannot be stored
     */
    public StreamId {
        TextRules.requireName(category, "stream category", MAX_CATEGORY_LENGTH);
        Objects.requireNonNull(aggregateId, "aggregateId");
    }

    /**
     * Returns the stream of this category and aggregate.
     *
     * @throws IllegalArgumentException if either is blank, too long, or holds a character that cannot be stored
     */
    public static StreamId of(String category, String aggregateId) {
        return new StreamId(category, new AggregateId(aggregateId));
    }

    /** Returns category and aggregate id with a slash between them, for people to read. */
    @Override
    public String toString() {
        return category + "/" + aggregateId;
    }
}
