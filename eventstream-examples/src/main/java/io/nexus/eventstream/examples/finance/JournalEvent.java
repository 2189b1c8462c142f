package io.nexus.eventstream.examples.finance;

/** What happens to a journal entry as a whole. Its lines are {@link AccountEvent}s in the streams of their accounts. */
public sealed interface JournalEvent permits JournalEntryPosted, JournalEntryReversed {}
