package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A projection as it is stored.
 *
 * @param key which one
 * @param parts into how many parts the build is divided, 1 in general
 * @param version the version of the projector that builds it
 * @param role what the build is for
 * @param state whether it goes on
 * @param inline whether appends update it in their own transaction
 * @param compared whether a build waits for somebody to switch it, or compares itself with the live one before
 * @param checkpoint how far it has come
 * @param replayUntil up to where events are a replay: they were recorded before the first build began, or another build has
 *     handled them
 * @param handled how many events it has handled
 * @param parked how many events it has put aside
 * @param failure why it stopped
 * @param leaseToken grows with every change of hands; whoever holds another number has lost the projection
 * @param leaseOwner the engine that has it
 * @param leaseUntil until when nobody else may take it, by the storage's clock
 */
public record StoredProjection(
        ProjectionKey key,
        int parts,
        int version,
        SlotRole role,
        ProjectionState state,
        boolean inline,
        boolean compared,
        Checkpoint checkpoint,
        Position replayUntil,
        long handled,
        long parked,
        Optional<ProjectionFailure> failure,
        long leaseToken,
        Optional<String> leaseOwner,
        Optional<Instant> leaseUntil) {

    /** Checks that nothing is missing. */
    public StoredProjection {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(replayUntil, "replayUntil");
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(leaseOwner, "leaseOwner");
        Objects.requireNonNull(leaseUntil, "leaseUntil");
    }

    /** Returns a build that has not begun, in one part and without a lease. */
    public static StoredProjection begin(ProjectionKey key, int version, SlotRole role, Position replayUntil) {
        return new StoredProjection(
                key,
                1,
                version,
                role,
                ProjectionState.RUNNING,
                false,
                false,
                Checkpoint.START,
                replayUntil,
                0,
                0,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty());
    }

    /** Returns this build as one of several parts. */
    public StoredProjection asPart(int part, int ofParts) {
        return changed(draft -> {
            draft.key = new ProjectionKey(key.tenant(), key.projection(), key.slot(), part);
            draft.parts = ofParts;
        });
    }

    /** Returns this build in another role. */
    public StoredProjection withRole(SlotRole newRole) {
        return changed(draft -> draft.role = newRole);
    }

    /** Returns this build as it goes on, or does not. */
    public StoredProjection withState(ProjectionState newState, Optional<ProjectionFailure> newFailure) {
        return changed(draft -> {
            draft.state = newState;
            draft.failure = newFailure;
        });
    }

    /** Returns this build as one that appends update, or do not. */
    public StoredProjection withInline(boolean newInline) {
        return changed(draft -> draft.inline = newInline);
    }

    /** Returns this build as one that compares itself with the live one before it takes its place, or does not. */
    public StoredProjection withCompared(boolean newCompared) {
        return changed(draft -> draft.compared = newCompared);
    }

    /** Returns this build as one for which events up to here are a replay. */
    public StoredProjection withReplayUntil(Position newReplayUntil) {
        return changed(draft -> draft.replayUntil = newReplayUntil);
    }

    /** Returns this build further on. */
    public StoredProjection withCheckpoint(Checkpoint newCheckpoint, long newHandled, long newParked) {
        return changed(draft -> {
            draft.checkpoint = newCheckpoint;
            draft.handled = newHandled;
            draft.parked = newParked;
        });
    }

    /** Returns this build with a token of its own, which no build before it in its slot has had. */
    public StoredProjection withLeaseToken(long token) {
        return changed(draft -> draft.leaseToken = token);
    }

    /** Returns this build taken from whoever had it, and free to be taken up. */
    public StoredProjection withoutLease() {
        return changed(draft -> {
            draft.leaseToken = leaseToken + 1;
            draft.leaseOwner = Optional.empty();
            draft.leaseUntil = Optional.empty();
        });
    }

    private StoredProjection changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new StoredProjection(
                draft.key,
                draft.parts,
                version,
                draft.role,
                draft.state,
                draft.inline,
                draft.compared,
                draft.checkpoint,
                draft.replayUntil,
                draft.handled,
                draft.parked,
                draft.failure,
                draft.leaseToken,
                draft.leaseOwner,
                draft.leaseUntil);
    }

    /** What of a build can change. */
    private static final class Draft {

        private ProjectionKey key;
        private int parts;
        private SlotRole role;
        private ProjectionState state;
        private boolean inline;
        private boolean compared;
        private Checkpoint checkpoint;
        private Position replayUntil;
        private long handled;
        private long parked;
        private Optional<ProjectionFailure> failure;
        private long leaseToken;
        private Optional<String> leaseOwner;
        private Optional<Instant> leaseUntil;

        Draft(StoredProjection of) {
            key = of.key;
            parts = of.parts;
            role = of.role;
            state = of.state;
            inline = of.inline;
            compared = of.compared;
            checkpoint = of.checkpoint;
            replayUntil = of.replayUntil;
            handled = of.handled;
            parked = of.parked;
            failure = of.failure;
            leaseToken = of.leaseToken;
            leaseOwner = of.leaseOwner;
            leaseUntil = of.leaseUntil;
        }
    }
}
