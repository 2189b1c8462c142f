package io.nexus.eventstream.examples.finance;

/** The two sides of an account. */
public enum Side {
    /** The left one; adds to a balance. */
    DEBIT,
    /** The right one; takes from a balance. */
    CREDIT;

    /** Returns the other side. */
    public Side opposite() {
        return this == DEBIT ? CREDIT : DEBIT;
    }
}
