package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.spi.ProjectionTransaction;

/** A transaction seen by a projector that builds in one slot. */
record SlotContext(ProjectionTransaction transaction, String slot, boolean isReplay) implements ProjectionContext {

    @Override
    public TenantId tenant() {
        return transaction.tenant();
    }

    @Override
    public String table(String name) {
        return name + "_" + slot;
    }

    @Override
    public <T> T resource(Class<T> type) {
        return transaction.resource(type);
    }
}
