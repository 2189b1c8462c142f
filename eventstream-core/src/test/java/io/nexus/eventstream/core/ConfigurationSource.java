package io.nexus.eventstream.core;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** The two places that a configuration is read from, so that a test can be run with each. */
enum ConfigurationSource {
    PROPERTIES {
        @Override
        String spelled(String key) {
            return "eventstream." + key;
        }

        @Override
        EventStreamConfig read(Map<String, String> spelled) {
            Properties properties = new Properties();
            properties.putAll(spelled);
            return EventStreamConfig.fromProperties(properties);
        }
    },
    ENVIRONMENT {
        @Override
        String spelled(String key) {
            return SPECIFIED.getOrDefault(
                    key, "EVENTSTREAM_" + key.replace('.', '_').toUpperCase(Locale.ROOT));
        }

        @Override
        EventStreamConfig read(Map<String, String> spelled) {
            return EventStreamConfig.fromEnvironment(spelled);
        }
    };

    /** The variables that the specification names otherwise than by their key. */
    private static final Map<String, String> SPECIFIED = Map.ofEntries(
            Map.entry("performance.batch_size", "EVENTSTREAM_BATCH_SIZE"),
            Map.entry("performance.max_batch_size", "EVENTSTREAM_MAX_BATCH_SIZE"),
            Map.entry("performance.snapshot_cache_ttl", "EVENTSTREAM_SNAPSHOT_CACHE_TTL"),
            Map.entry("snapshots.threshold", "EVENTSTREAM_SNAPSHOT_THRESHOLD"),
            Map.entry("snapshots.retention", "EVENTSTREAM_SNAPSHOT_RETENTION_DAYS"),
            Map.entry("archive.storage_disk", "EVENTSTREAM_ARCHIVE_DISK"),
            Map.entry("projections.lag_threshold_seconds", "EVENTSTREAM_PROJECTION_LAG_THRESHOLD"),
            Map.entry("projections.failure_notification", "EVENTSTREAM_PROJECTION_FAILURE_NOTIFY"),
            Map.entry("security.encrypt_payloads", "EVENTSTREAM_ENCRYPT_PAYLOADS"));

    /** Returns how a key is spelled in this place. */
    abstract String spelled(String key);

    /** Reads keys that are spelled as in this place. */
    abstract EventStreamConfig read(Map<String, String> spelled);

    /** Reads keys and values, given in turn. */
    EventStreamConfig config(String... keysAndValues) {
        Map<String, String> spelled = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            spelled.put(spelled(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return read(spelled);
    }
}
