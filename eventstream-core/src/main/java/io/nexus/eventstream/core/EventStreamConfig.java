package io.nexus.eventstream.core;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.access.SinkFailure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;

/**
 * How a store is set up, for hosts that configure rather than wire by hand. Every key, its default and its effect stand in
 * {@code docs/configuration.md}.
 *
 * @param enabled whether events are recorded at all; {@code false} gives a store whose appends do nothing
 * @param criticalDomains domains whose law demands a complete history: their store cannot be switched off
 * @param backend the name of the store, {@code postgres} or {@code memory} or another that is on the class path
 * @param limits how large appends and pages may be
 * @param maskedFields names of the fields whose values are hidden when an event is printed
 * @param encryptPayloads whether the serializer must encrypt payloads as a whole
 * @param autoCreateTenants whether the first append of a tenant creates it
 * @param projections how projections run
 * @param snapshots how snapshots are made and kept
 * @param access who may do what, and where it is recorded
 * @param options settings of single backends, keys with the backend's name in front: {@code postgres.schema}
 */
public record EventStreamConfig(
        boolean enabled,
        Set<String> criticalDomains,
        String backend,
        StoreLimits limits,
        Set<String> maskedFields,
        boolean encryptPayloads,
        boolean autoCreateTenants,
        ProjectionSettings projections,
        SnapshotSettings snapshots,
        AccessSettings access,
        Map<String, String> options) {

    /** Copies the collections. */
    public EventStreamConfig {
        criticalDomains = Set.copyOf(criticalDomains);
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(projections, "projections");
        Objects.requireNonNull(snapshots, "snapshots");
        Objects.requireNonNull(access, "access");
        maskedFields = Set.copyOf(maskedFields);
        options = Map.copyOf(options);
    }

    /** Returns the configuration of an empty file: recorded in PostgreSQL, finance and inventory critical. */
    public static EventStreamConfig defaults() {
        return builder().build();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a preset for some 10,000 events a day in one company: pages of 100, tenants come into being with their first
     * event, one plain events table.
     */
    public static EventStreamConfig smallBusiness() {
        return builder().batchSize(100).maxBatchSize(1_000).build();
    }

    /** Returns a preset for some 100,000 events a day: as the small one, with pages of 500, at most 5,000. */
    public static EventStreamConfig mediumBusiness() {
        return builder().maxBatchSize(5_000).batchSize(500).build();
    }

    /**
     * Returns a preset for a million events a day and more, of many tenants: pages of 1,000, at most 10,000; tenants are
     * created on purpose only; a schema that is created with it spreads the events over 8 partitions by tenant.
     */
    public static EventStreamConfig largeEnterprise() {
        return builder()
                .maxBatchSize(10_000)
                .batchSize(1_000)
                .autoCreateTenants(false)
                .option("postgres.partitions", "8")
                .build();
    }

    /**
     * Reads the keys that begin with {@code eventstream.} and leaves other keys to their owners.
     *
     * @throws ConfigurationException if such a key is unknown, not available yet, or has a value that cannot be used; it
     *     names the key
     */
    public static EventStreamConfig fromProperties(Properties properties) {
        Builder builder = builder();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(Setting.PROPERTY_PREFIX)) {
                String key = name.substring(Setting.PROPERTY_PREFIX.length());
                builder.set(name, key, properties.getProperty(name));
            }
        }
        return builder.checked();
    }

    /**
     * Reads the variables that begin with {@code EVENTSTREAM_}, for example {@code EVENTSTREAM_BATCH_SIZE}. Pass {@link
     * System#getenv()}.
     *
     * @throws ConfigurationException if such a variable is unknown, not available yet, or has a value that cannot be used;
     *     it names the variable
     */
    public static EventStreamConfig fromEnvironment(Map<String, String> environment) {
        Builder builder = builder();
        environment.forEach((name, value) -> {
            if (name.startsWith(Setting.VARIABLE_PREFIX)) {
                builder.setVariable(name, value);
            }
        });
        return builder.checked();
    }

    /** Returns a builder that begins with this configuration. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns the options of one backend without its name in front. */
    Map<String, String> optionsOf(String name) {
        Map<String, String> own = new HashMap<>();
        options.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                own.put(key.substring(name.length() + 1), value);
            }
        });
        return own;
    }

    /** Sets up an {@link EventStreamConfig}. Not thread-safe. */
    public static final class Builder {

        private boolean enabled = true;
        private final Set<String> criticalDomains = new HashSet<>(Set.of("finance", "inventory"));
        private String backend = "postgres";
        private int maxEventsPerAppend = StoreLimits.defaults().maxEventsPerAppend();
        private int maxPayloadBytes = StoreLimits.defaults().maxPayloadBytes();
        private int maxMetadataBytes = StoreLimits.defaults().maxMetadataBytes();
        private int batchSize = StoreLimits.defaults().pageSize();
        private int maxBatchSize = StoreLimits.defaults().maxPageSize();
        private Set<String> maskedFields = JsonEventSerializer.DEFAULT_MASKED_FIELDS;
        private boolean encryptPayloads;
        private boolean autoCreateTenants = true;
        private ProjectionSettings projections = ProjectionSettings.defaults();
        private SnapshotSettings snapshots = SnapshotSettings.defaults();
        private AccessSettings access = AccessSettings.none();
        private final Map<String, String> options = new HashMap<>();

        /** The settings that were read from properties or the environment, as they were spelled there. */
        private final Map<Setting, String> spelled = new EnumMap<>(Setting.class);

        private Builder() {}

        private Builder(EventStreamConfig config) {
            enabled = config.enabled;
            criticalDomains.clear();
            criticalDomains.addAll(config.criticalDomains);
            backend = config.backend;
            maxEventsPerAppend = config.limits.maxEventsPerAppend();
            maxPayloadBytes = config.limits.maxPayloadBytes();
            maxMetadataBytes = config.limits.maxMetadataBytes();
            batchSize = config.limits.pageSize();
            maxBatchSize = config.limits.maxPageSize();
            maskedFields = config.maskedFields;
            encryptPayloads = config.encryptPayloads;
            autoCreateTenants = config.autoCreateTenants;
            projections = config.projections;
            snapshots = config.snapshots;
            access = config.access;
            options.putAll(config.options);
        }

        /** Sets whether events are recorded at all; by default they are. */
        public Builder enabled(boolean on) {
            enabled = on;
            return this;
        }

        /** Sets whether the store of a domain may not be switched off; by default finance and inventory are critical. */
        public Builder critical(String domain, boolean critical) {
            if (critical) {
                criticalDomains.add(domain);
            } else {
                criticalDomains.remove(domain);
            }
            return this;
        }

        /** Sets the name of the store; by default {@code postgres}. */
        public Builder backend(String name) {
            backend = Objects.requireNonNull(name, "backend");
            return this;
        }

        /** Sets how many events a page holds when the query does not say; by default 100. */
        public Builder batchSize(int events) {
            batchSize = StoreLimits.defaults()
                    .withPageSize(events, Math.max(events, maxBatchSize))
                    .pageSize();
            return this;
        }

        /** Sets how many events a page holds at most; by default 1,000. */
        public Builder maxBatchSize(int events) {
            maxBatchSize = StoreLimits.defaults().withPageSize(1, events).maxPageSize();
            return this;
        }

        /** Sets how many events one append may hold; by default 10,000. */
        public Builder maxEventsPerAppend(int events) {
            maxEventsPerAppend =
                    StoreLimits.defaults().withMaxEventsPerAppend(events).maxEventsPerAppend();
            return this;
        }

        /** Sets how many bytes of JSON a payload may have; by default 16 MiB. */
        public Builder maxPayloadBytes(int bytes) {
            maxPayloadBytes = StoreLimits.defaults().withMaxPayloadBytes(bytes).maxPayloadBytes();
            return this;
        }

        /** Sets how many bytes of JSON the metadata of an event may have; by default 64 KiB. */
        public Builder maxMetadataBytes(int bytes) {
            maxMetadataBytes =
                    StoreLimits.defaults().withMaxMetadataBytes(bytes).maxMetadataBytes();
            return this;
        }

        /** Sets the names of the fields whose values are hidden; by default {@code password, ssn, credit_card}. */
        public Builder maskedFields(Set<String> names) {
            maskedFields = Set.copyOf(names);
            return this;
        }

        /**
         * Sets whether payloads must be stored encrypted as a whole; by default not. The manager then starts only with a serializer
         * that {@linkplain io.nexus.eventstream.spi.EventSerializer#encryptsPayloads() does so}.
         */
        public Builder encryptPayloads(boolean whole) {
            encryptPayloads = whole;
            return this;
        }

        /** Sets whether the first append of a tenant creates it; by default it does. */
        public Builder autoCreateTenants(boolean create) {
            autoCreateTenants = create;
            return this;
        }

        /** Sets whether an engine that is started does anything; by default it does. */
        public Builder projectionsEnabled(boolean on) {
            projections = projections.withEnabled(on);
            return this;
        }

        /** Sets how far behind the log a projection may be before listeners are told, 1 second or more; by default 10. */
        public Builder projectionLagThreshold(int seconds) {
            projections = projections.withLagThreshold(Duration.ofSeconds(seconds));
            return this;
        }

        /** Sets whether listeners are told of projections that failed; by default they are. */
        public Builder projectionFailureNotification(boolean on) {
            projections = projections.withFailureNotification(on);
            return this;
        }

        /** Sets whether snapshots are made and read at all; by default they are where folds are declared for them. */
        public Builder snapshotsEnabled(boolean on) {
            snapshots = snapshots.withEnabled(on);
            return this;
        }

        /** Sets after how many events a stream is to have a new snapshot, 1 or more; by default 100. */
        public Builder snapshotThreshold(int events) {
            snapshots = snapshots.withThreshold(events);
            return this;
        }

        /** Sets how many days snapshots are kept, 1 or more; by default 30. The newest of each stream and fold stays. */
        public Builder snapshotRetention(int days) {
            snapshots = snapshots.withRetention(Duration.ofDays(days));
            return this;
        }

        /** Sets how many seconds a state stays in memory, 0 (not at all) to 86,400; by default 300. */
        public Builder snapshotCacheTtl(int seconds) {
            snapshots = snapshots.withCacheTtl(Duration.ofSeconds(seconds));
            return this;
        }

        /** Sets how many bytes of JSON the state in a snapshot may have, 1 to 256 MiB; by default 16 MiB. */
        public Builder maxSnapshotBytes(int bytes) {
            snapshots = snapshots.withMaxBytes(bytes);
            return this;
        }

        /**
         * Sets the rights of a role, for example {@code append:account}; by default there are no roles, and nobody is asked.
         *
         * @throws IllegalArgumentException if the name or a right cannot be used; {@link
         *     io.nexus.eventstream.core.access.RolePolicy} says how they are written
         */
        public Builder role(String name, Set<String> rights) {
            access = access.withRole(name, rights);
            return this;
        }

        /** Sets where calls are recorded; by default nowhere. */
        public Builder auditSinks(List<AccessSettings.Sink> sinks) {
            access = access.withSinks(sinks);
            return this;
        }

        /** Sets what it means that a call cannot be recorded; by default {@link SinkFailure#FAIL_CLOSED}. */
        public Builder onAuditFailure(SinkFailure meaning) {
            access = access.withOnFailure(meaning);
            return this;
        }

        /** Sets an option of one backend, for example {@code postgres.schema}; the backend checks it. */
        public Builder option(String key, String value) {
            options.put(key, Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Returns the configuration.
         *
         * @throws IllegalArgumentException if {@code batchSize} is above {@code maxBatchSize}
         */
        public EventStreamConfig build() {
            StoreLimits limits =
                    new StoreLimits(maxEventsPerAppend, maxPayloadBytes, maxMetadataBytes, batchSize, maxBatchSize);
            return new EventStreamConfig(
                    enabled,
                    criticalDomains,
                    backend,
                    limits,
                    maskedFields,
                    encryptPayloads,
                    autoCreateTenants,
                    projections,
                    snapshots,
                    access,
                    options);
        }

        private EventStreamConfig checked() {
            if (batchSize > maxBatchSize) {
                // The one that was given is named: a default is nobody's mistake.
                String given = spelled.getOrDefault(
                        Setting.BATCH_SIZE, spelled.getOrDefault(Setting.MAX_BATCH_SIZE, Setting.BATCH_SIZE.key()));
                throw new ConfigurationException(
                        given,
                        "%s is %d, it must not be above %s, which is %d"
                                .formatted(
                                        Setting.BATCH_SIZE.key(),
                                        batchSize,
                                        Setting.MAX_BATCH_SIZE.key(),
                                        maxBatchSize));
            }
            return build();
        }

        private void apply(Setting setting, String name, String value) {
            setting.apply(this, name, value);
            spelled.put(setting, name);
        }

        private void set(String name, String key, String value) {
            Setting setting = Setting.ofKey(key).orElse(null);
            if (setting != null) {
                apply(setting, name, value);
            } else if (key.startsWith(Setting.ROLES)) {
                setRole(name, key, value);
            } else if (EventStores.isBackendOption(key)) {
                option(key, value);
            } else {
                throw new ConfigurationException(
                        name, "unknown; known are %s, and those of a backend".formatted(Setting.keys()));
            }
        }

        private void setVariable(String name, String value) {
            Setting setting = Setting.ofVariable(name).orElse(null);
            if (setting != null) {
                apply(setting, name, value);
                return;
            }
            if (name.startsWith(Setting.ROLES_VARIABLE)) {
                setRole(
                        name,
                        Setting.ROLES
                                + name.substring(Setting.ROLES_VARIABLE.length())
                                        .toLowerCase(Locale.ROOT),
                        value);
                return;
            }
            // EVENTSTREAM_POSTGRES_LANE_TIMEOUT is the option lane_timeout of the backend postgres.
            String key = name.substring(Setting.VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT);
            String option = key.replaceFirst("_", ".");
            if (!EventStores.isBackendOption(option)) {
                throw new ConfigurationException(name, "unknown; see the list of keys in docs/configuration.md");
            }
            option(option, value);
        }

        private void setRole(String name, String key, String value) {
            Setting.applied(name, value, text -> role(key.substring(Setting.ROLES.length()), Setting.asSet(text)));
        }
    }
}
