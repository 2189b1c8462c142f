package io.nexus.eventstream;

import java.time.Instant;
import java.util.Objects;

/**
 * The event that says that a person's data can no longer be read: who asked for what and when can be proven without keeping
 * what was erased. It is appended to a stream of the category {@value #CATEGORY}, and reaches every projector by {@link
 * io.nexus.eventstream.projection.Projector#onErasure}, whatever types it handles, and never by {@code project}.
 *
 * @param subject the person's id, or what stands for it where ids are hidden
 * @param reason why, as whoever erased the person said; no personal data
 * @param erasedAt when the key was destroyed
 */
@EventName(SubjectErased.TYPE)
public record SubjectErased(String subject, String reason, Instant erasedAt) {

    /** The name under which it is stored. Every serializer of this library knows it. */
    public static final String TYPE = "eventstream-subject-erased";

    /** The category of the streams that hold such events. */
    public static final String CATEGORY = "eventstream-erasure";

    /** Checks that nothing is missing. */
    public SubjectErased {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(erasedAt, "erasedAt");
    }
}
