package io.nexus.eventstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Who caused an event, from where and in which context: facts about the event rather than about the business. Stored
 * beside the payload and covered by the hash chain, but no part of an event's content when a repeated append is compared
 * with the first.
 *
 * <p>Four entries have names of their own, everything else is free:
 *
 * <pre>{@code
 * EventMetadata.none().withUserId("u-17").withCausationId(command.id()).with("batch", "2025-12")
 * }</pre>
 *
 * @param entries all entries in the order in which they were added; keys are not blank, keys and values hold no NUL and no
 *     lone surrogates
 */
public record EventMetadata(Map<String, String> entries) {

    /** The key of {@link #userId()}. */
    public static final String USER_ID = "userId";

    /** The key of {@link #ipAddress()}. */
    public static final String IP_ADDRESS = "ipAddress";

    /** The key of {@link #causationId()}. */
    public static final String CAUSATION_ID = "causationId";

    /** The key of {@link #correlationId()}. */
    public static final String CORRELATION_ID = "correlationId";

    private static final int MAX_KEY_LENGTH = 128;
    private static final EventMetadata NONE = new EventMetadata(Map.of());

    /**
     * Checks and copies the entries.
     *
     * @throws IllegalArgumentException if a key is blank or longer than 128 characters, or a key or value holds a
     *     character that cannot be stored; the message names the entry
     */
    public EventMetadata {
        Map<String, String> copy = new LinkedHashMap<>();
        entries.forEach((key, value) -> {
            TextRules.requireName(key, "metadata key", MAX_KEY_LENGTH);
            copy.put(key, TextRules.requireText(value, "metadata entry \"" + key + "\"", Integer.MAX_VALUE));
        });
        entries = Collections.unmodifiableMap(copy);
    }

    /** Returns metadata without entries. */
    public static EventMetadata none() {
        return NONE;
    }

    /** Returns metadata with these entries and no others. */
    public static EventMetadata of(Map<String, String> entries) {
        return entries.isEmpty() ? NONE : new EventMetadata(entries);
    }

    /** Returns the person or service that caused the event. */
    public Optional<String> userId() {
        return get(USER_ID);
    }

    /** Returns the network address that the request came from. */
    public Optional<String> ipAddress() {
        return get(IP_ADDRESS);
    }

    /** Returns the id of the command or event that caused this event directly. */
    public Optional<String> causationId() {
        return get(CAUSATION_ID);
    }

    /** Returns the id that all events of one business conversation share. */
    public Optional<String> correlationId() {
        return get(CORRELATION_ID);
    }

    /** Returns the entry of this key. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Returns a copy with this user id. */
    public EventMetadata withUserId(String userId) {
        return with(USER_ID, userId);
    }

    /** Returns a copy with this network address. */
    public EventMetadata withIpAddress(String ipAddress) {
        return with(IP_ADDRESS, ipAddress);
    }

    /** Returns a copy with this causation id. */
    public EventMetadata withCausationId(String causationId) {
        return with(CAUSATION_ID, causationId);
    }

    /** Returns a copy with this correlation id. */
    public EventMetadata withCorrelationId(String correlationId) {
        return with(CORRELATION_ID, correlationId);
    }

    /**
     * Returns a copy with this entry, which replaces an earlier one of the same key.
     *
     * @throws IllegalArgumentException if the key is blank or either holds a character that cannot be stored
     */
    public EventMetadata with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(entries);
        changed.put(Objects.requireNonNull(key, "key"), value);
        return new EventMetadata(changed);
    }

    /** Returns a copy to which the entries of {@code defaults} are added where this metadata has no entry of that key. */
    public EventMetadata orElse(EventMetadata defaults) {
        if (defaults.entries.isEmpty()) {
            return this;
        }
        Map<String, String> merged = new LinkedHashMap<>(defaults.entries);
        merged.putAll(entries);
        return new EventMetadata(merged);
    }

    /** Returns the keys without the values, since metadata names people and this text may reach a log. */
    @Override
    public String toString() {
        return "EventMetadata" + entries.keySet();
    }
}
