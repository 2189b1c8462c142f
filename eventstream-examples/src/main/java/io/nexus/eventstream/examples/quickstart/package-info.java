/**
 * The program behind {@code ./mvnw -q -Pquickstart}: it starts PostgreSQL, imports a journal and stock movements from CSV
 * files, and prints what a controller asks of them. {@link io.nexus.eventstream.examples.quickstart.Quickstart} is where to
 * begin.
 */
package io.nexus.eventstream.examples.quickstart;
