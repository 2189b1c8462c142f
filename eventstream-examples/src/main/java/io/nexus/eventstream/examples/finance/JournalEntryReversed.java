package io.nexus.eventstream.examples.finance;

/**
 * An entry was taken back by another one. An entry is reversed once: this event expects to follow the posting directly.
 *
 * @param entry the entry's number
 * @param by the number of the entry that takes it back
 */
public record JournalEntryReversed(String entry, String by) implements JournalEvent {}
