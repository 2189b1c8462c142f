package io.nexus.eventstream.projection;

/**
 * How to rebuild a read model.
 *
 * @param parts by how many workers at once, each with its share of the streams, 1 to 16; for projectors that allow it
 * @param compared whether to compare it with the live read model when both stand at the same position, and to take its place
 *     only if they are the same
 */
public record RebuildOptions(int parts, boolean compared) {

    /** Returns one worker, without a comparison. */
    public static RebuildOptions defaults() {
        return new RebuildOptions(1, false);
    }

    /** Returns the same with this many workers. */
    public RebuildOptions withParts(int newParts) {
        return new RebuildOptions(newParts, compared);
    }

    /** Returns the same with a comparison. */
    public RebuildOptions withComparison() {
        return new RebuildOptions(parts, true);
    }
}
