/** A throw-away PostgreSQL server: {@link io.nexus.eventstream.localpostgres.LocalPostgres}. */
package io.nexus.eventstream.localpostgres;
