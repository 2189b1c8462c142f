package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.access.SinkFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventStreamConfigTest {

    private static final StoreLimits LIMITS = new StoreLimits(10_000, 16 * 1024 * 1024, 64 * 1024, 100, 1_000);

    @Test
    void theDefaultsAreThoseOfTheSpecification() {
        EventStreamConfig defaults = new EventStreamConfig(
                true,
                Set.of("finance", "inventory"),
                "postgres",
                LIMITS,
                Set.of("password", "ssn", "credit_card"),
                false,
                true,
                new ProjectionSettings(true, Duration.ofSeconds(10), true),
                new SnapshotSettings(true, 100, Duration.ofDays(30), Duration.ofSeconds(300), 16 * 1024 * 1024),
                AccessSettings.none(),
                Map.of());

        assertThat(EventStreamConfig.defaults()).isEqualTo(defaults);
        assertThat(EventStreamConfig.builder().build()).isEqualTo(defaults);
        assertThat(EventStreamConfig.fromProperties(new Properties())).isEqualTo(defaults);
        assertThat(EventStreamConfig.fromEnvironment(Map.of())).isEqualTo(defaults);
    }

    @Test
    void thePresetsDifferFromTheDefaultsInWhatTheyPromise() {
        EventStreamConfig defaults = EventStreamConfig.defaults();

        assertThat(EventStreamConfig.smallBusiness()).isEqualTo(defaults);
        assertThat(EventStreamConfig.mediumBusiness())
                .isEqualTo(
                        defaults.toBuilder().maxBatchSize(5_000).batchSize(500).build());
        assertThat(EventStreamConfig.largeEnterprise())
                .isEqualTo(defaults.toBuilder()
                        .maxBatchSize(10_000)
                        .batchSize(1_000)
                        .autoCreateTenants(false)
                        .option("postgres.partitions", "8")
                        .build());
    }

    @Test
    void aSmallBusinessReadsPagesOf100AndAMediumOneOf500() {
        EventStreamManager small = withEvents(EventStreamConfig.smallBusiness(), 600);
        EventStreamManager medium = withEvents(EventStreamConfig.mediumBusiness(), 600);

        assertThat(small.read(EventQuery.stream(CASH)).events()).hasSize(100);
        assertThat(small.read(EventQuery.stream(CASH).pageSize(600)).events()).hasSize(600);
        assertThat(medium.read(EventQuery.stream(CASH)).events()).hasSize(500);
    }

    @Test
    void aLargeEnterpriseCreatesItsTenantsOnPurpose() {
        EventStreamManager large = manager(EventStreamConfig.largeEnterprise());

        assertThatThrownBy(() -> large.append(CASH, ExpectedVersion.any(), debited("1")))
                .isInstanceOf(TenantNotFoundException.class);
        assertThat(EventStreamConfig.largeEnterprise().optionsOf("postgres"))
                .containsExactlyEntriesOf(Map.of("partitions", "8"));
    }

    @Test
    void everythingSurvivesTheWayThroughABuilder() {
        EventStreamConfig config = new EventStreamConfig(
                false,
                Set.of("hr"),
                "memory",
                new StoreLimits(1, 2, 3, 4, 5),
                Set.of("iban"),
                true,
                false,
                new ProjectionSettings(false, Duration.ofSeconds(7), false),
                new SnapshotSettings(false, 7, Duration.ofDays(3), Duration.ZERO, 9),
                new AccessSettings(
                        Map.of("clerk", Set.of("append:account")), List.of(AccessSettings.Sink.LOG), SinkFailure.GO_ON),
                Map.of("memory.a", "b"));

        assertThat(config.toBuilder().build()).isEqualTo(config);
        assertThat(EventStreamConfig.defaults().toBuilder().build()).isEqualTo(EventStreamConfig.defaults());
    }

    @Test
    void eachSetterOfTheBuilderSetsItsOwnPart() {
        EventStreamConfig defaults = EventStreamConfig.defaults();

        assertThat(defaults.toBuilder().enabled(false).build())
                .isEqualTo(new EventStreamConfig(
                        false,
                        defaults.criticalDomains(),
                        "postgres",
                        LIMITS,
                        defaults.maskedFields(),
                        false,
                        true,
                        defaults.projections(),
                        defaults.snapshots(),
                        defaults.access(),
                        Map.of()));
        assertThat(defaults.toBuilder().backend("memory").build().backend()).isEqualTo("memory");
        assertThat(defaults.toBuilder().critical("payable", true).build().criticalDomains())
                .containsExactlyInAnyOrder("finance", "inventory", "payable");
        assertThat(defaults.toBuilder().critical("finance", false).build().criticalDomains())
                .containsExactly("inventory");
        assertThat(limits(defaults.toBuilder().maxEventsPerAppend(7))).isEqualTo(LIMITS.withMaxEventsPerAppend(7));
        assertThat(limits(defaults.toBuilder().maxPayloadBytes(7))).isEqualTo(LIMITS.withMaxPayloadBytes(7));
        assertThat(limits(defaults.toBuilder().maxMetadataBytes(7))).isEqualTo(LIMITS.withMaxMetadataBytes(7));
        assertThat(limits(defaults.toBuilder().batchSize(7))).isEqualTo(LIMITS.withPageSize(7, 1_000));
        assertThat(limits(defaults.toBuilder().maxBatchSize(700))).isEqualTo(LIMITS.withPageSize(100, 700));
        assertThat(defaults.toBuilder().maskedFields(Set.of()).build().maskedFields())
                .isEmpty();
        assertThat(defaults.toBuilder().encryptPayloads(true).build().encryptPayloads())
                .isTrue();
        assertThat(defaults.toBuilder().projectionsEnabled(false).build().projections())
                .isEqualTo(new ProjectionSettings(false, Duration.ofSeconds(10), true));
        assertThat(defaults.toBuilder().projectionLagThreshold(3).build().projections())
                .isEqualTo(new ProjectionSettings(true, Duration.ofSeconds(3), true));
        assertThat(defaults.toBuilder()
                        .projectionFailureNotification(false)
                        .build()
                        .projections())
                .isEqualTo(new ProjectionSettings(true, Duration.ofSeconds(10), false));
        SnapshotSettings snapshots = SnapshotSettings.defaults();
        assertThat(defaults.toBuilder().snapshotsEnabled(false).build().snapshots())
                .isEqualTo(
                        new SnapshotSettings(false, 100, Duration.ofDays(30), Duration.ofMinutes(5), 16 * 1024 * 1024));
        assertThat(defaults.toBuilder().snapshotThreshold(7).build().snapshots())
                .isEqualTo(snapshots.withThreshold(7));
        assertThat(defaults.toBuilder().snapshotRetention(7).build().snapshots())
                .isEqualTo(snapshots.withRetention(Duration.ofDays(7)));
        assertThat(defaults.toBuilder().snapshotCacheTtl(7).build().snapshots())
                .isEqualTo(snapshots.withCacheTtl(Duration.ofSeconds(7)));
        assertThat(defaults.toBuilder().maxSnapshotBytes(7).build().snapshots()).isEqualTo(snapshots.withMaxBytes(7));
        AccessSettings none = AccessSettings.none();
        assertThat(defaults.toBuilder()
                        .role("clerk", Set.of("append:account"))
                        .build()
                        .access())
                .isEqualTo(none.withRole("clerk", Set.of("append:account")));
        assertThat(defaults.toBuilder()
                        .auditSinks(List.of(AccessSettings.Sink.LOG))
                        .build()
                        .access())
                .isEqualTo(none.withSinks(List.of(AccessSettings.Sink.LOG)));
        assertThat(defaults.toBuilder()
                        .onAuditFailure(SinkFailure.GO_ON)
                        .build()
                        .access())
                .isEqualTo(none.withOnFailure(SinkFailure.GO_ON));
    }

    @Test
    void pageSizesCanBeSetInEitherOrder() {
        assertThat(limits(EventStreamConfig.builder().batchSize(2_000).maxBatchSize(3_000)))
                .isEqualTo(LIMITS.withPageSize(2_000, 3_000));
        assertThat(limits(EventStreamConfig.builder().maxBatchSize(3_000).batchSize(2_000)))
                .isEqualTo(LIMITS.withPageSize(2_000, 3_000));
        EventStreamConfig.Builder contradiction = EventStreamConfig.builder().batchSize(2_000);
        assertThatThrownBy(contradiction::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pageSize is 2000, it must be 1 to 1000");
    }

    @Test
    void collectionsAreCopied() {
        Set<String> domains = new HashSet<>(Set.of("finance"));
        Map<String, String> options = new HashMap<>();
        EventStreamConfig config = new EventStreamConfig(
                true,
                domains,
                "memory",
                LIMITS,
                new HashSet<>(),
                false,
                true,
                ProjectionSettings.defaults(),
                SnapshotSettings.defaults(),
                AccessSettings.none(),
                options);
        domains.clear();
        options.put("memory.a", "b");

        assertThat(config.criticalDomains()).containsExactly("finance");
        assertThat(config.options()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> EventStreamConfig.builder().backend(null)).hasMessage("backend");
        assertThatThrownBy(() -> EventStreamConfig.builder().option("memory.a", null))
                .hasMessage("value");
        assertThatThrownBy(() -> EventStreamManager.builder(null)).hasMessage("config");
    }

    private static StoreLimits limits(EventStreamConfig.Builder builder) {
        return builder.build().limits();
    }

    private static EventStreamManager manager(EventStreamConfig config) {
        return EventStreamManager.builder(config.toBuilder().backend("memory").build())
                .types(ACCOUNT_EVENTS)
                .tenant(ACME)
                .build();
    }

    private static EventStreamManager withEvents(EventStreamConfig config, int count) {
        EventStreamManager manager = manager(config);
        Object[] events = new Object[count];
        Arrays.fill(events, debited("1"));
        manager.append(CASH, ExpectedVersion.any(), events);
        return manager;
    }
}
