package io.nexus.eventstream.faults;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What callers sent and what they were told, kept without a type of the library. Thread-safe. */
final class Book {

    private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();

    Entry sent(String tenant, List<Fact> facts) {
        Entry entry = new Entry(tenant, facts);
        entries.add(entry);
        return entry;
    }

    Collection<Entry> entries() {
        return entries;
    }

    /** Returns how many appends were acknowledged. */
    long acknowledged() {
        return entries.stream().filter(entry -> entry.told == Told.ACKNOWLEDGED).count();
    }

    /** Returns what this book says of the events up to a position of each tenant, as if nobody knew of later ones. */
    Book upTo(Map<String, Long> heads) {
        Book beginning = new Book();
        for (Entry entry : entries) {
            boolean later =
                    entry.places.stream().anyMatch(place -> place.position() > heads.getOrDefault(entry.tenant, 0L));
            if (!later) {
                beginning.entries.add(entry);
            }
        }
        return beginning;
    }

    enum Told {
        /** The caller has given up or was cut off without an answer. */
        NOTHING,
        ACKNOWLEDGED,
        /** Nothing was written, it was told, and it did not try again. */
        REFUSED
    }

    /** An event: its id, its stream and a text that no other event has. */
    record Fact(UUID id, String stream, String text) {}

    /** Where a caller was told that an event stands. */
    record Place(UUID id, long version, long position) {}

    /** One append. Its fields are written by one thread and read when that has ended. */
    static final class Entry {

        final String tenant;
        final List<Fact> facts;
        final List<Place> places = new ArrayList<>();
        volatile Told told = Told.NOTHING;
        Instant recordedAt = Instant.MIN;
        /** Whether a row of the host's was written in the same transaction. */
        boolean hosted;
        /** Whether it was told once that nobody knows what became of it. */
        boolean wasInDoubt;
        /** Whether it was told once that nothing was written. */
        boolean wasRefused;
        /** Whether the answer was that of an earlier attempt. */
        boolean alreadyRecorded;

        private Entry(String tenant, List<Fact> facts) {
            this.tenant = tenant;
            this.facts = List.copyOf(facts);
        }
    }
}
