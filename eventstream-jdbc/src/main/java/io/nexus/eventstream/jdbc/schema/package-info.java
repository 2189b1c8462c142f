/** The tables and functions of the event log: begin with {@link io.nexus.eventstream.jdbc.schema.SchemaMigrator}. */
package io.nexus.eventstream.jdbc.schema;
