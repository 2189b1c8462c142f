package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantNotFoundException;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.ProjectionTimeoutException;
import io.nexus.eventstream.tck.TestClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every key changes what a manager does, from properties as from the environment. */
class ConfigurationEffectsTest {

    record Joined(String name, String password, String iban) {}

    @Test
    void everyKeyHasATestHere() {
        assertThat(Arrays.stream(Setting.values()).filter(Setting::isAvailable).map(Setting::key))
                .containsExactlyInAnyOrder(
                        "enabled",
                        "critical_domains.finance",
                        "critical_domains.inventory",
                        "critical_domains.payable",
                        "critical_domains.receivable",
                        "backend",
                        "performance.batch_size",
                        "performance.max_batch_size",
                        "security.masked_fields",
                        "security.encrypt_payloads",
                        "limits.max_events_per_append",
                        "limits.max_payload_bytes",
                        "limits.max_metadata_bytes",
                        "tenants.auto_create",
                        "projections.enabled",
                        "projections.lag_threshold_seconds",
                        "projections.failure_notification",
                        "snapshots.enabled",
                        "snapshots.threshold",
                        "snapshots.retention",
                        "performance.snapshot_cache_ttl",
                        "limits.max_snapshot_bytes",
                        "audit.sinks",
                        "audit.on_failure");
    }

    @ParameterizedTest
    @EnumSource
    void snapshotsEnabledFalseMakesAndReadsNone(ConfigurationSource source) {
        CountedSnapshots off = new CountedSnapshots(source.config("snapshots.enabled", "false"), 200);

        assertThat(off.count()).isEqualTo(200);
        assertThat(off.manager.use()).isEqualTo(new SnapshotUse(0, 0, 1, 0, 0, 0));
        assertThatThrownBy(() -> off.manager.create(ACME, CASH, CountedSnapshots.FOLD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("snapshots are switched off by snapshots.enabled");
    }

    @ParameterizedTest
    @EnumSource
    void theSnapshotThresholdSaysAfterHowManyEventsThereIsOne(ConfigurationSource source) {
        CountedSnapshots before = new CountedSnapshots(source.config("snapshots.threshold", "7"), 6);
        CountedSnapshots at = new CountedSnapshots(source.config("snapshots.threshold", "7"), 7);

        assertThat(before.count()).isEqualTo(6);
        assertThat(before.manager.use().created()).isZero();
        assertThat(at.count()).isEqualTo(7);
        assertThat(at.manager.use().created()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void theSnapshotRetentionSaysWhichAreDeleted(ConfigurationSource source) {
        CountedSnapshots twoDays = new CountedSnapshots(source.config("snapshots.retention", "2"), 1);
        twoDays.manager.create(ACME, CASH, CountedSnapshots.FOLD);
        twoDays.append(1);
        twoDays.manager.create(ACME, CASH, CountedSnapshots.FOLD);

        twoDays.clock.set(CountedSnapshots.NOW.plus(Duration.ofDays(2)));
        assertThat(twoDays.manager.applyRetention(ACME)).isZero();
        twoDays.clock.set(CountedSnapshots.NOW.plus(Duration.ofDays(2)).plusNanos(1_000));
        assertThat(twoDays.manager.applyRetention(ACME)).isEqualTo(1);
        assertThat(twoDays.store.snapshots().list(ACME, CASH)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void theSnapshotCacheTtlSwitchesTheCacheOff(ConfigurationSource source) {
        CountedSnapshots cached = new CountedSnapshots(source.config("performance.snapshot_cache_ttl", "60"), 3);
        CountedSnapshots notCached = new CountedSnapshots(source.config("performance.snapshot_cache_ttl", "0"), 3);
        for (CountedSnapshots each : new CountedSnapshots[] {cached, notCached}) {
            assertThat(each.count()).isEqualTo(3);
            assertThat(each.count()).isEqualTo(3);
        }

        assertThat(cached.manager.use().fromCache()).isEqualTo(1);
        assertThat(notCached.manager.use().fromCache()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void projectionsEnabledFalseLeavesReadModelsAsTheyAre(ConfigurationSource source) {
        EventStreamConfig config = source.config("projections.enabled", "false", "backend", "memory");
        InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));

        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Balances())
                .settings(config.projections())
                .pollInterval(Duration.ofMillis(5))
                .build()) {
            engine.start();
            AppendResult result =
                    store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));

            assertThatThrownBy(() -> engine.awaitProjection(ACME, result, "balances", Duration.ofMillis(100)))
                    .isInstanceOf(ProjectionTimeoutException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLagThresholdSaysWhenListenersAreTold(ConfigurationSource source) throws InterruptedException {
        assertThat(firstLagTold(source.config("projections.lag_threshold_seconds", "3"), 1))
                .isEqualTo(4);
        assertThat(firstLagTold(source.config("projections.lag_threshold_seconds", "5"), 2))
                .isEqualTo(8);
        assertThatThrownBy(() -> source.config("projections.lag_threshold_seconds", "0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("lagThreshold is 0 s, it must be 1 to 31536000");
    }

    /** Returns the lag that a listener hears of first while the clock goes on in steps of 4 seconds. */
    private static long firstLagTold(EventStreamConfig config, int steps) throws InterruptedException {
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        TestClock clock = TestClock.at(Instant.parse("2026-04-05T09:00:00Z"));
        InMemoryEventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .clock(clock)
                .build();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Balances().then(event -> {
                    begun.countDown();
                    awaitUninterruptibly(goOn);
                }))
                .settings(config.projections())
                .pollInterval(Duration.ofMillis(5))
                .listener(new ProjectionListener() {
                    @Override
                    public void onLag(ProjectionStatus status) {
                        told.add(status.lag().toSeconds());
                    }
                })
                .build()) {
            engine.start();
            begun.await();
            for (int step = 0; step < steps; step++) {
                clock.advance(Duration.ofSeconds(4));
            }
            Long lag = told.poll(2, TimeUnit.MINUTES);
            goOn.countDown();
            return lag == null ? -1 : lag;
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failureNotificationFalseTellsNoListener(ConfigurationSource source) {
        assertThat(failuresTold(source.config("projections.failure_notification", "true")))
                .containsExactly("balances");
        assertThat(failuresTold(source.config("projections.failure_notification", "false")))
                .isEmpty();
    }

    private static List<String> failuresTold(EventStreamConfig config) {
        List<String> told = new ArrayList<>();
        InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Balances().then(event -> {
                    throw new IllegalStateException("no");
                }))
                .settings(config.projections())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(2))
                .listener(new ProjectionListener() {
                    @Override
                    public void onFailed(ProjectionStatus status) {
                        told.add(status.projection());
                    }
                })
                .build();
        engine.run();
        assertThat(engine.status(ACME, "balances"))
                .extracting(ProjectionStatus::state)
                .containsExactly(ProjectionState.FAILED);
        return told;
    }

    @ParameterizedTest
    @EnumSource
    void enabledFalseMakesAppendsDoNothing(ConfigurationSource source) {
        EventStreamConfig config = source.config("enabled", " FALSE ", "backend", "memory");
        List<EventStreamManager> managers = new ArrayList<>();

        assertThat(RecordedLogs.during(() -> managers.add(manager(config))))
                .contains(
                        "WARN The event store is switched off (enabled=false): appends are not recorded and reads find nothing");
        EventStreamManager off = managers.get(0);

        List<String> later = RecordedLogs.during(() -> {
            AppendResult result = off.append(CASH, ExpectedVersion.streamExists(), debited("5.00"));
            assertThat(result.events()).isEmpty();
            assertThat(result.alreadyRecorded()).isFalse();
            assertThat(result.recordedAt()).isEqualTo(result.recordedAt().truncatedTo(ChronoUnit.MICROS));
            off.store().ensureTenant(ACME);
            assertThat(off.read(EventQuery.log()).events()).isEmpty();
            assertThat(off.read(EventQuery.log()).next()).isEmpty();
            assertThat(off.state(CASH, BALANCE)).isEqualTo(BigDecimal.ZERO);
            assertThat(off.version(CASH)).isEqualTo(EventVersion.NONE);
            assertThat(off.head()).isEmpty();
            assertThat(off.find(Samples.ID)).isEmpty();
            assertThat(off.positionAt(Samples.MOMENT)).isEqualTo(Position.START);
        });
        assertThat(later).as("it says so once").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void enabledTrueRecords(ConfigurationSource source) {
        EventStreamManager on = manager(source.config("enabled", "true", "backend", "memory"));
        on.append(CASH, ExpectedVersion.noStream(), debited("5.00"));

        assertThat(on.state(CASH, BALANCE)).isEqualTo(new BigDecimal("5.00"));
    }

    @ParameterizedTest
    @EnumSource
    void financeAndInventoryAreCriticalUnlessSwitchedOff(ConfigurationSource source) {
        for (String domain : List.of("finance", "inventory")) {
            assertCannotBeSwitchedOff(source.config("enabled", "false"), domain);
            assertCannotBeSwitchedOff(source.config("enabled", "false", "critical_domains." + domain, "true"), domain);
            assertCanBeSwitchedOff(source.config("enabled", "false", "critical_domains." + domain, "false"), domain);
        }
    }

    @ParameterizedTest
    @EnumSource
    void payableAndReceivableAreCriticalOnceSwitchedOn(ConfigurationSource source) {
        for (String domain : List.of("payable", "receivable")) {
            assertCanBeSwitchedOff(source.config("enabled", "false"), domain);
            assertCannotBeSwitchedOff(source.config("enabled", "false", "critical_domains." + domain, "true"), domain);
        }
    }

    @Test
    void aCapitalLetterDoesNotSwitchADutyOff() {
        assertThatThrownBy(
                        () -> builder(EventStreamConfig.builder().enabled(false).build())
                                .domain("Finance")
                                .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("for the critical domain Finance");
    }

    @Test
    void otherDomainsAreFree() {
        EventStreamConfig off = EventStreamConfig.builder().enabled(false).build();

        assertCanBeSwitchedOff(off, "hr");
        assertThatCode(() -> builder(off).build()).doesNotThrowAnyException();
        assertCannotBeSwitchedOff(off.toBuilder().critical("hr", true).build(), "hr");
    }

    @ParameterizedTest
    @EnumSource
    void backendChoosesTheStoreAmongThoseOnTheClassPath(ConfigurationSource source) {
        assertThat(manager(source.config("backend", " memory ")).store()).isInstanceOf(InMemoryEventStore.class);
        assertThatThrownBy(() -> manager(source.config("backend", "eventstoredb")))
                .isInstanceOfSatisfying(
                        ConfigurationException.class, e -> assertThat(e.key()).isEqualTo("backend"))
                .hasMessage("backend: no provider of \"eventstoredb\" is on the class path; there are [memory]");
        assertThatThrownBy(() -> manager(source.config()))
                .hasMessage("backend: no provider of \"postgres\" is on the class path; there are [memory]");
    }

    @ParameterizedTest
    @EnumSource
    void batchSizeIsThePageOfAQueryThatDoesNotSay(ConfigurationSource source) {
        EventStreamManager manager = withTenEvents(source.config("performance.batch_size", "3", "backend", "memory"));

        assertThat(manager.read(EventQuery.stream(CASH)).events()).hasSize(3);
        assertThat(manager.read(EventQuery.stream(CASH).pageSize(5)).events()).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void maxBatchSizeIsTheLargestPageWhateverTheQuerySays(ConfigurationSource source) {
        EventStreamManager manager = withTenEvents(
                source.config("performance.max_batch_size", "4", "performance.batch_size", "4", "backend", "memory"));

        assertThat(manager.read(EventQuery.stream(CASH).pageSize(5)).events()).hasSize(4);
        assertThat(manager.read(EventQuery.stream(CASH).pageSize(2)).events()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void maskedFieldsAreHidden(ConfigurationSource source) {
        EventStreamManager byDefault = joined(source.config("backend", "memory"));
        EventStreamManager chosen =
                joined(source.config("security.masked_fields", "IBAN , name,", "backend", "memory"));

        assertThat(onlyEvent(byDefault)).endsWith(" {\"name\":\"Aisha\",\"password\":\"***\",\"iban\":\"MY1\"}");
        assertThat(onlyEvent(chosen)).endsWith(" {\"name\":\"***\",\"password\":\"hunter2\",\"iban\":\"***\"}");
    }

    @ParameterizedTest
    @EnumSource
    void encryptPayloadsStartsWithNoSerializerThatDoesNot(ConfigurationSource source) {
        EventStreamConfig config = source.config("security.encrypt_payloads", "true", "backend", "memory");

        assertThatThrownBy(() -> joined(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "security.encrypt_payloads: the serializer writes payloads in the clear: give serializer(...) an EncryptingEventSerializer of eventstream-privacy with encryptPayloads(true), or remove the key");
        assertThat(onlyEvent(joined(source.config("security.encrypt_payloads", "false", "backend", "memory"))))
                .contains("Aisha");
    }

    @ParameterizedTest
    @EnumSource
    void maxEventsPerAppendIsKept(ConfigurationSource source) {
        EventStreamManager manager = manager(source.config("limits.max_events_per_append", "2", "backend", "memory"));

        manager.append(CASH, ExpectedVersion.any(), debited("1"), debited("2"));
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), debited("1"), debited("2"), debited("3")))
                .isInstanceOf(LimitExceededException.class)
                .hasMessage("the number of events is 3, limits.max_events_per_append allows 2; nothing was written: "
                        + "make it smaller or raise that limit");
        assertThat(manager.version(CASH)).isEqualTo(EventVersion.of(2));
    }

    @ParameterizedTest
    @EnumSource
    void maxPayloadBytesIsKeptInBytesOfUtf8(ConfigurationSource source) {
        // {"entry":"🏦","amount":1}
        EventStreamManager manager = manager(source.config("limits.max_payload_bytes", "27", "backend", "memory"));

        manager.append(CASH, ExpectedVersion.any(), new Samples.Debited("🏦", BigDecimal.ONE));
        NewEvent larger = NewEvent.of(new Samples.Debited("🏦", BigDecimal.TEN));
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), larger))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageStartingWith("the payload of event %s in bytes is 28, limits.max_payload_bytes allows 27;"
                        .formatted(larger.id()));
    }

    @ParameterizedTest
    @EnumSource
    void maxMetadataBytesIsKept(ConfigurationSource source) {
        EventStreamManager manager = manager(source.config("limits.max_metadata_bytes", "9", "backend", "memory"));
        NewEvent event = NewEvent.of(debited("1"));

        manager.append(
                CASH,
                ExpectedVersion.any(),
                event.withMetadata(EventMetadata.none().with("a", "b")));
        NewEvent larger =
                NewEvent.of(debited("1")).withMetadata(EventMetadata.none().with("a", "bc"));
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), larger))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageStartingWith("the metadata of event %s in bytes is 10, limits.max_metadata_bytes allows 9;"
                        .formatted(larger.id()));
    }

    @ParameterizedTest
    @EnumSource
    void tenantsComeIntoBeingByThemselvesUnlessSwitchedOff(ConfigurationSource source) {
        EventStreamManager careful = manager(source.config("tenants.auto_create", "false", "backend", "memory"));

        assertThatThrownBy(() -> careful.append(CASH, ExpectedVersion.any(), debited("1")))
                .isInstanceOf(TenantNotFoundException.class);
        careful.store().ensureTenant(ACME);
        assertThat(careful.append(CASH, ExpectedVersion.any(), debited("1")).position())
                .isEqualTo(Position.of(1));

        EventStreamManager usual = manager(source.config("tenants.auto_create", "true", "backend", "memory"));
        assertThat(usual.append(CASH, ExpectedVersion.any(), debited("1")).position())
                .isEqualTo(Position.of(1));
    }

    @ParameterizedTest
    @EnumSource
    void optionsOfABackendAreGivenToItAlone(ConfigurationSource source) {
        EventStreamConfig config = source.config("memory.max_size", "1", "backend", "memory");

        assertThat(config.options()).containsOnlyKeys("memory.max_size");
        assertThat(config.optionsOf("memory")).containsOnlyKeys("max_size");
        assertThat(config.optionsOf("postgres")).isEmpty();
        assertThatThrownBy(() -> manager(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("memory.max_size: unknown, the memory backend has no settings");
        assertThat(manager(EventStreamConfig.builder()
                                .backend("memory")
                                .option("postgres.schema", "x")
                                .build())
                        .store())
                .as("options of another backend do no harm")
                .isInstanceOf(InMemoryEventStore.class);
    }

    private static EventStreamManagerBuilder builder(EventStreamConfig config) {
        return EventStreamManager.builder(config)
                .types(ACCOUNT_EVENTS.and(EventTypes.of(Joined.class)))
                .tenant(ACME);
    }

    private static EventStreamManager manager(EventStreamConfig config) {
        return builder(config).build();
    }

    private static EventStreamManager withTenEvents(EventStreamConfig config) {
        EventStreamManager manager = manager(config);
        for (int i = 0; i < 10; i++) {
            manager.append(CASH, ExpectedVersion.any(), debited("1"));
        }
        return manager;
    }

    private static EventStreamManager joined(EventStreamConfig config) {
        EventStreamManager manager = manager(config);
        manager.append(CASH, ExpectedVersion.any(), new Joined("Aisha", "hunter2", "MY1"));
        return manager;
    }

    private static String onlyEvent(EventStreamManager manager) {
        return manager.read(EventQuery.log()).events().get(0).toString();
    }

    private static void assertCanBeSwitchedOff(EventStreamConfig config, String domain) {
        assertThat(builder(config).domain(domain).build().append(CASH, ExpectedVersion.any(), debited("1")))
                .extracting(AppendResult::events)
                .isEqualTo(List.of());
    }

    private static void assertCannotBeSwitchedOff(EventStreamConfig config, String domain) {
        assertThatThrownBy(() -> builder(config).domain(domain).build())
                .isInstanceOfSatisfying(
                        ConfigurationException.class, e -> assertThat(e.key()).isEqualTo("enabled"))
                .hasMessage("enabled: the store cannot be switched off for the critical domain %1$s, whose history "
                                .formatted(domain)
                        + "must be complete: remove enabled=false, or set critical_domains.%s=false if the law allows it"
                                .formatted(domain));
    }
}
