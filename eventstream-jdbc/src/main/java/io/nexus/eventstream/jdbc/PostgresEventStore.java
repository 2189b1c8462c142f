package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SerializingEventStore;
import io.nexus.eventstream.core.projection.AppendListeners;
import io.nexus.eventstream.core.projection.InlineProjections;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The event log in PostgreSQL 14 to 18.
 *
 * <pre>{@code
 * SchemaMigrator.of(dataSource).migrate();
 * EventStore store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
 * }</pre>
 *
 * <h2>Connections</h2>
 *
 * <p>Any {@code DataSource} will do, a pool in general; a pool of one is enough. Each call takes one connection, uses it for
 * one round trip in most cases, and gives it back as it was: autocommit, read-only and isolation level are put back. The
 * connections must not be part of a transaction already. Nothing is kept in a session, so a transaction pooler may stand in
 * between; with pgbouncer before 1.21 set {@code prepareThreshold=0} on the driver.
 *
 * <h2>Group commit</h2>
 *
 * <p>Appends of concurrent threads travel together: while one call is under way, the next appends queue up, and the first of
 * them sends them all in one call and one commit. Each has its own outcome, as if it had come alone, one after the other. An
 * append without company waits for nothing. If the connection breaks under a group, each of its appends is sent again by
 * itself and found by its event ids, so it may be answered with {@code alreadyRecorded}; only if that fails too is its
 * outcome unknown. A thread that is interrupted before its append was sent gets a {@link
 * io.nexus.eventstream.StorageException}, and nothing was written; afterwards the interrupt is kept and the outcome
 * returned. {@link Builder#groupCommit} switches it off.
 *
 * <h2>Whose transaction</h2>
 *
 * <p>Methods of this class commit on their own. {@link #joining} gives a store whose every call runs in a transaction of the
 * caller, who alone commits it.
 *
 * <h2>Inline projectors</h2>
 *
 * <p>With {@link Builder#inline} an append of this class is one transaction that takes the tenant's lane, appends, runs the
 * projectors and commits: the read models are up to date when it returns. If a projector fails, that append fails with
 * {@link io.nexus.eventstream.projection.ProjectionException}, and neither its events nor anything in a read model
 * remains. It costs several round trips and keeps the tenant's other appends waiting meanwhile. What is appended through
 * {@link #joining} runs the same projectors in the caller's transaction. If the connection breaks before the commit,
 * nothing was written and a {@link io.nexus.eventstream.StorageException} says so; if it breaks at the commit, it is a
 * {@link io.nexus.eventstream.CommitOutcomeUnknownException}.
 *
 * <p>Thread-safe.
 */
public final class PostgresEventStore extends ForwardingEventStore
        implements ProjectingEventStore, SnapshottingEventStore, ProvingEventStore {

    private final Statements statements;
    private final AppendSettings settings;
    private final EventSerializer serializer;
    private final StoreLimits limits;
    private final @Nullable GroupCommit groupCommit;
    private final SerializingEventStore delegate;
    private final InlineProjections inline;
    private final InlineAppends inlineAppends;
    private final Lanes lanes;
    private final PostgresProjectionStorage projections;
    private final PostgresSnapshots statistics;
    private final SnapshotRepository snapshots;
    private final PostgresProofs proofs;
    private final AppendListeners listeners = new AppendListeners();

    private PostgresEventStore(Builder builder) {
        ServerCheck.Findings server = ServerCheck.run(builder.dataSource, builder.schema, builder.synchronousCommit);
        statements = new Statements(builder.schema, server.hasRowSecurity());
        settings = new AppendSettings(
                builder.clock,
                builder.clockTolerance,
                builder.laneTimeout,
                builder.synchronousCommit,
                new AppendMeter(builder.metrics));
        serializer = builder.serializer;
        limits = builder.limits;
        OwnConnections connections = new OwnConnections(builder.dataSource, statements.wall);
        PostgresEventStorage storage = new PostgresEventStorage(connections, statements, settings);
        groupCommit = builder.groupsCommits()
                ? new GroupCommit(connections, storage, statements, settings, !server.isCitus())
                : null;
        delegate = SerializingEventStore.of(
                groupCommit == null ? storage : groupCommit, serializer, limits, builder.autoCreateTenants);
        inline = new InlineProjections(builder.inline);
        inlineAppends = new InlineAppends(
                connections, statements.schema, this::joining, builder.synchronousCommit, builder.autoCreateTenants);
        lanes = new Lanes(statements, builder.laneTimeout);
        projections = new PostgresProjectionStorage(connections, statements, builder.laneTimeout);
        statistics = new PostgresSnapshots(connections, statements);
        snapshots = serializer.protecting(statistics);
        proofs = new PostgresProofs(connections, storage, statements, builder.laneTimeout);
    }

    /**
     * Returns a store for events of these types in the schema {@code eventstream}. Checks the server once.
     *
     * @throws io.nexus.eventstream.StorageException if the database cannot be reached, or has no such schema of a version
     *     that fits
     */
    public static PostgresEventStore create(DataSource dataSource, EventTypes types) {
        return builder(dataSource, JsonEventSerializer.of(types)).build();
    }

    /** Returns a builder of a store. */
    public static Builder builder(DataSource dataSource, EventSerializer serializer) {
        return new Builder(dataSource, serializer);
    }

    /**
     * Returns a store whose calls run on this connection, in the transaction that the caller has begun on it. It is never
     * committed, rolled back, closed or changed from here; what is appended becomes visible to others, and final, when the
     * caller commits.
     *
     * <p>From the append on, the transaction holds the tenant's lane and other appends of that tenant wait. So append last
     * and commit at once; where read models are written in the same transaction, take the lane first, {@link
     * JoinedEventStore#lockLanes}. The transaction may append for one tenant only, unless it took all lanes up front.
     *
     * @param connection with autocommit off; used for the calls on the returned store and not kept otherwise
     * @return a store as thread-safe as the connection, to be dropped when the transaction ends
     */
    public JoinedEventStore joining(Connection connection) {
        Objects.requireNonNull(connection, "connection");
        PostgresEventStorage storage = new PostgresEventStorage(new CallerConnection(connection), statements, settings);
        return new JoinedEventStore(
                storage,
                SerializingEventStore.of(storage, serializer, limits, false),
                serializer,
                inline,
                tenant -> new PostgresProjectionTransaction(connection, tenant, statements, lanes));
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.nexus.eventstream.projection.ProjectionException if an inline projector failed; nothing was written
     */
    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        AppendResult result = inline.isEmpty()
                ? delegate.appendAll(tenant, appends)
                : inlineAppends.appendAll(tenant, appends, delegate::ensureTenant);
        listeners.appended(tenant);
        return result;
    }

    @Override
    public ProjectionStorage projections() {
        return projections;
    }

    @Override
    public SnapshotRepository snapshots() {
        return snapshots;
    }

    @Override
    public SnapshotRepository protecting(SnapshotRepository others) {
        return serializer.protecting(others);
    }

    @Override
    public StatisticsStorage statistics() {
        return statistics;
    }

    @Override
    public ProofStorage proofs() {
        return proofs;
    }

    @Override
    public List<Projector> inlineProjectors() {
        return inline.projectors();
    }

    @Override
    public Subscription onAppend(Consumer<TenantId> listener) {
        return listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    /** Returns whether appends of concurrent threads travel together. */
    boolean groupsCommits() {
        return groupCommit != null;
    }

    /** Returns how many appends wait to travel with others. */
    int appendsInLine() {
        return groupCommit == null ? 0 : groupCommit.inLine();
    }

    SchemaName schema() {
        return statements.schema;
    }

    /** Sets up a {@link PostgresEventStore}. Not thread-safe. */
    public static final class Builder {

        private final DataSource dataSource;
        private final EventSerializer serializer;
        private SchemaName schema = SchemaName.DEFAULT;
        private StoreLimits limits = StoreLimits.defaults();
        private boolean autoCreateTenants = true;
        private boolean synchronousCommit = true;
        private Clock clock = Clock.systemUTC();
        private Duration clockTolerance = Duration.ofMinutes(5);
        private Duration laneTimeout = Duration.ofSeconds(10);
        private List<Projector> inline = List.of();
        private @Nullable Boolean groupCommit;
        private AppendMetrics metrics = AppendMetrics.NONE;

        private Builder(DataSource dataSource, EventSerializer serializer) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
            this.serializer = Objects.requireNonNull(serializer, "serializer");
        }

        /** Sets the schema that holds the log; by default {@code eventstream}. */
        public Builder schema(SchemaName name) {
            schema = Objects.requireNonNull(name, "schema");
            return this;
        }

        /** Sets how large appends and pages may be; by default {@link StoreLimits#defaults()}. */
        public Builder limits(StoreLimits newLimits) {
            limits = Objects.requireNonNull(newLimits, "limits");
            return this;
        }

        /** Sets whether the first append of a tenant creates it; by default it does. Never in a caller's transaction. */
        public Builder autoCreateTenants(boolean create) {
            autoCreateTenants = create;
            return this;
        }

        /**
         * Sets whether own commits wait for the disk even where the session has {@code synchronous_commit} switched off; by
         * default they do. Without it a crash of the server can lose appends that were acknowledged, and give their
         * positions to others.
         */
        public Builder synchronousCommit(boolean on) {
            synchronousCommit = on;
            return this;
        }

        /** Sets the clock that the database's is compared with; by default this machine's. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /**
         * Sets by how much the database's clock may be behind the newest event, or differ from this machine's clock, before
         * appends are refused; by default 5 minutes.
         *
         * @throws IllegalArgumentException if it is negative or above 10 years
         */
        public Builder clockTolerance(Duration tolerance) {
            clockTolerance = requireWithin("clockTolerance", tolerance, Duration.ZERO, Duration.ofDays(3650));
            return this;
        }

        /**
         * Sets how long a call waits for a tenant's lane; by default 10 seconds. 0 does not wait at all.
         *
         * @throws IllegalArgumentException if it is negative or above an hour
         */
        public Builder laneTimeout(Duration timeout) {
            laneTimeout = requireWithin("laneTimeout", timeout, Duration.ZERO, Duration.ofHours(1));
            return this;
        }

        /**
         * Sets whether appends of concurrent threads may travel in one call and one commit, each with its own outcome. By
         * default they may if the {@code DataSource} is a plain pool (HikariCP, DBCP 2, Tomcat) or the driver's own: one
         * thread's connection then carries the appends of others. Never allow it for a {@code DataSource} that chooses the
         * database, or joins a transaction, by thread. It concerns neither inline projectors nor {@link #joining}.
         */
        public Builder groupCommit(boolean allowed) {
            groupCommit = allowed;
            return this;
        }

        /** Sets who hears how appends go; by default nobody. */
        public Builder metrics(AppendMetrics newMetrics) {
            metrics = Objects.requireNonNull(newMetrics, "metrics");
            return this;
        }

        private boolean groupsCommits() {
            return groupCommit == null ? GroupCommit.suits(dataSource) : groupCommit;
        }

        /**
         * Sets the projectors that run in the transaction of each append, in this order; by default none. A projector that
         * is new to a log with events begins once the engine has built its read model up to the present. A name given twice
         * is refused by {@link #build()}.
         */
        public Builder inline(Projector... projectors) {
            inline = List.of(projectors);
            return this;
        }

        /**
         * Returns the store, after a look at the server.
         *
         * @throws io.nexus.eventstream.StorageException if the database cannot be reached, or has no such schema of a
         *     version that fits
         * @throws IllegalArgumentException if two inline projectors have one name
         */
        public PostgresEventStore build() {
            return new PostgresEventStore(this);
        }

        private static Duration requireWithin(String name, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException("%s is %s, it must be %s to %s".formatted(name, value, least, most));
            }
            return value;
        }
    }
}
