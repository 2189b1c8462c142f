package io.nexus.eventstream.access;

/** What it means for a call that its entry could not be written to the audit. */
public enum SinkFailure {
    /**
     * What is not recorded does not happen. A change is announced by an entry {@code BEGUN} before it is made, and is not made if
     * that cannot be written; so is what shows events while it runs, as an export does. What else was read is handed out only after its
     * entry is written. The entry on how a change ended comes
     * after it: if that one fails, the change stands and the call returns, since an error would make the caller repeat what was
     * done; it is counted, and {@code BEGUN} remains.
     */
    FAIL_CLOSED,
    /** The call goes on; the entry is lost, counted, and told to whoever listens. One entry a call, after it. */
    GO_ON
}
