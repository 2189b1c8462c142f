/**
 * The event log: begin with {@link io.nexus.eventstream.EventStore}.
 *
 * <p>Every type in here is immutable and thread-safe unless its own text says otherwise. No method takes or returns
 * {@code null} unless it is marked {@code @Nullable}.
 */
package io.nexus.eventstream;
