package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ConfigurationException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a setting, the exception names the key as the user spelled it. */
class ConfigurationFaultsTest {

    @ParameterizedTest
    @MethodSource("badValues")
    void valuesThatCannotBeUsedAreRefused(ConfigurationSource source, String key, String value, String message) {
        assertRefused(source, key, message, () -> source.config(key, value));
    }

    static Stream<Arguments> badValues() {
        return Arrays.stream(new String[][] {
                    {"enabled", "yes", "\"yes\" is neither true nor false"},
                    {"critical_domains.finance", "1", "\"1\" is neither true nor false"},
                    {"critical_domains.inventory", "on", "\"on\" is neither true nor false"},
                    {"critical_domains.payable", "no", "\"no\" is neither true nor false"},
                    {"critical_domains.receivable", "ja", "\"ja\" is neither true nor false"},
                    {"tenants.auto_create", "maybe", "\"maybe\" is neither true nor false"},
                    {"performance.batch_size", "many", "\"many\" is not a whole number up to 2147483647"},
                    {"performance.batch_size", "0", "pageSize is 0, it must be 1 to 1000"},
                    {"performance.batch_size", "100001", "maxPageSize is 100001, it must be 1 to 100000"},
                    {"performance.max_batch_size", "1.5", "\"1.5\" is not a whole number up to 2147483647"},
                    {"performance.max_batch_size", "0", "maxPageSize is 0, it must be 1 to 100000"},
                    {"limits.max_events_per_append", "-1", "maxEventsPerAppend is -1, it must be 1 to 1000000"},
                    {"limits.max_payload_bytes", "16M", "\"16M\" is not a whole number up to 2147483647"},
                    {"limits.max_payload_bytes", "2147483648", "\"2147483648\" is not a whole number up to 2147483647"},
                    {"limits.max_metadata_bytes", "0", "maxMetadataBytes is 0, it must be 1 to 16777216"},
                    {"security.masked_fields", " , ,", "\", ,\" holds no name"},
                    {"snapshots.enabled", "yes", "\"yes\" is neither true nor false"},
                    {"snapshots.threshold", "0", "threshold is 0, it must be 1 or more"},
                    {"snapshots.retention", "0", "retention is 0 days, it must be 1 to 36500"},
                    {"performance.snapshot_cache_ttl", "-1", "cacheTtl is -1 seconds, it must be 0 (no cache) to 86400"
                    },
                    {"limits.max_snapshot_bytes", "0", "maxBytes is 0, it must be 1 to 268435456"},
                    {"audit.sinks", "log, file", "\"file\" is none of log, database"},
                    {"audit.on_failure", "ignore", "\"ignore\" is none of fail_closed, go_on"},
                    {
                        "access.roles.clerk",
                        "append",
                        "\"append\" is not a right: a category is missing, write append:account, or append:* for all"
                    },
                    {
                        "access.roles.clerk",
                        "delete:account",
                        "\"delete:account\" is not a right: there is no operation \"delete\", there are [append, read, read_payload, rebuild, verify, administer]"
                    },
                    {"access.roles.clerk", " , ", "\",\" holds no name"},
                    {
                        "performance.snapshot_cache_ttl",
                        "86401",
                        "cacheTtl is 86401 seconds, it must be 0 (no cache) to 86400"
                    },
                })
                .flatMap(row -> Arrays.stream(ConfigurationSource.values())
                        .map(source -> Arguments.of(source, row[0], row[1], row[2])));
    }

    @ParameterizedTest
    @EnumSource
    void blankValuesAreRefused(ConfigurationSource source) {
        for (Setting setting : Setting.values()) {
            if (setting.isAvailable()) {
                for (String blank : new String[] {"", "  ", "\t"}) {
                    assertRefused(
                            source,
                            setting.key(),
                            "is blank; remove it to have the default",
                            () -> source.config(setting.key(), blank));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void settingsOfPartsThatAreNotBuiltYetAreRefused(ConfigurationSource source) {
        for (String key : new String[] {"archive.enabled", "archive.retention_days", "archive.storage_disk"}) {
            assertRefused(
                    source, key, "is not available yet in this version, remove it", () -> source.config(key, "true"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePageSizesMustFitEachOther(ConfigurationSource source) {
        assertRefused(
                source,
                "performance.batch_size",
                "performance.batch_size is 60, it must not be above performance.max_batch_size, which is 50",
                () -> source.config("performance.batch_size", "60", "performance.max_batch_size", "50"));
        assertRefused(
                source,
                "performance.batch_size",
                "performance.batch_size is 1001, it must not be above performance.max_batch_size, which is 1000",
                () -> source.config("performance.batch_size", "1001"));
        assertRefused(
                source,
                "performance.max_batch_size",
                "performance.batch_size is 100, it must not be above performance.max_batch_size, which is 50",
                () -> source.config("performance.max_batch_size", "50"));
    }

    @Test
    void unknownPropertiesAreRefusedWithTheKnownOnes() {
        assertRefused(
                ConfigurationSource.PROPERTIES,
                "batchSize",
                "unknown; known are [access.roles.<role>, archive.enabled, archive.retention_days, "
                        + "archive.storage_disk, audit.on_failure, audit.sinks, backend, "
                        + "critical_domains.finance, critical_domains.inventory, critical_domains.payable, "
                        + "critical_domains.receivable, enabled, limits.max_events_per_append, "
                        + "limits.max_metadata_bytes, limits.max_payload_bytes, limits.max_snapshot_bytes, performance.batch_size, "
                        + "performance.max_batch_size, performance.snapshot_cache_ttl, projections.enabled, "
                        + "projections.failure_notification, projections.lag_threshold_seconds, "
                        + "security.encrypt_payloads, security.masked_fields, snapshots.enabled, "
                        + "snapshots.retention, snapshots.threshold, tenants.auto_create], and those of a backend",
                () -> ConfigurationSource.PROPERTIES.config("batchSize", "1"));
    }

    @Test
    void spellingCounts() {
        assertThatThrownBy(() -> ConfigurationSource.PROPERTIES.config("Enabled", "true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("eventstream.Enabled: unknown;");
        assertThatThrownBy(() -> ConfigurationSource.PROPERTIES.config("", "true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("eventstream.: unknown;");
    }

    @Test
    void unknownVariablesAreRefused() {
        for (String name :
                new String[] {"EVENTSTREAM_BATCHSIZE", "EVENTSTREAM_", "EVENTSTREAM_PERFORMANCE_BATCH_SIZE"}) {
            assertThatThrownBy(() -> EventStreamConfig.fromEnvironment(Map.of(name, "1")))
                    .isInstanceOfSatisfying(
                            ConfigurationException.class,
                            e -> assertThat(e.key()).isEqualTo(name))
                    .hasMessage(name + ": unknown; see the list of keys in docs/configuration.md");
        }
    }

    @Test
    void settingsOfOtherLibrariesAreLeftToThem() {
        Properties properties = new Properties();
        properties.put("spring.datasource.url", "x");
        properties.put("EVENTSTREAM_ENABLED", "nonsense");
        properties.put("eventstreams.enabled", "nonsense");
        properties.put(new Object(), new Object());

        assertThat(EventStreamConfig.fromProperties(properties)).isEqualTo(EventStreamConfig.defaults());
        assertThat(EventStreamConfig.fromEnvironment(
                        Map.of("PATH", "/bin", "eventstream.enabled", "nonsense", "EVENTSTREAMS_ENABLED", "nonsense")))
                .isEqualTo(EventStreamConfig.defaults());
    }

    @Test
    void defaultsOfPropertiesCountAsWell() {
        Properties defaults = new Properties();
        defaults.put("eventstream.enabled", "false");

        assertThat(EventStreamConfig.fromProperties(new Properties(defaults)).enabled())
                .isFalse();
    }

    private static void assertRefused(ConfigurationSource source, String key, String message, Runnable reading) {
        assertThatThrownBy(reading::run)
                .isInstanceOfSatisfying(
                        ConfigurationException.class, e -> assertThat(e.key()).isEqualTo(source.spelled(key)))
                .hasMessage(source.spelled(key) + ": " + message);
    }
}
