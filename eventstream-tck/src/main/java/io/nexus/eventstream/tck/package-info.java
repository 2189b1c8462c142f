/**
 * The contract of an event store, as tests for any store: {@link io.nexus.eventstream.tck.EventStoreContract} and {@link
 * io.nexus.eventstream.tck.HostTransactionContract}. For the tests of applications there are {@link
 * io.nexus.eventstream.tck.Scenario}, which tells a test in events, and a clock to be set by hand, {@link
 * io.nexus.eventstream.tck.TestClock}.
 */
package io.nexus.eventstream.tck;
