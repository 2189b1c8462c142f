package io.nexus.eventstream.examples.finance;

/**
 * An entry was posted. It is the first event of the entry's own stream, so that a number is used once.
 *
 * @param entry the entry's number
 * @param lines how many lines it has
 */
public record JournalEntryPosted(String entry, int lines) implements JournalEvent {}
