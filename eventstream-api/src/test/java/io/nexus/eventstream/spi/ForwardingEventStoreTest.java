package io.nexus.eventstream.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForwardingEventStoreTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId CASH = StreamId.of("account", "1000");
    private static final EventId ID = EventId.fromName("event");
    private static final EventQuery QUERY = EventQuery.stream(CASH).pageSize(7);
    private static final StreamAppend APPEND = StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of("event"));

    private final RememberingStore target = new RememberingStore();
    private final EventStore forwarding = new ForwardingEventStore() {
        @Override
        protected EventStore delegate() {
            return target;
        }
    };

    @Test
    void everyCallIsPassedOnAndItsAnswerGivenBack() {
        assertThat(forwarding.appendAll(ACME, List.of(APPEND))).isSameAs(target.result);
        assertThat(forwarding.read(ACME, QUERY)).isSameAs(target.page);
        assertThat(forwarding.version(ACME, CASH)).isEqualTo(EventVersion.of(7));
        assertThat(forwarding.head(ACME)).isSameAs(target.head);
        assertThat(forwarding.find(ACME, ID)).isSameAs(target.found);
        assertThat(forwarding.positionAt(ACME, Instant.EPOCH)).isEqualTo(Position.of(9));
        forwarding.ensureTenant(ACME);

        assertThat(target.calls)
                .containsExactly(
                        "append " + List.of(APPEND),
                        "read stream account/1000, in pages of 7",
                        "version account/1000",
                        "head",
                        "find " + ID,
                        "positionAt 1970-01-01T00:00:00Z",
                        "ensureTenant");
    }

    @Test
    void conveniencesEndInTheCallsThatADecoratorOverrides() {
        assertThat(forwarding.append(ACME, APPEND)).isSameAs(target.result);
        assertThat(forwarding.walk(ACME, QUERY)).isEmpty();

        assertThat(target.calls)
                .containsExactly("append " + List.of(APPEND), "read stream account/1000, in pages of 7");
    }

    @Test
    void encodedEventsPrintNeitherPayloadNorMetadata() {
        EncodedEvent event = new EncodedEvent(
                CASH,
                ID,
                EventType.of("debited", 2),
                "hunter2".getBytes(StandardCharsets.UTF_8),
                "hunter2".getBytes(StandardCharsets.UTF_8),
                Optional.empty());

        assertThat(event).hasToString("EncodedEvent[%s, account/1000, debited v2]".formatted(ID));
    }

    /** An event that is only passed on. */
    private static final class NobodysEvent implements RecordedEvent {

        @Override
        public StoredEvent stored() {
            throw new UnsupportedOperationException();
        }

        @Override
        public EventType type() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object payload() {
            throw new UnsupportedOperationException();
        }

        @Override
        public EventMetadata metadata() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int part() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String json() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String maskedJson() {
            throw new UnsupportedOperationException();
        }
    }

    /** Remembers every call and answers with values of its own. */
    private static final class RememberingStore implements EventStore {

        private final List<String> calls = new ArrayList<>();
        private final AppendResult result = new AppendResult(List.of(), Instant.EPOCH, false);
        private final EventPage page = new EventPage(List.of(), Optional.empty());
        private final Optional<RecordedEvent> found = Optional.of(new NobodysEvent());
        private final Optional<LogHead> head = Optional.of(new LogHead(Position.of(8), Instant.EPOCH, EventHash.NONE));

        @Override
        public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
            remember(tenant, "append " + appends);
            return result;
        }

        @Override
        public void ensureTenant(TenantId tenant) {
            remember(tenant, "ensureTenant");
        }

        @Override
        public EventPage read(TenantId tenant, EventQuery query) {
            remember(tenant, "read " + query);
            return page;
        }

        @Override
        public EventVersion version(TenantId tenant, StreamId stream) {
            remember(tenant, "version " + stream);
            return EventVersion.of(7);
        }

        @Override
        public Optional<LogHead> head(TenantId tenant) {
            remember(tenant, "head");
            return head;
        }

        @Override
        public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
            remember(tenant, "find " + id);
            return found;
        }

        @Override
        public Position positionAt(TenantId tenant, Instant recordedAt) {
            remember(tenant, "positionAt " + recordedAt);
            return Position.of(9);
        }

        private void remember(TenantId tenant, String call) {
            assertThat(tenant).isEqualTo(ACME);
            calls.add(call);
        }
    }
}
