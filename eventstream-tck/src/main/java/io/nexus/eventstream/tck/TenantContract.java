package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.TenantNotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tenants are walls. */
abstract class TenantContract extends StoreContract {

    private final TenantId other = Fresh.tenant();

    TenantContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void tenantsShareNothing() {
        NewEvent shared = posted("same id", "1.00");
        NewEvent mine = posted("mine", "2.00");
        NewEvent theirs = posted("theirs", "3.00");
        append(cash, ExpectedVersion.noStream(), shared, mine);
        appendTo(other, shared, theirs);
        append(bank, posted("mine too"));

        assertThat(entries(log())).containsExactly("same id", "mine", "mine too");
        assertThat(entries(stream(cash))).containsExactly("same id", "mine");
        List<String> others = store.read(other, EventQuery.log()).events().stream()
                .map(event -> ((LedgerEvent.Posted) event.payload()).entry())
                .toList();
        assertThat(others).first().isEqualTo("same id");
        assertThat(others).doesNotContain("mine", "mine too");
        assertThat(store.walk(other, EventQuery.stream(cash)))
                .extracting(event -> event.position().value())
                .containsExactly(1L, 2L);
        assertThat(store.version(other, cash)).isEqualTo(EventVersion.of(2));
        assertThat(store.version(other, bank)).isEqualTo(EventVersion.NONE);
        assertThat(store.head(other))
                .hasValueSatisfying(head -> assertThat(head.position()).isEqualTo(Position.of(2)));
        assertThat(store.find(other, mine.id())).isEmpty();
        assertThat(store.find(tenant, theirs.id())).isEmpty();
        assertThat(store.find(other, shared.id()))
                .hasValueSatisfying(event -> assertThat(event.tenant()).isEqualTo(other));
    }

    @Test
    final void expectationsLookAtTheOwnTenantOnly() {
        append(cash, postings(3));

        appendTo(other, posted("first"));

        ConcurrencyException conflict = catchThrowableOfType(
                ConcurrencyException.class,
                () -> store.append(other, StreamAppend.of(cash, ExpectedVersion.exactly(3), posted("wrong"))));
        assertThat(conflict).isNotNull();
        assertThat(conflict.tenant()).isEqualTo(other);
        assertThat(conflict.actual()).isEqualTo(EventVersion.first());
    }

    @Test
    final void recordedMomentsAreResolvedInTheOwnTenantOnly() {
        AppendResult first = append(cash, postings(4));
        appendTo(other, posted("o1"));
        AppendResult last = append(cash, postings(1));

        assertThat(store.positionAt(other, first.recordedAt())).isEqualTo(Position.START);
        assertThat(store.positionAt(other, last.recordedAt())).isEqualTo(Position.of(1));
        assertThat(store.positionAt(tenant, last.recordedAt())).isEqualTo(Position.of(5));
    }

    @Test
    final void aTenantThatDoesNotExistReadsAsOneWithoutEvents() {
        append(cash, postings(2));

        assertThat(store.read(other, EventQuery.log()).events()).isEmpty();
        assertThat(store.read(other, EventQuery.log()).next()).isEmpty();
        assertThat(store.read(other, EventQuery.stream(cash).backward()).events())
                .isEmpty();
        assertThat(store.walk(other, EventQuery.log().ofTypes("posted"))).isEmpty();
        assertThat(store.version(other, cash)).isEqualTo(EventVersion.NONE);
        assertThat(store.head(other)).isEmpty();
        assertThat(store.find(other, log().get(0).id())).isEmpty();
        assertThat(store.positionAt(other, log().get(1).recordedAt())).isEqualTo(Position.START);
    }

    @Test
    final void aTenantThatIsNotCreatedByItselfMustBeCreatedFirst() {
        store = fixture.open(StoreOptions.defaults().withoutAutoCreateTenants());
        NewEvent event = posted("JE-1");

        TenantNotFoundException refusal =
                catchThrowableOfType(TenantNotFoundException.class, () -> append(cash, event));
        assertThat(refusal).isNotNull();
        assertThat(refusal.tenant()).isEqualTo(tenant);
        assertThat(store.head(tenant)).isEmpty();

        store.ensureTenant(tenant);
        assertThat(store.head(tenant)).isEmpty();
        assertThat(append(cash, ExpectedVersion.noStream(), event).position()).isEqualTo(Position.of(1));
        assertThat(entries(log())).containsExactly("JE-1");
    }

    @Test
    final void makingSureOfATenantTwiceDoesNothing() {
        store.ensureTenant(tenant);
        append(cash, postings(2));
        store.ensureTenant(tenant);

        assertThat(log()).hasSize(2);
        assertThat(append(cash, posted("JE-3")).position()).isEqualTo(Position.of(3));
    }

    @Test
    final void sixteenFirstAppendsOfANewTenantAllSucceed() {
        List<Long> positions = Racers.together(
                16,
                racer -> append(cash, ExpectedVersion.any(), posted("racer " + racer))
                        .position()
                        .value());

        assertThat(positions)
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L);
        assertThat(versions(log()))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L);
    }

    @Test
    final void tenantsWhoseNamesDifferInCaseAreDifferent() {
        TenantId lower = TenantId.of(tenant + "-straße");
        TenantId upper = TenantId.of(tenant + "-STRASSE");
        appendTo(lower, posted("lower"), posted("lower"));
        appendTo(upper, posted("upper"));

        assertThat(store.version(lower, cash)).isEqualTo(EventVersion.of(2));
        assertThat(store.version(upper, cash)).isEqualTo(EventVersion.of(1));
    }

    private void appendTo(TenantId owner, NewEvent... events) {
        store.append(owner, StreamAppend.of(cash, ExpectedVersion.any(), events));
    }
}
