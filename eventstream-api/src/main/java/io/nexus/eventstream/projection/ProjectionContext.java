package io.nexus.eventstream.projection;

import io.nexus.eventstream.TenantId;

/** What a projector works with while it handles events; valid for that call only and not thread-safe. */
public interface ProjectionContext {

    /** Returns the tenant whose event it is; every row of the read model belongs to one. */
    TenantId tenant();

    /**
     * Returns whether the event is applied only to build the read model, so that mails are not sent again: it was recorded
     * before the projection's first build began, or it is for another build, live before or at the moment, to handle. Any other
     * event is no replay exactly once in effect, whatever is rebuilt or rolled back meanwhile.
     */
    boolean isReplay();

    /**
     * Returns the name of a table in this build of the read model: {@code name} with the slot behind it, for example {@code
     * account_balance_v1_a}. A rebuild goes into other tables than those that are being read. Whoever reads asks the
     * engine for the name of the live one.
     *
     * @param name the table without its slot, with its schema in front if need be; with the slot it must be a valid name,
     *     on PostgreSQL of at most 63 bytes
     */
    String table(String name);

    /**
     * Returns a resource of the transaction in which the read model and its checkpoint are saved, on PostgreSQL the {@code
     * java.sql.Connection}. The projector neither commits nor closes it.
     *
     * @throws IllegalArgumentException if this context has no such resource
     */
    <T> T resource(Class<T> type);
}
