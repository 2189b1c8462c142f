package io.nexus.eventstream.benchmarks;

/**
 * How ours divided by the rival's should be. What is missed is published all the same.
 *
 * @param atMost whether less is better
 * @param ratio the most or the least
 */
record Aim(boolean atMost, double ratio) {

    /** Returns whether all rounds agree that it is met or missed; a difference inside the spread is neither. */
    String verdict(double lowest, double highest) {
        double worst = atMost ? highest : lowest;
        double best = atMost ? lowest : highest;
        if (meets(worst)) {
            return "met";
        }
        return meets(best) ? "within the spread" : "missed";
    }

    private boolean meets(double value) {
        return atMost ? value <= ratio : value >= ratio;
    }

    @Override
    public String toString() {
        return (atMost ? "<= " : ">= ") + ratio;
    }
}
