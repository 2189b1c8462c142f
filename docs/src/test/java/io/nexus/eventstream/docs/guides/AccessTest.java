package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.access.WithheldPayload;
import io.nexus.eventstream.core.EventStreamConfig;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.core.access.Slf4jAuditSink;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresAuditSink;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.math.BigDecimal;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessTest {

    /** Stands for what a host has: a session, a security context. */
    private static final ThreadLocal<String> USER = ThreadLocal.withInitial(() -> "u-17");

    private static final ThreadLocal<Set<String>> ROLES = ThreadLocal.withInitial(() -> Set.of("clerk"));

    private final StreamId cash = StreamId.of("account", "1000");
    private DataSource dataSource;
    private PostgresEventStore store;

    @BeforeEach
    void open() {
        dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
    }

    @Test
    void aGuardAsksAndRecords() {
        DataSource auditPool = dataSource;

        ActorContext signedIn = () -> new Actor(USER.get(), ROLES.get());

        AccessGuard guard = AccessGuard.builder(signedIn)
                .policy(RolePolicy.builder()
                        .role("clerk", "append:account", "read_payload:account")
                        .role("controller", "read:*", "rebuild")
                        .role("auditor", "read_payload:*@acme", "verify@acme")
                        .role("operator", "administer")
                        .build())
                .audit(PostgresAuditSink.of(auditPool))
                .build();
        EventStreamManager ledger = EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("acme"))
                .guard(guard)
                .build();

        ledger.append(cash, ExpectedVersion.noStream(), new AccountDebited("JE-1", BigDecimal.TEN, "MYR"));
        assertThat(ledger.state(cash, Balance.fold()).amount()).isEqualTo("10");
        assertThatThrownBy(ledger::head).isInstanceOf(AccessDeniedException.class);

        ROLES.set(Set.of("controller"));

        RecordedEvent event = ledger.read(EventQuery.log()).events().get(0);
        boolean withheld = event.payload() instanceof WithheldPayload;

        assertThat(withheld).isTrue();
        ROLES.set(Set.of("auditor"));

        String report = guard.call(TenantId.of("acme"), Operation.VERIFY, "month-end report", () -> "all is well");
        boolean shown = guard.allows(TenantId.of("acme"), Operation.READ, "account");

        assertThat(report).isEqualTo("all is well");
        assertThat(shown).isTrue();
        ROLES.remove();
    }

    @Test
    void anAuditAloneGoesOnIfThatIsDeclared() {
        ActorContext signedIn = () -> new Actor(USER.get(), ROLES.get());
        AtomicLong missing = new AtomicLong();

        AccessGuard guard = AccessGuard.builder(signedIn)
                .audit(new Slf4jAuditSink().and(PostgresAuditSink.of(dataSource)), SinkFailure.GO_ON)
                .onUnrecorded((entry, failure) -> missing.incrementAndGet())
                .build();

        guard.store(store).ensureTenant(TenantId.of("acme"));
        assertThat(missing).hasValue(0);
        assertThat(guard.unrecorded()).isZero();
    }

    @Test
    void keysAloneAreEnough() {
        ActorContext signedIn = () -> new Actor(USER.get(), ROLES.get());

        Properties properties = new Properties();
        properties.setProperty("eventstream.access.roles.clerk", "append:account, read_payload:account");
        properties.setProperty("eventstream.access.roles.operator", "administer");
        properties.setProperty("eventstream.audit.sinks", "database");
        EventStreamManager ledger = EventStreamManager.builder(EventStreamConfig.fromProperties(properties))
                .types(EventTypes.of(AccountEvent.class))
                .resource(DataSource.class, dataSource)
                .tenant(TenantId.of("acme"))
                .actors(signedIn)
                .build();

        ledger.append(cash, ExpectedVersion.noStream(), new AccountDebited("JE-1", BigDecimal.TEN, "MYR"));
        assertThat(ledger.version(cash).value()).isEqualTo(1);
        ProvingEventStore proving = (ProvingEventStore) ledger.store();
        assertThatThrownBy(() -> LogVerifier.of(proving).verify(TenantId.of("acme")))
                .isInstanceOf(AccessDeniedException.class);
        ROLES.set(Set.of("operator"));
        ProvingEventStore ofTheSystem = (ProvingEventStore) AccessGuard.unguarded(ledger.store());
        ROLES.remove();
        assertThat(LogVerifier.of(ofTheSystem).verify(TenantId.of("acme")).isIntact())
                .isTrue();
    }
}
