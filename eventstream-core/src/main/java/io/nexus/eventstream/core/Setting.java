package io.nexus.eventstream.core;

import io.nexus.eventstream.ConfigurationException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every key that a configuration may hold: how it is spelled in properties and in the environment, and what it sets. */
// The effects are lambdas without state of their own, which the checker cannot know.
@SuppressWarnings("ImmutableEnumChecker")
enum Setting {
    ENABLED("enabled", "EVENTSTREAM_ENABLED", (config, value) -> config.enabled(asBoolean(value))),
    CRITICAL_FINANCE("critical_domains.finance", (config, value) -> config.critical("finance", asBoolean(value))),
    CRITICAL_INVENTORY("critical_domains.inventory", (config, value) -> config.critical("inventory", asBoolean(value))),
    CRITICAL_PAYABLE("critical_domains.payable", (config, value) -> config.critical("payable", asBoolean(value))),
    CRITICAL_RECEIVABLE(
            "critical_domains.receivable", (config, value) -> config.critical("receivable", asBoolean(value))),
    BACKEND("backend", "EVENTSTREAM_BACKEND", (config, value) -> config.backend(value)),
    BATCH_SIZE("performance.batch_size", "EVENTSTREAM_BATCH_SIZE", (config, value) -> config.batchSize(asInt(value))),
    MAX_BATCH_SIZE(
            "performance.max_batch_size",
            "EVENTSTREAM_MAX_BATCH_SIZE",
            (config, value) -> config.maxBatchSize(asInt(value))),
    MASKED_FIELDS("security.masked_fields", (config, value) -> config.maskedFields(asSet(value))),
    ENCRYPT_PAYLOADS(
            "security.encrypt_payloads",
            "EVENTSTREAM_ENCRYPT_PAYLOADS",
            (config, value) -> config.encryptPayloads(asBoolean(value))),
    MAX_EVENTS("limits.max_events_per_append", (config, value) -> config.maxEventsPerAppend(asInt(value))),
    MAX_PAYLOAD("limits.max_payload_bytes", (config, value) -> config.maxPayloadBytes(asInt(value))),
    MAX_METADATA("limits.max_metadata_bytes", (config, value) -> config.maxMetadataBytes(asInt(value))),
    AUTO_CREATE_TENANTS("tenants.auto_create", (config, value) -> config.autoCreateTenants(asBoolean(value))),
    PROJECTIONS_ENABLED(
            "projections.enabled",
            "EVENTSTREAM_PROJECTIONS_ENABLED",
            (config, value) -> config.projectionsEnabled(asBoolean(value))),
    PROJECTIONS_LAG(
            "projections.lag_threshold_seconds",
            "EVENTSTREAM_PROJECTION_LAG_THRESHOLD",
            (config, value) -> config.projectionLagThreshold(asInt(value))),
    PROJECTIONS_NOTIFY(
            "projections.failure_notification",
            "EVENTSTREAM_PROJECTION_FAILURE_NOTIFY",
            (config, value) -> config.projectionFailureNotification(asBoolean(value))),
    SNAPSHOTS_ENABLED(
            "snapshots.enabled",
            "EVENTSTREAM_SNAPSHOTS_ENABLED",
            (config, value) -> config.snapshotsEnabled(asBoolean(value))),
    SNAPSHOTS_THRESHOLD(
            "snapshots.threshold",
            "EVENTSTREAM_SNAPSHOT_THRESHOLD",
            (config, value) -> config.snapshotThreshold(asInt(value))),
    SNAPSHOTS_RETENTION(
            "snapshots.retention",
            "EVENTSTREAM_SNAPSHOT_RETENTION_DAYS",
            (config, value) -> config.snapshotRetention(asInt(value))),
    SNAPSHOT_CACHE_TTL(
            "performance.snapshot_cache_ttl",
            "EVENTSTREAM_SNAPSHOT_CACHE_TTL",
            (config, value) -> config.snapshotCacheTtl(asInt(value))),
    SNAPSHOT_BYTES("limits.max_snapshot_bytes", (config, value) -> config.maxSnapshotBytes(asInt(value))),
    AUDIT_SINKS(
            "audit.sinks",
            (config, value) -> config.auditSinks(
                    asSet(value).stream().map(AccessSettings::sink).toList())),
    AUDIT_ON_FAILURE("audit.on_failure", (config, value) -> config.onAuditFailure(AccessSettings.sinkFailure(value))),

    ARCHIVE_ENABLED("archive.enabled", "EVENTSTREAM_ARCHIVE_ENABLED"),
    ARCHIVE_RETENTION("archive.retention_days", "EVENTSTREAM_ARCHIVE_RETENTION_DAYS"),
    ARCHIVE_DISK("archive.storage_disk", "EVENTSTREAM_ARCHIVE_DISK");

    static final String PROPERTY_PREFIX = "eventstream.";
    static final String VARIABLE_PREFIX = "EVENTSTREAM_";

    /** What the keys of roles begin with; the role's own name follows. */
    static final String ROLES = "access.roles.";

    static final String ROLES_VARIABLE = VARIABLE_PREFIX + asVariable(ROLES);

    /** No value that means anything is longer; what is, is a file or a payload in the wrong place. */
    static final int MAX_LENGTH = 10_000;

    private static final Map<String, Setting> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(setting -> setting.key, setting -> setting));
    private static final Map<String, Setting> BY_VARIABLE = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(setting -> setting.variable, setting -> setting));

    private final String key;
    private final String variable;
    private final @Nullable BiConsumer<EventStreamConfig.Builder, String> effect;

    Setting(String key, String variable, BiConsumer<EventStreamConfig.Builder, String> effect) {
        this.key = key;
        this.variable = variable;
        this.effect = effect;
    }

    Setting(String key, BiConsumer<EventStreamConfig.Builder, String> effect) {
        this.key = key;
        this.variable = VARIABLE_PREFIX + asVariable(key);
        this.effect = effect;
    }

    /** A setting of the specification whose part is not built yet. */
    Setting(String key, String variable) {
        this.key = key;
        this.variable = variable;
        this.effect = null;
    }

    static Optional<Setting> ofKey(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    static Optional<Setting> ofVariable(String variable) {
        return Optional.ofNullable(BY_VARIABLE.get(variable));
    }

    static Set<String> keys() {
        Set<String> keys = new TreeSet<>(BY_KEY.keySet());
        keys.add(ROLES + "<role>");
        return keys;
    }

    String key() {
        return key;
    }

    boolean isAvailable() {
        return effect != null;
    }

    /** Applies a value; {@code spelled} is how the user wrote the key, for the message. */
    void apply(EventStreamConfig.Builder config, String spelled, String value) {
        BiConsumer<EventStreamConfig.Builder, String> available = effect;
        if (available == null) {
            throw new ConfigurationException(spelled, "is not available yet in this version, remove it");
        }
        applied(spelled, value, text -> available.accept(config, text));
    }

    /** Has a value used, and names the key if it cannot be. */
    static void applied(String spelled, String value, Consumer<String> use) {
        if (value.isBlank()) {
            throw new ConfigurationException(spelled, "is blank; remove it to have the default");
        }
        if (value.length() > MAX_LENGTH) {
            throw new ConfigurationException(
                    spelled, "has %d characters, at most %d are allowed".formatted(value.length(), MAX_LENGTH));
        }
        try {
            use.accept(value.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(spelled, String.valueOf(e.getMessage()));
        }
    }

    static String asVariable(String key) {
        return key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static boolean asBoolean(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("\"%s\" is neither true nor false".formatted(value));
        };
    }

    private static int asInt(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a whole number up to %d".formatted(value, Integer.MAX_VALUE), e);
        }
    }

    static Set<String> asSet(String value) {
        Set<String> names = Arrays.stream(value.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        if (names.isEmpty()) {
            throw new IllegalArgumentException("\"%s\" holds no name".formatted(value));
        }
        return names;
    }
}
