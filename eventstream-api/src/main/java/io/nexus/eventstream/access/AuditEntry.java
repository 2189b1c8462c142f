package io.nexus.eventstream.access;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One line of the audit: who did or tried what, and how it ended. It holds no payload and no metadata of any event.
 *
 * @param callId what the entries of one call share; a ULID, so it grows with time
 * @param at when it was written, by this machine's clock, in microseconds
 * @param actor who called
 * @param tenant whose log; empty for all tenants
 * @param operation what was done: the strongest right that was used
 * @param call the name of the method
 * @param categories the categories that it was about; empty for every category
 * @param streams the streams that it was about, the first {@value #MAX_STREAMS} of them; empty if it was about no single streams
 * @param event the event that was asked for, or the first that was to be appended
 * @param outcome how it ended
 * @param events how many events were appended or shown
 * @param first the lowest position of these events
 * @param last the highest position of these events
 * @param detail why it was refused, or the class of what was thrown; never a message that could quote data
 */
public record AuditEntry(
        UUID callId,
        Instant at,
        Actor actor,
        Optional<TenantId> tenant,
        Operation operation,
        String call,
        Set<String> categories,
        List<StreamId> streams,
        Optional<EventId> event,
        Outcome outcome,
        long events,
        Optional<Position> first,
        Optional<Position> last,
        Optional<String> detail) {

    /** How many streams an entry names at most; positions and the log itself tell the others. */
    public static final int MAX_STREAMS = 100;

    /** The largest number of characters of a detail; what is longer is cut. */
    public static final int MAX_DETAIL_LENGTH = 500;

    /** How a call ended. */
    public enum Outcome {
        /**
         * A change is about to be made, or events to be shown while the call runs. Where no other entry of the same call
         * follows, its outcome could not be recorded; whether events were appended is then told by the log, which has the
         * event that the entry names or has not.
         */
        BEGUN,
        /** It was done. In a transaction of the caller: it will be, if that transaction is committed. */
        DONE,
        /** The policy refused it. */
        DENIED,
        /** A stream was not as the append expected; nothing was appended. */
        CONFLICT,
        /** It failed; nothing was appended. */
        FAILED,
        /** The connection broke at the commit: whether events were appended is told by the log. */
        UNKNOWN
    }

    /** Copies the collections and cuts what is too long. */
    public AuditEntry {
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(actor, "actor");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(call, "call");
        categories = Set.copyOf(categories);
        streams = streams.size() > MAX_STREAMS ? List.copyOf(streams.subList(0, MAX_STREAMS)) : List.copyOf(streams);
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        detail = detail.map(text -> text.codePointCount(0, text.length()) > MAX_DETAIL_LENGTH
                ? text.substring(0, text.offsetByCodePoints(0, MAX_DETAIL_LENGTH))
                : text);
    }
}
