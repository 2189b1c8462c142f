package io.nexus.eventstream;

/**
 * How large appends and pages may be. Every bound exists so that one careless call cannot exhaust the memory of the
 * application or of the database; raise what your events need.
 *
 * @param maxEventsPerAppend how many events one append may hold over all of its streams
 * @param maxPayloadBytes how many bytes of UTF-8 JSON the payload of one event may have
 * @param maxMetadataBytes how many bytes of UTF-8 JSON the metadata of one event may have
 * @param pageSize how many events a page holds when the query does not say
 * @param maxPageSize how many events a page holds at most, whatever the query says
 */
public record StoreLimits(
        int maxEventsPerAppend, int maxPayloadBytes, int maxMetadataBytes, int pageSize, int maxPageSize) {

    private static final StoreLimits DEFAULTS = new StoreLimits(10_000, 16 * 1024 * 1024, 64 * 1024, 100, 1_000);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is below 1 or too large to be kept, or {@code pageSize} is above {@code
     *     maxPageSize}
     */
    public StoreLimits {
        requireWithin("maxEventsPerAppend", maxEventsPerAppend, 1_000_000);
        requireWithin("maxPayloadBytes", maxPayloadBytes, 256 * 1024 * 1024);
        requireWithin("maxMetadataBytes", maxMetadataBytes, 16 * 1024 * 1024);
        requireWithin("maxPageSize", maxPageSize, EventQuery.MAX_PAGE_SIZE);
        requireWithin("pageSize", pageSize, maxPageSize);
    }

    /** Returns 10,000 events an append, 16 MiB a payload, 64 KiB metadata, pages of 100 and at most 1,000 events. */
    public static StoreLimits defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with this many events an append, 1 to 1,000,000. */
    public StoreLimits withMaxEventsPerAppend(int events) {
        return new StoreLimits(events, maxPayloadBytes, maxMetadataBytes, pageSize, maxPageSize);
    }

    /** Returns a copy with this many bytes a payload, 1 to 256 MiB. */
    public StoreLimits withMaxPayloadBytes(int bytes) {
        return new StoreLimits(maxEventsPerAppend, bytes, maxMetadataBytes, pageSize, maxPageSize);
    }

    /** Returns a copy with this many bytes of metadata, 1 to 16 MiB. */
    public StoreLimits withMaxMetadataBytes(int bytes) {
        return new StoreLimits(maxEventsPerAppend, maxPayloadBytes, bytes, pageSize, maxPageSize);
    }

    /** Returns a copy with these page sizes, each 1 to {@link EventQuery#MAX_PAGE_SIZE}. */
    public StoreLimits withPageSize(int usual, int largest) {
        return new StoreLimits(maxEventsPerAppend, maxPayloadBytes, maxMetadataBytes, usual, largest);
    }

    private static void requireWithin(String name, int value, int largest) {
        if (value < 1 || value > largest) {
            throw new IllegalArgumentException("%s is %d, it must be 1 to %d".formatted(name, value, largest));
        }
    }
}
