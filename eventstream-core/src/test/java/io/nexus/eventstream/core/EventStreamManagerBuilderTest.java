package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.UnknownEvent;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class EventStreamManagerBuilderTest {

    private static final EventStreamConfig MEMORY =
            EventStreamConfig.builder().backend("memory").build();

    private final InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);

    @Test
    void aTenantIsNeeded() {
        String message = "say whose log it is: tenant(...) or tenants(...)";

        assertThatThrownBy(() -> EventStreamManager.builder().store(store).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        assertThatThrownBy(() ->
                        EventStreamManager.builder(MEMORY).types(ACCOUNT_EVENTS).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    @Test
    void aStoreIsBroughtOrConfigured() {
        assertThatThrownBy(() -> EventStreamManager.builder().tenant(ACME).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a store is missing: store(...), or builder(config)");
        assertThatThrownBy(() -> EventStreamManager.builder(MEMORY).store(store))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the configuration chooses the store; use builder() to bring your own");
    }

    @Test
    void typesBelongToAConfiguredStore() {
        assertThatThrownBy(() -> EventStreamManager.builder().types(ACCOUNT_EVENTS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store that was brought knows its types; use builder(config)");
        assertThatThrownBy(() -> EventStreamManager.builder().serializer(JsonEventSerializer.of(ACCOUNT_EVENTS)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store that was brought has its serializer; use builder(config)");
        assertThatThrownBy(() -> EventStreamManager.builder(MEMORY).tenant(ACME).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("say which events there are: types(...)");
    }

    @Test
    void aSerializerTakesThePlaceOfTypes() {
        EventStreamManager manager = EventStreamManager.builder(MEMORY)
                .serializer(JsonEventSerializer.builder(ACCOUNT_EVENTS)
                        .allowUnknownTypes()
                        .upcasters(Upcaster.of(
                                EventType.of("debited", 1), EventType.of("unheard-of", 1), payload -> payload))
                        .build())
                .tenant(ACME)
                .build();
        manager.append(CASH, ExpectedVersion.any(), debited("1"));

        assertThat(manager.read(EventQuery.log()).events())
                .extracting(RecordedEvent::payload)
                .singleElement()
                .isInstanceOf(UnknownEvent.class);
    }

    @Test
    void resourcesReachTheConfiguredStore() {
        EventStreamManager manager = EventStreamManager.builder(MEMORY)
                .types(ACCOUNT_EVENTS)
                .resource(Clock.class, new SettableClock(MOMENT))
                .tenant(ACME)
                .build();

        assertThat(manager.append(CASH, ExpectedVersion.any(), debited("1")).recordedAt())
                .isEqualTo(MOMENT);
    }

    @Test
    void everyConfiguredManagerHasAStoreOfItsOwn() {
        EventStreamManagerBuilder builder =
                EventStreamManager.builder(MEMORY).types(ACCOUNT_EVENTS).tenant(ACME);
        EventStreamManager one = builder.build();
        one.append(CASH, ExpectedVersion.any(), debited("1"));

        assertThat(builder.build().head()).isEmpty();
    }

    @Test
    void theLogSaysWhichStoreWasOpened() {
        assertThat(RecordedLogs.during(() ->
                        EventStreamManager.builder().store(store).tenant(ACME).build()))
                .containsExactly("INFO EventStream is ready: a store of the host");
        assertThat(RecordedLogs.during(() -> EventStreamManager.builder(MEMORY)
                        .types(ACCOUNT_EVENTS)
                        .tenant(ACME)
                        .build()))
                .containsExactly("INFO EventStream is ready: backend memory");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        EventStreamManager manager =
                EventStreamManager.builder().store(store).tenant(ACME).build();

        assertThatThrownBy(() -> EventStreamManager.builder().store(null)).hasMessage("store");
        assertThatThrownBy(() -> EventStreamManager.builder().tenant(null)).hasMessage("tenant");
        assertThatThrownBy(() -> EventStreamManager.builder().tenants(null)).hasMessage("tenants");
        assertThatThrownBy(() -> EventStreamManager.builder().metadata(null)).hasMessage("metadata");
        assertThatThrownBy(() -> EventStreamManager.builder().domain(null)).hasMessage("domain");
        assertThatThrownBy(() -> EventStreamManager.builder(MEMORY).resource(Clock.class, null))
                .hasMessage("resource");
        assertThatThrownBy(() -> EventStreamManager.builder().resource(Clock.class, Clock.systemUTC()))
                .hasMessage("the store that was brought has its resources; use builder(config)");
        assertThatThrownBy(() -> EventStreamManager.builder(MEMORY).serializer(null))
                .hasMessage("serializer");
        assertThatThrownBy(() -> manager.with(null)).hasMessage("store");
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), (Object) null))
                .hasMessage("payload");
    }
}
