/**
 * The engine: begin with {@link io.nexus.eventstream.core.EventStreamManager}, or put a store together by hand from a
 * storage and a serializer with {@link io.nexus.eventstream.core.SerializingEventStore}.
 */
package io.nexus.eventstream.core;
