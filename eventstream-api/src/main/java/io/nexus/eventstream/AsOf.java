package io.nexus.eventstream;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Objects;
import java.util.Optional;

/**
 * A moment in the past to ask about, on two clocks. <em>Occurred</em> asks what was true then (business time),
 * <em>recorded</em> asks what the log knew then. Together they ask for 31 March as it was known on 5 April:
 *
 * <pre>{@code
 * AsOf.occurred(LocalDate.of(2026, 3, 31)).andRecorded(LocalDate.of(2026, 4, 5))
 * }</pre>
 *
 * <p>Moments are inclusive and cut to microseconds; a date includes that whole day, in UTC unless a zone is given. An
 * answer about a recorded moment or a version is the same for ever. One about an occurred moment alone may change when a
 * back-dated event is recorded; that is its purpose.
 *
 * @param occurred only events that occurred up to here
 * @param recorded only events that were recorded up to here
 * @param version only events up to this version of the stream; never together with a moment
 */
public record AsOf(Optional<Instant> occurred, Optional<Instant> recorded, Optional<EventVersion> version) {

    private static final AsOf NOW = new AsOf(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Cuts the moments to microseconds.
     *
     * @throws IllegalArgumentException if a moment lies outside the years 1 to 9999, or a version stands beside a moment
     */
    public AsOf {
        occurred = occurred.map(moment -> Moments.cut(moment, "the occurred moment"));
        recorded = recorded.map(moment -> Moments.cut(moment, "the recorded moment"));
        Objects.requireNonNull(version, "version");
        if (version.isPresent() && (occurred.isPresent() || recorded.isPresent())) {
            throw new IllegalArgumentException("ask for a version or for moments, not for both");
        }
    }

    /** Asks about everything that has been recorded by now. */
    public static AsOf now() {
        return NOW;
    }

    /** Asks what was true at a business time. */
    public static AsOf occurred(Instant moment) {
        return new AsOf(Optional.of(moment), Optional.empty(), Optional.empty());
    }

    /** Asks what was true at the end of a day, UTC. */
    public static AsOf occurred(LocalDate day) {
        return occurred(day, ZoneOffset.UTC);
    }

    /** Asks what was true at the end of a day in a zone. */
    public static AsOf occurred(LocalDate day, ZoneId zone) {
        return occurred(lastMomentOf(day, zone));
    }

    /** Asks what the log knew at a moment. */
    public static AsOf recorded(Instant moment) {
        return new AsOf(Optional.empty(), Optional.of(moment), Optional.empty());
    }

    /** Asks what the log knew at the end of a day, UTC. */
    public static AsOf recorded(LocalDate day) {
        return recorded(day, ZoneOffset.UTC);
    }

    /** Asks what the log knew at the end of a day in a zone. */
    public static AsOf recorded(LocalDate day, ZoneId zone) {
        return recorded(lastMomentOf(day, zone));
    }

    /** Asks about a stream after its event of this version. */
    public static AsOf version(EventVersion version) {
        return new AsOf(Optional.empty(), Optional.empty(), Optional.of(version));
    }

    /** Returns the same question restricted to what the log knew at a moment. */
    public AsOf andRecorded(Instant moment) {
        return new AsOf(occurred, Optional.of(moment), version);
    }

    /** Returns the same question restricted to what the log knew at the end of a day, UTC. */
    public AsOf andRecorded(LocalDate day) {
        return andRecorded(day, ZoneOffset.UTC);
    }

    /** Returns the same question restricted to what the log knew at the end of a day in a zone. */
    public AsOf andRecorded(LocalDate day, ZoneId zone) {
        return andRecorded(lastMomentOf(day, zone));
    }

    private static Instant lastMomentOf(LocalDate day, ZoneId zone) {
        if (day.getYear() < 1 || day.getYear() > 9999) {
            throw new IllegalArgumentException("the day is %s, it must lie in the years 1 to 9999".formatted(day));
        }
        LocalDate nextDay = day.plusDays(1);
        ZonedDateTime midnight = nextDay.atStartOfDay(zone);
        // Where clocks are set back over midnight (in St. John's until 2011, from 00:01 to 23:01), the day goes on
        // after its
        // first midnight and ends at the second, with that first minute of the next day inside it.
        ZoneOffsetTransition change = zone.getRules().getTransition(nextDay.atStartOfDay());
        boolean dayGoesOn = change != null
                && change.isOverlap()
                && !change.getDateTimeAfter().toLocalDate().isAfter(day);
        return (dayGoesOn ? midnight.withLaterOffsetAtOverlap() : midnight)
                .toInstant()
                .minus(1, ChronoUnit.MICROS);
    }
}
