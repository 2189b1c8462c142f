package io.nexus.eventstream.projection;

/**
 * A row that stands in one build of a read model and not in the other.
 *
 * @param table the table without its slot
 * @param build where the row stands
 * @param row the row as JSON
 */
public record ReadModelDifference(String table, SlotRole build, String row) {}
