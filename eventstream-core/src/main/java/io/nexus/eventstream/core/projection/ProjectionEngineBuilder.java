package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.core.ProjectionSettings;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Sets up a {@link ProjectionEngine}. Not thread-safe. */
public final class ProjectionEngineBuilder {

    private static final Duration LONGEST = Duration.ofDays(365);

    private final ProjectingEventStore store;
    private final Map<String, Registration> registrations = new LinkedHashMap<>();
    private final List<ProjectionListener> listeners = new ArrayList<>();
    private @Nullable Executor executor;
    private boolean enabled = true;
    private boolean failureNotification = true;
    private String owner = "engine-" + UUID.randomUUID();
    private int workers = 4;
    private int batchSize = 500;
    private Duration pollInterval = Duration.ofMillis(500);
    private Duration lease = Duration.ofSeconds(30);
    private int maxAttempts = 5;
    private BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(10));
    private Duration lagThreshold = Duration.ofSeconds(10);
    private boolean failureMessages;

    ProjectionEngineBuilder(ProjectingEventStore store) {
        this.store = Objects.requireNonNull(store, "store");
        store.inlineProjectors().forEach(projector -> add(new Registration(projector, ErrorPolicy.STOP, true)));
    }

    /** Registers a projector that stops when an event fails. */
    public ProjectionEngineBuilder projector(Projector projector) {
        return projector(projector, ErrorPolicy.STOP);
    }

    /**
     * Registers a projector.
     *
     * @throws IllegalArgumentException if its name or version cannot be used, or another one has its name
     */
    public ProjectionEngineBuilder projector(Projector projector, ErrorPolicy errorPolicy) {
        add(new Registration(projector, errorPolicy, false));
        return this;
    }

    private void add(Registration registration) {
        String name = registration.projector().name();
        if (registrations.putIfAbsent(name, registration) != null) {
            throw new IllegalArgumentException("two projectors are named '%s'".formatted(name));
        }
    }

    /** Adds somebody who hears of failures, lag and rebuilds. */
    public ProjectionEngineBuilder listener(ProjectionListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** Takes over what a configuration says of projections. */
    public ProjectionEngineBuilder settings(ProjectionSettings newSettings) {
        enabled = newSettings.enabled();
        lagThreshold = newSettings.lagThreshold();
        failureNotification = newSettings.failureNotification();
        return this;
    }

    /** Sets whose threads do the work, for example one virtual thread for each task; by default own daemon threads. */
    public ProjectionEngineBuilder executor(Executor newExecutor) {
        executor = Objects.requireNonNull(newExecutor, "executor");
        return this;
    }

    /** Sets the name under which this engine holds leases, one for each node; by default a random one. At most 128 characters. */
    public ProjectionEngineBuilder owner(String name) {
        if (name.isBlank() || name.length() > Registration.MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("the owner must have 1 to %d characters and not be blank, it has %d"
                    .formatted(Registration.MAX_NAME_LENGTH, name.length()));
        }
        owner = name;
        return this;
    }

    /** Sets how many projections work at a time, each with a connection; by default 4. */
    public ProjectionEngineBuilder workers(int number) {
        workers = requireWithin("workers", number, 1, 1_000);
        return this;
    }

    /** Sets how many events a transaction handles in general, 1 to 100,000; by default 500. */
    public ProjectionEngineBuilder batchSize(int number) {
        batchSize = requireWithin("batchSize", number, 1, EventQuery.MAX_PAGE_SIZE);
        return this;
    }

    /** Sets how often to look for appends that this engine was not told of; by default every 500 ms. */
    public ProjectionEngineBuilder pollInterval(Duration interval) {
        pollInterval = requirePositive("pollInterval", interval);
        return this;
    }

    /** Sets how long after its last sign of life another engine may take a projection over; by default 30 s. */
    public ProjectionEngineBuilder lease(Duration duration) {
        lease = requirePositive("lease", duration);
        return this;
    }

    /** Sets how often a failing event is tried before the projection stops; by default 5 times. */
    public ProjectionEngineBuilder maxAttempts(int number) {
        maxAttempts = requireWithin("maxAttempts", number, 1, 1_000);
        return this;
    }

    /** Sets how long to wait after a failure: first, and at most; by default 100 ms and 10 s. */
    public ProjectionEngineBuilder backOff(Duration first, Duration most) {
        backOff = new BackOff(requirePositive("first", first), requirePositive("most", most));
        return this;
    }

    /** Sets how far behind the log, in time, a projection may be before listeners are told; by default 10 s. */
    public ProjectionEngineBuilder lagThreshold(Duration threshold) {
        lagThreshold = requirePositive("lagThreshold", threshold);
        return this;
    }

    /**
     * Sets whether the messages of exceptions are kept in the database, with a projection that stopped and with an event that was put
     * aside. By default only this library's are, and of others the class, where it was thrown, and what a database names: SQLSTATE, table,
     * constraint. A message may quote what an event says, and stays in backups and in the write-ahead log whoever is erased; so keep
     * them only where events hold nothing personal, or no projector's exception quotes it.
     */
    public ProjectionEngineBuilder failureMessages(boolean keep) {
        failureMessages = keep;
        return this;
    }

    /** Returns the engine, which does nothing yet. */
    public ProjectionEngine build() {
        return new ProjectionEngine(this);
    }

    boolean enabled() {
        return enabled;
    }

    Optional<Executor> executor() {
        return Optional.ofNullable(executor);
    }

    EngineSettings settings() {
        return new EngineSettings(
                store,
                Map.copyOf(registrations),
                new Listeners(listeners, failureNotification),
                owner,
                workers,
                batchSize,
                pollInterval,
                lease,
                maxAttempts,
                backOff,
                lagThreshold,
                failureMessages);
    }

    private static int requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d, it must be %d to %d".formatted(name, value, least, most));
        }
        return value;
    }

    private static Duration requirePositive(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be a millisecond or more, and at most %s".formatted(name, value, LONGEST));
        }
        return value;
    }
}
