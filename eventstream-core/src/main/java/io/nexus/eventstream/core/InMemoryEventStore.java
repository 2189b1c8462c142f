package io.nexus.eventstream.core;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * A store that keeps its events on the heap, for tests and to try things out. It passes the same contract as the
 * PostgreSQL store, hash chain included, and forgets everything when it is let go.
 *
 * <p>Thread-safe. It has no transactions of the caller.
 */
public final class InMemoryEventStore extends ForwardingEventStore {

    private final SerializingEventStore delegate;

    private InMemoryEventStore(Builder builder) {
        InMemoryEventStorage storage = new InMemoryEventStorage(builder.clock, builder.clockTolerance);
        delegate = SerializingEventStore.of(storage, builder.serializer, builder.limits, builder.autoCreateTenants);
    }

    /** Returns an empty store for events of these types. */
    public static InMemoryEventStore create(EventTypes types) {
        return builder(JsonEventSerializer.of(types)).build();
    }

    /** Returns a builder of an empty store. */
    public static Builder builder(EventSerializer serializer) {
        return new Builder(serializer);
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    /** Sets up an {@link InMemoryEventStore}. Not thread-safe. */
    public static final class Builder {

        private final EventSerializer serializer;
        private StoreLimits limits = StoreLimits.defaults();
        private boolean autoCreateTenants = true;
        private Clock clock = Clock.systemUTC();
        private Duration clockTolerance = Duration.ofMinutes(5);

        private Builder(EventSerializer serializer) {
            this.serializer = Objects.requireNonNull(serializer, "serializer");
        }

        /** Sets how large appends and pages may be; by default {@link StoreLimits#defaults()}. */
        public Builder limits(StoreLimits newLimits) {
            limits = Objects.requireNonNull(newLimits, "limits");
            return this;
        }

        /** Sets whether the first append of a tenant creates it; by default it does. */
        public Builder autoCreateTenants(boolean create) {
            autoCreateTenants = create;
            return this;
        }

        /** Sets the clock that events are recorded by, what the database's clock is elsewhere; by default the system's. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Sets how far the clock may be behind the newest event before appends are refused; by default 5 minutes. */
        public Builder clockTolerance(Duration tolerance) {
            clockTolerance = Objects.requireNonNull(tolerance, "tolerance");
            return this;
        }

        /** Returns an empty store. */
        public InMemoryEventStore build() {
            return new InMemoryEventStore(this);
        }
    }
}
