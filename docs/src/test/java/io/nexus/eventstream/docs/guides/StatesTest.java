package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.CommandOptions;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.StreamHealth;
import io.nexus.eventstream.core.TenantHealth;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatesTest {

    private final StreamId cash = StreamId.of("account", "1000");
    private final BigDecimal amount = new BigDecimal("30.00");
    private PostgresEventStore store;

    @BeforeEach
    void open() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        store = PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class));
    }

    @Test
    void snapshotsAreDeclaredMadeAndChecked() throws Exception {
        SnapshotManager snapshots = SnapshotManager.builder(store)
                .snapshot("account", Balance.fold())
                .build();
        EventStreamManager ledger = EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("acme"))
                .build()
                .withSnapshots(snapshots);

        post(ledger, 150);
        assertThat(ledger.state(cash, Balance.fold()).amount()).isEqualTo("150.00");
        post(ledger, 1);
        assertThat(ledger.state(cash, Balance.fold()).amount()).isEqualTo("151.00");
        assertThat(snapshots.use().created()).isEqualTo(1);

        List<InvalidSnapshotException> wrong = snapshots.verify(TenantId.of("acme"), cash, Balance.fold());

        assertThat(wrong).isEmpty();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

        AutoCloseable job = snapshots.maintain(scheduler, Duration.ofHours(1), () -> List.of(TenantId.of("acme")));

        job.close();
        scheduler.shutdownNow();

        StreamHealth stream = ledger.streamHealth(cash);
        TenantHealth tenant = ledger.tenantHealth();

        assertThat(stream.statistics().version()).isEqualTo(EventVersion.of(151));
        assertThat(stream.eventsSinceSnapshot()).isEqualTo(1);
        assertThat(tenant.statistics().streams()).isEqualTo(1);
        assertThat(tenant.statistics().eventsLastHour()).isEqualTo(151);
    }

    @Test
    void aKeyTellsOurSnapshotsFromOthers() {
        byte[] secret = "a secret that the database does not know".getBytes(StandardCharsets.UTF_8);

        SnapshotManager sealed = SnapshotManager.builder(store)
                .snapshot("account", Balance.fold())
                .key(new SecretKeySpec(secret, "HmacSHA256"))
                .build();

        EventStreamManager ledger = ledger().withSnapshots(sealed);
        post(ledger, 1);
        SnapshotManager plain = SnapshotManager.builder(store).build();
        assertThat(plain.isValid(sealed.create(TenantId.of("acme"), cash, Balance.fold())))
                .isFalse();
    }

    @Test
    void decisionsAreMadeAgainAfterAConflictAndOnceForEachCommand() {
        EventStreamManager ledger = ledger();
        post(ledger, 100);

        Optional<AppendResult> paid = ledger.execute(cash, Balance.fold(), balance -> {
            if (balance.amount().compareTo(amount) < 0) {
                throw new IllegalArgumentException("only %s is there".formatted(balance.amount()));
            }
            return List.of(new AccountCredited("JE-7", amount, "MYR"));
        });

        assertThat(paid).isPresent();
        assertThatThrownBy(() -> ledger.execute(cash, Balance.fold(), balance -> {
                    throw new IllegalArgumentException("only %s is there".formatted(balance.amount()));
                }))
                .hasMessage("only 70.00 is there");

        CommandOptions once = CommandOptions.defaults().withCommandId("payment-4711");
        ledger.execute(cash, Balance.fold(), balance -> List.of(new AccountCredited("JE-8", amount, "MYR")), once);
        AppendResult again = ledger.execute(
                        cash, Balance.fold(), balance -> List.of(new AccountCredited("JE-8", amount, "MYR")), once)
                .orElseThrow();

        assertThat(again.alreadyRecorded()).isTrue();
        assertThat(ledger.state(cash, Balance.fold()).amount()).isEqualTo("40.00");
    }

    @Test
    void theStatesOfAllStreamsComeInOnePass() {
        EventStreamManager ledger = ledger();
        post(ledger, 3);

        Map<StreamId, Balance> trialBalance =
                ledger.statesAt("account", AsOf.occurred(LocalDate.of(2026, 3, 31)), Balance.fold());

        assertThat(trialBalance).containsExactly(Map.entry(cash, new Balance(new BigDecimal("3.00"))));
    }

    private EventStreamManager ledger() {
        return EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("acme"))
                .build();
    }

    private void post(EventStreamManager ledger, int postings) {
        for (int i = 0; i < postings; i++) {
            ledger.append(
                    cash,
                    ExpectedVersion.any(),
                    NewEvent.of(new AccountDebited("JE-" + i, new BigDecimal("1.00"), "MYR"))
                            .occurredAt(Instant.parse("2026-03-02T00:00:00Z")));
        }
    }
}
