package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.core.access.AccessGuard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The keys of access and audit, from properties as from the environment. */
class ConfiguredAccessTest {

    private static final ActorContext CLERK = ActorContext.fixed(Actor.of("u-17", "clerk"));

    @ParameterizedTest
    @EnumSource
    void rolesDecideWhoMayDoWhat(ConfigurationSource source) {
        EventStreamManager ledger =
                managed(source.config("backend", "memory", "access.roles.clerk", "append:account, read:account"));

        ledger.append(CASH, ExpectedVersion.noStream(), debited("1"));

        assertThat(ledger.version(CASH).value()).isEqualTo(1);
        assertThatThrownBy(() -> ledger.head()).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ledger.state(CASH, Samples.BALANCE)).isInstanceOf(AccessDeniedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void auditSinksSayWhereCallsAreRecorded(ConfigurationSource source) {
        EventStreamManager ledger = managed(source.config("backend", "memory", "audit.sinks", "log"));

        assertThat(RecordedLogs.during(ledger::head))
                .singleElement()
                .asString()
                .startsWith("INFO DONE call=\"head\" right=\"read\" actor=\"u-17\" roles=\"[clerk]\" tenant=\"acme\"");
        assertThatThrownBy(() -> managed(source.config("backend", "memory", "audit.sinks", "database")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("audit.sinks: the backend memory keeps no audit, use log");
    }

    @ParameterizedTest
    @EnumSource
    void auditOnFailureSaysWhatAFailingSinkMeans(ConfigurationSource source) {
        EventStreamConfig defaults = source.config("audit.sinks", "log");
        EventStreamConfig goingOn = source.config("audit.sinks", "log", "audit.on_failure", "go_on");

        assertThat(defaults.access().onFailure()).isEqualTo(SinkFailure.FAIL_CLOSED);
        assertThat(goingOn.access())
                .isEqualTo(new AccessSettings(Map.of(), List.of(AccessSettings.Sink.LOG), SinkFailure.GO_ON));
        assertThat(RecordedLogs.during(
                        () -> managed(goingOn.toBuilder().backend("memory").build())
                                .append(CASH, ExpectedVersion.any(), debited("1"))))
                .filteredOn(line -> line.contains("appendAll"))
                .hasSize(1);
        assertThat(RecordedLogs.during(
                        () -> managed(defaults.toBuilder().backend("memory").build())
                                .append(CASH, ExpectedVersion.any(), debited("1"))))
                .filteredOn(line -> line.contains("appendAll"))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aSnapshotIsKeptUpToItsBound(ConfigurationSource source) {
        CountedSnapshots small = new CountedSnapshots(source.config("limits.max_snapshot_bytes", "1"), 9);

        assertThat(small.manager.create(ACME, CASH, CountedSnapshots.FOLD).state())
                .isEqualTo("9");
        small.append(1);
        assertThatThrownBy(() -> small.manager.create(ACME, CASH, CountedSnapshots.FOLD))
                .hasMessageContaining("limits.max_snapshot_bytes allows 1");
    }

    @Test
    void whoIsGuardedMustSayWhoCalls() {
        EventStreamConfig config = ConfigurationSource.PROPERTIES.config("backend", "memory", "audit.sinks", "log");

        assertThatThrownBy(() -> EventStreamManager.builder(config)
                        .types(ACCOUNT_EVENTS)
                        .tenant(ACME)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the configuration has access.roles or audit.sinks: say who calls, actors(...)");
    }

    @Test
    void whoSaysWhoCallsIsNotLeftUnguardedByAForgottenKey() {
        assertThatThrownBy(() -> managed(ConfigurationSource.PROPERTIES.config("backend", "memory")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "access.roles: actors(...) says who calls, but there are neither roles nor an audit");
        assertThatThrownBy(() -> EventStreamManager.builder().actors(CLERK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is no configuration to make a guard from; use guard(...)");
    }

    @Test
    void aGuardThatIsBroughtTakesThePlaceOfTheKeys() {
        AccessGuard guard = AccessGuard.builder(CLERK)
                .policy(request -> Optional.of("closed"))
                .build();
        EventStreamManager ledger = EventStreamManager.builder(
                        EventStreamConfig.builder().backend("memory").build())
                .types(ACCOUNT_EVENTS)
                .tenant(ACME)
                .guard(guard)
                .build();

        assertThat(ledger.guard()).contains(guard);
        assertThatThrownBy(ledger::head).hasMessageContaining("closed");
    }

    private static EventStreamManager managed(EventStreamConfig config) {
        return EventStreamManager.builder(config)
                .types(ACCOUNT_EVENTS)
                .tenant(ACME)
                .actors(CLERK)
                .build();
    }
}
