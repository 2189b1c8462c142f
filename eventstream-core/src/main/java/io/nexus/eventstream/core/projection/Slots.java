package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.StoredProjection;
import java.util.List;
import java.util.Optional;

/** Names of slots: the version, and one of two letters, so that a version can be rebuilt beside itself. */
final class Slots {

    private Slots() {}

    static String first(int version) {
        return "v" + version + "_a";
    }

    /** Returns a slot of this version that is not read at the moment. */
    static String besideLive(int version, List<StoredProjection> builds) {
        String first = first(version);
        return live(builds).map(live -> live.key().slot().equals(first)).orElse(false) ? "v" + version + "_b" : first;
    }

    static Optional<StoredProjection> live(List<StoredProjection> builds) {
        return withRole(builds, SlotRole.LIVE).stream().findFirst();
    }

    /**
     * Returns up to where events are a replay for whatever build follows a live one: what that has handled, or would have
     * handled as a replay itself. Never goes back, whichever build is live.
     */
    static Position settledUntil(StoredProjection live) {
        Position checkpoint = live.checkpoint().position();
        return checkpoint.isBefore(live.replayUntil()) ? live.replayUntil() : checkpoint;
    }

    static List<StoredProjection> withRole(List<StoredProjection> builds, SlotRole role) {
        return builds.stream().filter(build -> build.role() == role).toList();
    }
}
