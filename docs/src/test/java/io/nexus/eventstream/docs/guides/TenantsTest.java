package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantContext;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamConfig;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import java.math.BigDecimal;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class TenantsTest {

    /** Stands for what a host has: a request, a security context, a thread's session. */
    private static final ThreadLocal<String> REQUEST = new ThreadLocal<>();

    @Test
    void theHostSaysWhoseCallItIs() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        TenantContext ofTheRequest = () -> TenantId.of(REQUEST.get());

        Properties properties = new Properties();
        properties.setProperty("eventstream.postgres.schema_mode", "migrate");
        EventStreamManager ledger = EventStreamManager.builder(EventStreamConfig.fromProperties(properties))
                .types(EventTypes.of(AccountEvent.class))
                .resource(DataSource.class, dataSource)
                .tenants(ofTheRequest)
                .domain("finance")
                .build();

        StreamId cash = StreamId.of("account", "1000");
        REQUEST.set("acme");
        ledger.append(cash, ExpectedVersion.noStream(), new AccountDebited("JE-1", BigDecimal.TEN, "MYR"));
        REQUEST.set("globex");

        assertThat(ledger.version(cash).value()).isZero();
    }
}
