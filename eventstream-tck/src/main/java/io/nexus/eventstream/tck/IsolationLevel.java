package io.nexus.eventstream.tck;

/** How a transaction of the host is isolated from others, as the SQL standard names it. */
public enum IsolationLevel {
    /** Every statement sees what was committed before it. */
    READ_COMMITTED,
    /** All statements see what was committed before the first of them. */
    REPEATABLE_READ,
    /** As {@link #REPEATABLE_READ}, and the outcome is that of some order, one transaction after the other. */
    SERIALIZABLE
}
