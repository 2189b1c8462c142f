/**
 * A general ledger in event streams: every account is a stream of debits and credits, every journal entry a stream that
 * makes its number unique, and closed periods are a stream that every posting expects unchanged. {@link
 * io.nexus.eventstream.examples.finance.Ledger} is where to begin.
 */
package io.nexus.eventstream.examples.finance;
