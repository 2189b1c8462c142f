package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventIdMismatchException.Reason;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ids that are in the log, but not as one earlier append of the same events. */
abstract class IdMismatchContract extends StoreContract {

    private static final Instant YEAR_END = Instant.parse("2025-12-31T12:00:00Z");

    private final NewEvent one = posted("JE-1", "0.10");
    private final NewEvent two = posted("JE-2").occurredAt(YEAR_END);
    private final NewEvent three = posted("JE-3");

    IdMismatchContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void idsOfWhichOnlySomeAreRecordedAreRefused() {
        append(cash, one, two);

        mismatch(Reason.ONLY_PARTLY_RECORDED, List.of(one.id(), two.id()), one, two, three);
        mismatch(Reason.ONLY_PARTLY_RECORDED, List.of(two.id()), three, two);
        assertThat(store.find(tenant, three.id())).isEmpty();
    }

    @Test
    final void anIdThatStandsTwiceInOneAppendIsRefused() {
        append(cash, one);

        mismatch(Reason.USED_TWICE_IN_THIS_APPEND, List.of(two.id()), two, three, two);
        mismatch(Reason.USED_TWICE_IN_THIS_APPEND, List.of(one.id()), one, one);
        EventIdMismatchException overTwoStreams = refused(
                EventIdMismatchException.class,
                () -> store.appendAll(
                        tenant,
                        List.of(
                                StreamAppend.of(cash, ExpectedVersion.any(), three),
                                StreamAppend.of(bank, ExpectedVersion.any(), three))));
        assertThat(overTwoStreams.reason()).isEqualTo(Reason.USED_TWICE_IN_THIS_APPEND);
        assertThat(overTwoStreams.ids()).containsExactly(three.id());
    }

    @Test
    final void idsOfDifferentAppendsAreRefused() {
        append(cash, one);
        append(cash, two);

        mismatch(Reason.RECORDED_BY_DIFFERENT_APPENDS, List.of(one.id(), two.id()), one, two);
    }

    @Test
    final void anotherPayloadUnderAKnownIdIsRefused() {
        append(cash, one, two);

        NewEvent otherAmount = posted("JE-1", "0.11").withId(one.id());
        mismatch(Reason.RECORDED_WITH_OTHER_CONTENT, List.of(one.id()), otherAmount, two);
        NewEvent otherScale = posted("JE-1", "0.1").withId(one.id());
        mismatch(Reason.RECORDED_WITH_OTHER_CONTENT, List.of(one.id()), otherScale, two);
        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-2");
        assertThat(stream(cash).get(0).payload()).isEqualTo(new LedgerEvent.Posted("JE-1", new BigDecimal("0.10")));
    }

    @Test
    final void anotherTypeUnderAKnownIdIsRefused() {
        append(cash, one);

        NewEvent otherType = NewEvent.of(new Noted("JE-1", Map.of())).withId(one.id());
        mismatch(Reason.RECORDED_WITH_OTHER_CONTENT, List.of(one.id()), otherType);
    }

    @Test
    final void anotherBusinessTimeUnderAKnownIdIsRefused() {
        append(cash, one, two);

        NewEvent otherTime = two.occurredAt(YEAR_END.plusNanos(1_000));
        mismatch(Reason.RECORDED_WITH_OTHER_CONTENT, List.of(two.id()), one, otherTime);
        NewEvent timeWhereNoneWasGiven = one.occurredAt(YEAR_END);
        mismatch(Reason.RECORDED_WITH_OTHER_CONTENT, List.of(one.id()), timeWhereNoneWasGiven, two);
    }

    @Test
    final void anotherStreamUnderAKnownIdIsRefused() {
        append(cash, one);

        EventIdMismatchException otherId =
                refused(EventIdMismatchException.class, () -> append(bank, ExpectedVersion.any(), one));
        assertThat(otherId.reason()).isEqualTo(Reason.RECORDED_WITH_OTHER_CONTENT);
        assertThat(otherId.ids()).containsExactly(one.id());
        assertThat(store.version(tenant, bank).value()).isZero();
    }

    @Test
    final void aMismatchIsFoundBeforeAConflict() {
        append(cash, one, two);

        EventIdMismatchException mismatch =
                refused(EventIdMismatchException.class, () -> append(cash, ExpectedVersion.noStream(), one, three));

        assertThat(mismatch.reason()).isEqualTo(Reason.ONLY_PARTLY_RECORDED);
    }

    @Test
    final void eventsThatWereInTheWayOfAMismatchCanStillBeAppended() {
        append(cash, one);
        mismatch(Reason.ONLY_PARTLY_RECORDED, List.of(one.id()), one, three);

        assertThat(append(cash, three).alreadyRecorded()).isFalse();
        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-3");
    }

    private void mismatch(Reason reason, List<EventId> ids, NewEvent... events) {
        EventIdMismatchException mismatch =
                refused(EventIdMismatchException.class, () -> append(cash, ExpectedVersion.any(), events));

        assertThat(mismatch.reason()).isEqualTo(reason);
        assertThat(mismatch.ids()).containsExactlyElementsOf(ids);
        assertThat(mismatch.tenant()).isEqualTo(tenant);
        assertThat(mismatch).hasMessageContaining(ids.get(0).toString());
    }
}
