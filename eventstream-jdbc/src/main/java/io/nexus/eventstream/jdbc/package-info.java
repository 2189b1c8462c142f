/** The event log in PostgreSQL: begin with {@link io.nexus.eventstream.jdbc.PostgresEventStore}. */
package io.nexus.eventstream.jdbc;
