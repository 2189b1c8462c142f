package io.nexus.eventstream;

import java.util.List;

/**
 * The connection broke after an append had been sent and before the database answered. The events may be recorded or not.
 *
 * <p><strong>What to do:</strong> pass {@link #appends()} to {@link EventStore#appendAll} again. They carry the same event
 * ids, so if the first attempt was recorded, the answer is its result, marked {@link AppendResult#alreadyRecorded()}. Do
 * not build the events anew: new ids would record them twice.
 */
public final class CommitOutcomeUnknownException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient List<StreamAppend> appends;

    /** Creates the exception. */
    public CommitOutcomeUnknownException(TenantId tenant, List<StreamAppend> appends, Throwable cause) {
        super(
                "the connection broke while an append for tenant %s was being recorded; repeat it with the same event ids to learn its outcome"
                        .formatted(tenant),
                cause);
        this.tenant = tenant;
        this.appends = List.copyOf(appends);
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the append to repeat. */
    public List<StreamAppend> appends() {
        return appends;
    }
}
