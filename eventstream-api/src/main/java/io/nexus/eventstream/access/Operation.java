package io.nexus.eventstream.access;

import java.util.Locale;

/** The kinds of things that can be done with a log, each a right of its own. */
public enum Operation {
    /** Append events to streams. */
    APPEND,
    /** See that events are there: place, type, times, numbers and health, but nothing that they say. */
    READ,
    /** See what events say: payloads, metadata, and the states and snapshots that are made of them. */
    READ_PAYLOAD,
    /** Rebuild, pause, resume, switch and roll back read models, and replay what they have put aside. */
    REBUILD,
    /** Have history proven: hash chains, seals, snapshots against their events. */
    VERIFY,
    /** Everything that concerns the installation: tenants, engines, snapshots and seals as they are kept, logs that are imported. */
    ADMINISTER;

    /** Returns whether an operation changes something, so that it is announced to the audit before it is done. */
    public boolean isChange() {
        return this == APPEND || this == REBUILD || this == ADMINISTER;
    }

    /** Returns the word for it in a configuration, for example {@code read_payload}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
