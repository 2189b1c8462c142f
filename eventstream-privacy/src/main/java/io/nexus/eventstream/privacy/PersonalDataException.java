package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventStreamException;
import org.jspecify.annotations.Nullable;

/**
 * Personal data in an event cannot be decrypted, though nobody was erased. The event itself is as it was appended, or the hash
 * chain tells.
 *
 * <p><strong>What to do:</strong> {@link #reason()} tells, and the message says where.
 */
public final class PersonalDataException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What is wrong. */
    public enum Reason {
        /**
         * The tenant has no key of that name: the serializer was given the wrong database of keys, that database was restored to
         * an earlier state, or the event was copied from another tenant. Give it the right one.
         */
        UNKNOWN_KEY(
                "the tenant has no such key: give the serializer the database of keys that the events were written with"),
        /** The master key that wrapped the person's key was not given: add it to {@link SubjectKeys.Builder#formerly}. */
        UNKNOWN_MASTER_KEY("its master key was not given: add it as a former one"),
        /** The master key of that name does not open the person's key: it is another one, or the wrapped key was changed. */
        WRONG_MASTER_KEY("the master key of that name does not open it: give the one that wrapped it"),
        /**
         * It was not encrypted with this key for this place: changed, or moved here from another event, person or field. Verify
         * the hash chain; if it holds, the keys are the wrong ones.
         */
        NOT_AUTHENTIC(
                "it was not encrypted with this key for this place, so it was changed or moved: verify the hash chain of the tenant"),
        /** It is cut off or not written as this library writes it. Verify the hash chain. */
        MALFORMED("it is cut off or not in the form in which it is written: verify the hash chain of the tenant");

        private final String advice;

        Reason(String advice) {
            this.advice = advice;
        }
    }

    PersonalDataException(Reason reason, String what, @Nullable Throwable cause) {
        super("%s cannot be decrypted: %s".formatted(what, reason.advice), cause);
        this.reason = reason;
    }

    /** Returns what is wrong. */
    public Reason reason() {
        return reason;
    }
}
