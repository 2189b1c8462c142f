package io.nexus.eventstream.statistics;

/**
 * How many streams have a version in a range: 1, 2 to 10, 11 to 100, 101 to 1,000 and so on.
 *
 * @param from the lowest version of the range
 * @param to the highest version of the range
 * @param streams how many streams
 */
public record StreamLengths(long from, long to, long streams) {}
