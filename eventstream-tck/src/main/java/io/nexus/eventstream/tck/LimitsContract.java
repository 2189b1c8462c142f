package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How large appends may be: the limit itself is allowed, one more is refused before anything is written. */
abstract class LimitsContract extends StoreContract {

    LimitsContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void twentyThousandEventsGoIntoOneAppendIfTheLimitAllows() {
        open(StoreLimits.defaults().withMaxEventsPerAppend(20_000));
        append(bank, posted("before"));
        NewEvent[] events = postings(20_000);

        AppendResult result = append(cash, ExpectedVersion.noStream(), events);

        assertThat(result.events()).hasSize(20_000);
        assertThat(result.position()).isEqualTo(Position.of(20_001));
        long expected = 1;
        for (RecordedEvent event : store.walk(tenant, EventQuery.log().after(Position.of(1)))) {
            assertThat(event.version().value()).isEqualTo(expected);
            assertThat(event.position().value()).isEqualTo(expected + 1);
            assertThat(event.id()).isEqualTo(events[(int) expected - 1].id());
            expected++;
        }
        assertThat(expected).isEqualTo(20_001);
        assertThat(append(cash, ExpectedVersion.noStream(), events).alreadyRecorded())
                .isTrue();
    }

    @Test
    final void moreEventsThanAnAppendMayHoldAreRefused() {
        open(StoreLimits.defaults().withMaxEventsPerAppend(3));

        assertThat(append(cash, postings(3)).events()).hasSize(3);
        exceeded("limits.max_events_per_append", 3, 4, () -> append(cash, postings(4)));
        exceeded(
                "limits.max_events_per_append",
                3,
                4,
                () -> store.appendAll(
                        tenant,
                        List.of(
                                StreamAppend.of(cash, ExpectedVersion.any(), postings(2)),
                                StreamAppend.of(bank, ExpectedVersion.any(), postings(2)))));
    }

    @Test
    final void aPayloadLargerThanAllowedIsRefused() {
        NewEvent event = NewEvent.of(new Noted("four bytes each: 😀😀😀", Map.of()));
        append(cash, event);
        int bytes = stream(cash).get(0).stored().payload().length;

        open(StoreLimits.defaults().withMaxPayloadBytes(bytes));
        assertThat(append(bank, NewEvent.of(event.payload())).events()).hasSize(1);
        open(StoreLimits.defaults().withMaxPayloadBytes(bytes - 1));
        exceeded(
                "limits.max_payload_bytes",
                bytes - 1,
                bytes,
                () -> append(bank, posted("small"), NewEvent.of(event.payload())));
    }

    @Test
    final void metadataLargerThanAllowedIsRefused() {
        EventMetadata metadata = EventMetadata.none().withUserId("ümlaut").with("note", "x".repeat(300));
        append(cash, posted("JE-1").withMetadata(metadata));
        int bytes = stream(cash).get(0).stored().metadata().length;

        open(StoreLimits.defaults().withMaxMetadataBytes(bytes));
        assertThat(append(bank, posted("JE-2").withMetadata(metadata)).events()).hasSize(1);
        open(StoreLimits.defaults().withMaxMetadataBytes(bytes - 1));
        exceeded(
                "limits.max_metadata_bytes",
                bytes - 1,
                bytes,
                () -> append(bank, posted("JE-3").withMetadata(metadata)));
    }

    @Test
    final void pagesHaveTheSizesOfTheStore() {
        open(StoreLimits.defaults().withPageSize(3, 5));
        for (int i = 0; i < 12; i++) {
            append(cash, posted("JE-" + i));
        }

        assertThat(store.read(tenant, EventQuery.log()).events()).hasSizeBetween(1, 3);
        assertThat(store.read(tenant, EventQuery.log().pageSize(100)).events()).hasSizeBetween(1, 5);
        assertThat(store.read(tenant, EventQuery.stream(cash).backward().pageSize(100))
                        .events())
                .hasSizeBetween(1, 5);
        assertThat(log()).hasSize(12);
    }

    private void open(StoreLimits limits) {
        store = fixture.open(StoreOptions.defaults().withLimits(limits));
    }

    private void exceeded(String limit, long allowed, long actual, ThrowingCallable append) {
        LimitExceededException refusal = refused(LimitExceededException.class, append);

        assertThat(refusal.limit()).isEqualTo(limit);
        assertThat(refusal.allowed()).isEqualTo(allowed);
        assertThat(refusal.actual()).isEqualTo(actual);
        assertThat(refusal).hasMessageContaining(limit);
    }
}
