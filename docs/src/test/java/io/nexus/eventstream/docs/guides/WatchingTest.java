package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.spi.AppendMetrics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The block of docs/performance.md. */
class WatchingTest {

    @Test
    void metricsHearOfEachAppend() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(LocalPostgres.server().newDatabase());
        SchemaMigrator.of(dataSource).migrate();
        JsonEventSerializer serializer = JsonEventSerializer.of(EventTypes.of(AccountEvent.class));

        Map<AppendMetrics.Outcome, LongAdder> outcomes = new ConcurrentHashMap<>();
        LongAdder appends = new LongAdder();
        LongAdder calls = new LongAdder();
        LongAdder waitedMillis = new LongAdder();
        AppendMetrics metrics = new AppendMetrics() {
            @Override
            public void ended(TenantId tenant, Outcome outcome, Duration took) {
                outcomes.computeIfAbsent(outcome, each -> new LongAdder()).increment();
            }

            @Override
            public void sent(int judged, int events, Duration laneWait, Duration laneHeld) {
                appends.add(judged);
                calls.increment();
                waitedMillis.add(laneWait.toMillis());
            }
        };
        PostgresEventStore store = PostgresEventStore.builder(dataSource, serializer)
                .metrics(metrics)
                .build();

        TenantId acme = TenantId.of("acme");
        store.ensureTenant(acme);
        StreamAppend append = StreamAppend.of(
                StreamId.of("account", "1000"),
                ExpectedVersion.noStream(),
                NewEvent.of(new AccountEvent.AccountDebited("JE-1", new BigDecimal("1.00"), "MYR")));
        store.append(acme, append);
        store.append(acme, append);

        assertThat(outcomes).containsOnlyKeys(AppendMetrics.Outcome.APPENDED, AppendMetrics.Outcome.ALREADY_RECORDED);
        assertThat(appends.sum()).isEqualTo(2);
        assertThat(calls.sum()).isEqualTo(2);
    }
}
