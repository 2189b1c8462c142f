package io.nexus.eventstream.access;

/** What it means for a call that its entry could not be written to the audit. */
public enum SinkFailure {
    /**
     * What is not recorded does not happen. A change is announced by an entry {@code BEGUN} before it is made, and is not made
     * if that cannot be written; so is a call that shows events while it runs, as an export does. What else was read is handed
     * out only after its entry is written. The entry on how an announced call ended comes after it: if that one fails, what was
     * done stands and the call returns, since an error would make the caller repeat it; it is counted, and {@code BEGUN} remains.
     */
    FAIL_CLOSED,
    /** The call goes on; the entry is lost, counted, and told to whoever listens. One entry a call, after it. */
    GO_ON
}
