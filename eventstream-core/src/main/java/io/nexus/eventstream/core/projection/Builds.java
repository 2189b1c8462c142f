package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;

/** Begins builds of read models. */
final class Builds {

    private Builds() {}

    /** Makes the tables of a build, empties them for the tenant, and keeps the build's row. */
    static void begin(Projector projector, StoredProjection build, ProjectionTransaction transaction) {
        transaction.lockPreparation(projector.name());
        SlotContext context = new SlotContext(transaction, build.key().slot(), true);
        projector.prepare(context);
        projector.reset(context);
        transaction.save(build);
    }
}
