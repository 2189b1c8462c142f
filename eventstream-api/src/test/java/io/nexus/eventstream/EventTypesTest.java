package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class EventTypesTest {

    sealed interface LedgerEvent permits AccountEvent, PeriodClosed {}

    sealed interface AccountEvent extends LedgerEvent permits AccountDebited, AccountCredited {}

    record AccountDebited() implements AccountEvent {}

    record AccountCredited() implements AccountEvent {}

    @EventName(value = "period-ended", schemaVersion = 3)
    record PeriodClosed() implements LedgerEvent {}

    @EventName(schemaVersion = 2)
    record StockMoved() {}

    @EventName("account-debited")
    record Debit() {}

    @EventName(schemaVersion = 0)
    record Versionless() {}

    record IFRSClosed() {}

    record VATReturnFiled() {}

    record StockV2Moved() {}

    record Log4jRead() {}

    record Moved2026() {}

    record JE() {}

    record InvoiceIssued() {}

    @SuppressWarnings("UnicodeInCode")
    record ÜberweisungGebucht() {}

    sealed interface Half permits Good, Bad {}

    record Good() implements Half {}

    static final class Bad implements Half {}

    sealed interface Open permits Opened {}

    non-sealed interface Opened extends Open {}

    @Test
    @SuppressWarnings("UnicodeInCode")
    void namesAreDerivedFromClassNames() {
        assertNamed("account-debited", AccountDebited.class);
        assertNamed("ifrs-closed", IFRSClosed.class);
        assertNamed("vat-return-filed", VATReturnFiled.class);
        assertNamed("stock-v2-moved", StockV2Moved.class);
        assertNamed("log4j-read", Log4jRead.class);
        assertNamed("moved2026", Moved2026.class);
        assertNamed("je", JE.class);
        assertNamed("überweisung-gebucht", ÜberweisungGebucht.class);
    }

    @Test
    void namesDoNotDependOnTheMachinesLanguage() {
        Locale before = Locale.getDefault();
        try {
            // In Turkish the small letter of I has no dot.
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertNamed("invoice-issued", InvoiceIssued.class);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void anAnnotationGivesNameAndSchemaVersion() {
        EventTypes types = EventTypes.of(PeriodClosed.class, StockMoved.class, Debit.class);

        assertThat(types.typeOf(PeriodClosed.class)).contains(EventType.of("period-ended", 3));
        assertThat(types.typeOf(StockMoved.class)).contains(EventType.of("stock-moved", 2));
        assertThat(types.typeOf(Debit.class)).contains(EventType.of("account-debited", 1));
        assertThatThrownBy(() -> EventTypes.of(Versionless.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schema version of event type versionless is 0, the first is 1");
    }

    @Test
    void aSealedInterfaceStandsForAllItsRecordsAtAnyDepth() {
        EventTypes types = EventTypes.of(LedgerEvent.class);

        assertThat(types.names()).containsExactlyInAnyOrder("account-debited", "account-credited", "period-ended");
        assertThat(types.typeOf(AccountCredited.class)).contains(EventType.of("account-credited", 1));
        assertThat(types.classOf("account-credited")).contains(AccountCredited.class);
        assertThat(types.schemaVersionOf("period-ended")).contains(3);
        assertThat(types).hasToString("EventTypes[account-credited, account-debited, period-ended]");
    }

    @Test
    void whatIsNotRegisteredIsNotFound() {
        EventTypes types = EventTypes.of(AccountDebited.class);

        assertThat(types.typeOf(AccountCredited.class)).isEmpty();
        assertThat(types.classOf("account-credited")).isEmpty();
        assertThat(types.schemaVersionOf("account-credited")).isEmpty();
        assertThat(EventTypes.of().names()).isEmpty();
    }

    @Test
    void theSameClassTwiceIsRegisteredOnce() {
        assertThat(EventTypes.of(AccountEvent.class, AccountDebited.class, LedgerEvent.class)
                        .names())
                .hasSize(3);
    }

    @Test
    void onlyRecordsAreEvents() {
        assertThatThrownBy(() -> EventTypes.of(String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("java.lang.String is neither a record nor a sealed interface: events are records");
        assertThatThrownBy(() -> EventTypes.of(Half.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(Bad.class.getName() + " is neither a record nor a sealed interface: events are records");
        assertThatThrownBy(() -> EventTypes.of(Open.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(Opened.class.getName() + " is neither a record nor a sealed interface: events are records");
        assertThatThrownBy(() -> EventTypes.of().with(EventType.of("any", 1), Record.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("java.lang.Record is not a record: events are records");
    }

    @Test
    void twoClassesUnderOneNameAreRefused() {
        String message =
                "%s and %s would both be stored as \"account-debited\": give one of them another name with @EventName"
                        .formatted(AccountDebited.class.getName(), Debit.class.getName());

        assertThatThrownBy(() -> EventTypes.of(AccountDebited.class, Debit.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> EventTypes.of(AccountDebited.class).and(EventTypes.of(Debit.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> EventTypes.of(AccountDebited.class).with(EventType.of("account-debited", 2), JE.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("would both be stored as \"account-debited\"");
    }

    @Test
    void aClassThatCannotBeAnnotatedIsNamedByHand() {
        EventTypes types = EventTypes.of(AccountDebited.class).with(EventType.of("entry", 4), JE.class);

        assertThat(types.typeOf(JE.class)).contains(EventType.of("entry", 4));
        assertThat(types.names()).containsExactlyInAnyOrder("account-debited", "entry");
        assertThat(types.with(EventType.of("entry", 4), JE.class).names()).isEqualTo(types.names());
    }

    @Test
    void oneClassUnderTwoNamesIsRefused() {
        EventTypes types = EventTypes.of(JE.class);

        assertThatThrownBy(() -> types.with(EventType.of("entry", 1), JE.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s is registered as je v1 already".formatted(JE.class.getName()));
        assertThatThrownBy(() -> types.and(EventTypes.of().with(EventType.of("je", 2), JE.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s is registered both as je v1 and as je v2".formatted(JE.class.getName()));
    }

    @Test
    void typesOfTwoModulesAreJoined() {
        EventTypes joined = EventTypes.of(AccountEvent.class).and(EventTypes.of(AccountDebited.class, JE.class));

        assertThat(joined.names()).containsExactlyInAnyOrder("account-debited", "account-credited", "je");
    }

    private static void assertNamed(String name, Class<?> eventClass) {
        assertThat(EventTypes.of(eventClass).typeOf(eventClass)).contains(EventType.of(name, 1));
    }
}
