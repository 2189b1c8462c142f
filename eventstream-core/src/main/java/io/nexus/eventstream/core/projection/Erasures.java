package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Brings the erasure of a person to projectors, in its place among the events that they handle. */
final class Erasures {

    private Erasures() {}

    /** Returns the types to read for a projector: its own, and the one that says that somebody was erased. */
    static Set<String> types(Projector projector) {
        Set<String> types = projector.eventTypes();
        if (types.isEmpty()) {
            return types;
        }
        Set<String> more = new HashSet<>(types);
        more.add(SubjectErased.TYPE);
        return more;
    }

    static boolean is(RecordedEvent event) {
        return event.type().name().equals(SubjectErased.TYPE);
    }

    /** Gives events to a projector, erasures to the method that is meant for them. */
    static void project(Projector projector, List<RecordedEvent> events, ProjectionContext context) {
        int begin = 0;
        for (int i = 0; i < events.size(); i++) {
            if (is(events.get(i))) {
                projectAll(projector, events.subList(begin, i), context);
                projector.onErasure((SubjectErased) events.get(i).payload(), context);
                begin = i + 1;
            }
        }
        projectAll(projector, begin == 0 ? events : events.subList(begin, events.size()), context);
    }

    private static void projectAll(Projector projector, List<RecordedEvent> events, ProjectionContext context) {
        if (!events.isEmpty()) {
            projector.projectAll(events, context);
        }
    }
}
