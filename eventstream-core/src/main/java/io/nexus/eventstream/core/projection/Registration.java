package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.Projector;

/** A projector and how the engine is to run it. */
record Registration(Projector projector, ErrorPolicy errorPolicy, boolean inline) {

    static final int MAX_NAME_LENGTH = 128;

    Registration {
        String name = projector.name();
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    "the name of a projector must have 1 to %d characters and not be blank: '%s' of %s"
                            .formatted(
                                    MAX_NAME_LENGTH,
                                    name.length() > MAX_NAME_LENGTH ? name.substring(0, MAX_NAME_LENGTH) + "…" : name,
                                    projector.getClass().getName()));
        }
        if (projector.version() < 1) {
            throw new IllegalArgumentException(
                    "the version of projector %s is %d, it must be 1 or more".formatted(name, projector.version()));
        }
    }
}
