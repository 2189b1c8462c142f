package io.nexus.eventstream.access;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.TenantId;
import java.util.Optional;

/**
 * The actor has not the right that the call needs. Nothing was done and nothing was shown.
 *
 * <p><strong>What to do:</strong> call as somebody who has the right that {@link #operation()} and {@link #category()} name, or
 * have it given. Where {@link #category()} is empty, the call concerned every category: name those that you need, if it takes
 * some.
 */
public final class AccessDeniedException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient AccessRequest request;

    /**
     * Creates the exception.
     *
     * @param request what was refused
     * @param reason why, as the policy says
     */
    public AccessDeniedException(AccessRequest request, String reason) {
        super(
                "%s has not the right %s for %s of %s, which %s needs: %s; nothing was done: call as somebody who has it%s"
                        .formatted(
                                request.actor(),
                                request.operation().word(),
                                request.category()
                                        .map(category -> "category " + category)
                                        .orElse("every category"),
                                request.tenant()
                                        .map(tenant -> "tenant " + tenant)
                                        .orElse("all tenants"),
                                request.call(),
                                reason,
                                request.category().isEmpty() ? ", or name the categories that you need" : ""),
                null);
        this.request = request;
    }

    /** Returns who called. */
    public Actor actor() {
        return request.actor();
    }

    /** Returns whose log the call was about, empty if about all. */
    public Optional<TenantId> tenant() {
        return request.tenant();
    }

    /** Returns the right that is missing. */
    public Operation operation() {
        return request.operation();
    }

    /** Returns for which category it is missing; empty if the call needed it for every category. */
    public Optional<String> category() {
        return request.category();
    }
}
