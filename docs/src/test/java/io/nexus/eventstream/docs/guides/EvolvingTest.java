package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventName;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.UnknownEvent;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.UpcastEvent;
import io.nexus.eventstream.core.Upcaster;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EvolvingTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId CASH = StreamId.of("account", "1000");

    /** How the record looked when its first events were written. */
    @EventName("account-debited")
    record FirstDebited(String entry, BigDecimal amount) {}

    @EventName(value = "account-debited", schemaVersion = 2)
    record AccountDebited(String entry, BigDecimal amount, String currency) {}

    /** A name that was a mistake. */
    @EventName("transferred")
    record Transferred(String from, String to, BigDecimal amount) {}

    record MoneySent(String account, BigDecimal amount) {}

    record MoneyReceived(String account, BigDecimal amount) {}

    private DataSource dataSource;

    @BeforeEach
    void writeOldEvents() {
        dataSource = GettingStartedTest.freshDatabase();
        SchemaMigrator.of(dataSource).migrate();
        EventStore old = PostgresEventStore.create(dataSource, EventTypes.of(FirstDebited.class, Transferred.class));
        old.append(
                ACME,
                StreamAppend.of(
                        CASH,
                        ExpectedVersion.noStream(),
                        NewEvent.of(new FirstDebited("JE-1", new BigDecimal("10.00"))),
                        NewEvent.of(new Transferred("1000", "2000", new BigDecimal("3.00")))));
    }

    @Test
    void anOldEventIsReadInItsNewShape() {
        Upcaster withCurrency = Upcaster.of(
                EventType.of("account-debited", 1),
                EventType.of("account-debited", 2),
                payload -> payload.put("currency", "MYR"));

        EventStore store = PostgresEventStore.builder(
                        dataSource,
                        JsonEventSerializer.builder(EventTypes.of(AccountDebited.class))
                                .upcasters(withCurrency)
                                .build())
                .build();

        RecordedEvent event = store.read(ACME, EventQuery.stream(CASH).ofTypes("account-debited"))
                .events()
                .get(0);
        assertThat(event.payload()).isEqualTo(new AccountDebited("JE-1", new BigDecimal("10.00"), "MYR"));
        assertThat(event.stored().type().schemaVersion()).isEqualTo(1);
    }

    @Test
    void anOldEventIsReadAsTwo() {
        Upcaster split = Upcaster.of(
                EventType.of("transferred", 1),
                Set.of(EventType.of("money-sent", 1), EventType.of("money-received", 1)),
                event -> {
                    ObjectNode sent = event.payload().objectNode();
                    sent.set("account", event.payload().get("from"));
                    sent.set("amount", event.payload().get("amount"));
                    ObjectNode received = event.payload().objectNode();
                    received.set("account", event.payload().get("to"));
                    received.set("amount", event.payload().get("amount"));
                    return List.of(
                            new UpcastEvent(EventType.of("money-sent", 1), sent, event.metadata()),
                            new UpcastEvent(EventType.of("money-received", 1), received, event.metadata()));
                });

        EventStore store = PostgresEventStore.builder(
                        dataSource,
                        JsonEventSerializer.builder(EventTypes.of(MoneySent.class, MoneyReceived.class))
                                .upcasters(split)
                                .allowUnknownTypes()
                                .build())
                .build();

        List<RecordedEvent> events = store.read(ACME, EventQuery.log()).events();
        assertThat(events).extracting(event -> event.version().value()).containsExactly(1L, 2L, 2L);
        assertThat(events).extracting(RecordedEvent::part).containsExactly(0, 0, 1);
        assertThat(events.get(0).payload()).isInstanceOf(UnknownEvent.class);
        assertThat(events.get(2).payload()).isEqualTo(new MoneyReceived("2000", new BigDecimal("3.00")));
    }
}
