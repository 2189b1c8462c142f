/** Other event stores, as their guides say that they are used. */
@org.jspecify.annotations.NullMarked
package io.nexus.eventstream.benchmarks.peers;
