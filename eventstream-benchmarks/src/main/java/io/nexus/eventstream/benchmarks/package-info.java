/** The library measured beside the raw database: {@link io.nexus.eventstream.benchmarks.BenchmarkSuite}. */
package io.nexus.eventstream.benchmarks;
