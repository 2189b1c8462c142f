package io.nexus.eventstream.core.access;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Events as a reader may see them: those of categories whose payloads he has no right to, without content. */
record Shown(List<RecordedEvent> events, boolean withPayloads) {

    static Shown to(GuardedCall call, List<RecordedEvent> found) {
        Map<String, Optional<AccessDeniedException>> refusals = new HashMap<>();
        List<RecordedEvent> shown = new ArrayList<>(found.size());
        boolean withPayloads = false;
        for (RecordedEvent event : found) {
            Optional<AccessDeniedException> refusal = refusals.computeIfAbsent(
                    event.stream().category(), category -> call.refusal(Operation.READ_PAYLOAD, Set.of(category)));
            shown.add(refusal.isPresent() ? WithheldEvent.of(event, refusal.get()) : event);
            withPayloads |= refusal.isEmpty();
        }
        return new Shown(shown, withPayloads);
    }

    GuardedCall.Effect effect() {
        Operation used = withPayloads ? Operation.READ_PAYLOAD : Operation.READ;
        return events.isEmpty()
                ? GuardedCall.Effect.none(Operation.READ)
                : new GuardedCall.Effect(
                        used,
                        events.size(),
                        events.stream()
                                .map(RecordedEvent::position)
                                .min(Comparable::compareTo)
                                .orElseThrow(),
                        events.stream()
                                .map(RecordedEvent::position)
                                .max(Comparable::compareTo)
                                .orElseThrow());
    }
}
