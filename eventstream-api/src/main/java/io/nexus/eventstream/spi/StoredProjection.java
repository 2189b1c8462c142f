package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

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
 * @param replayUntil up to where events were recorded before the build began
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
        ProjectionKey partKey = new ProjectionKey(key.tenant(), key.projection(), key.slot(), part);
        return new StoredProjection(
                partKey,
                ofParts,
                version,
                role,
                state,
                inline,
                compared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                failure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build in another role. */
    public StoredProjection withRole(SlotRole newRole) {
        return new StoredProjection(
                key,
                parts,
                version,
                newRole,
                state,
                inline,
                compared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                failure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build as it goes on, or does not. */
    public StoredProjection withState(ProjectionState newState, Optional<ProjectionFailure> newFailure) {
        return new StoredProjection(
                key,
                parts,
                version,
                role,
                newState,
                inline,
                compared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                newFailure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build as one that appends update, or do not. */
    public StoredProjection withInline(boolean newInline) {
        return new StoredProjection(
                key,
                parts,
                version,
                role,
                state,
                newInline,
                compared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                failure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build as one that compares itself with the live one before it takes its place, or does not. */
    public StoredProjection withCompared(boolean newCompared) {
        return new StoredProjection(
                key,
                parts,
                version,
                role,
                state,
                inline,
                newCompared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                failure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build further on. */
    public StoredProjection withCheckpoint(Checkpoint newCheckpoint, long newHandled, long newParked) {
        return new StoredProjection(
                key,
                parts,
                version,
                role,
                state,
                inline,
                compared,
                newCheckpoint,
                replayUntil,
                newHandled,
                newParked,
                failure,
                leaseToken,
                leaseOwner,
                leaseUntil);
    }

    /** Returns this build taken from whoever had it, and free to be taken up. */
    public StoredProjection withoutLease() {
        return new StoredProjection(
                key,
                parts,
                version,
                role,
                state,
                inline,
                compared,
                checkpoint,
                replayUntil,
                handled,
                parked,
                failure,
                leaseToken + 1,
                Optional.empty(),
                Optional.empty());
    }
}
