package io.nexus.eventstream.projection;

/** What one build of a read model is for. A projection has at most two builds at a time, each in a slot of its own. */
public enum SlotRole {

    /** It is read. */
    LIVE,

    /** It is being built beside the live one, to take its place. */
    BUILDING,

    /** It was live before the last switch, and is kept as it was then. */
    PREVIOUS
}
