package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.decoded;
import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.NewEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFaultsTest {

    private static final String PLACE =
            "account/1000 version 3 at position 7 of tenant acme: %1$s v1 cannot be read as %1$s v1: ";

    enum Side {
        DEBIT,
        CREDIT
    }

    record Line(BigDecimal amount, Side side) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Entry(
            LocalDate day,
            Instant moment,
            UUID id,
            Side side,
            BigDecimal amount,
            int count,
            long total,
            boolean posted,
            byte[] attachment,
            URI link,
            Currency currency,
            MathContext rounding,
            Path file,
            Line line,
            List<Line> lines,
            Map<Side, Integer> perSide,
            Runnable action) {}

    record Refusing(String text) {
        Refusing {
            if (text.equals("no")) {
                throw new IllegalArgumentException("a text must not say no");
            }
        }
    }

    record Outer(Refusing inner) {}

    record Failing(String text) {
        @Override
        public String text() {
            throw new IllegalStateException("not now");
        }
    }

    record Failings(List<Failing> list) {}

    record Holder(Map<String, String> map) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "day",
                "moment",
                "id",
                "side",
                "amount",
                "count",
                "total",
                "posted",
                "attachment",
                "link",
                "currency",
                "rounding",
                "file",
                "line",
                "lines",
                "perSide",
                "action"
            })
    void aValueThatDoesNotFitIsNeverQuoted(String field) {
        int refused = 0;
        for (String value : List.of(
                "\"hunter2 <>\"",
                "[\"hunter2 <>\"]",
                "{\"amount\":\"hunter2 <>\"}",
                "[{\"amount\":\"hunter2 <>\"}]",
                "hunter2",
                "\"hunter2")) {
            String json = "{\"%s\":%s}".formatted(field, value);
            try {
                // Some of these are texts that fit, a path for example.
                read(Entry.class, json);
            } catch (EventSerializationException e) {
                refused++;
                assertThat(e).hasMessageStartingWith(PLACE.formatted("entry"));
                assertThat(e.type()).isEqualTo("entry");
                for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                    assertThat(String.valueOf(cause)).as(json).doesNotContain("hunter2");
                }
            }
        }
        assertThat(refused).as("values that did not fit %s", field).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"day\":\"31.3.\"}|its JSON does not fit the class at io.nexus.eventstream.core.JsonFaultsTest$Entry[\"day\"]",
                "{\"count\":99999999999}|its JSON does not fit the class at io.nexus.eventstream.core.JsonFaultsTest$Entry[\"count\"]",
                "{\"lines\":[{\"amount\":1},{\"amount\":\"x\"}]}|its JSON does not fit the class at io.nexus.eventstream.core.JsonFaultsTest$Entry[\"lines\"]->java.util.ArrayList[1]->io.nexus.eventstream.core.JsonFaultsTest$Line[\"amount\"]",
                "{\"lines\":[}|its JSON is malformed at io.nexus.eventstream.core.JsonFaultsTest$Entry[\"lines\"]",
                "\"text\"|its JSON does not fit the class at line 1, column 1",
                "{\"count\" 1}|its JSON is malformed at line 1, column 10",
                "null|its JSON is null",
            })
    void theFaultAndItsPlaceAreNamed(String json, String fault) {
        assertThatThrownBy(() -> read(Entry.class, json))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining(fault)
                .hasNoCause();
    }

    @Test
    void aTypeThatNobodyCanBuildIsNotBlamedOnTheJson() {
        assertThatThrownBy(() -> read(Entry.class, "{\"action\":{}}"))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(PLACE.formatted("entry") + "nothing says how to build java.lang.Runnable from JSON, use a "
                        + "record or another type with a public constructor, at "
                        + "io.nexus.eventstream.core.JsonFaultsTest$Entry[\"action\"]");
    }

    @Test
    void whatTheConstructorOfARecordThrewIsKept() {
        assertThatThrownBy(() -> read(Refusing.class, "{\"text\":\"no\"}"))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(PLACE.formatted("refusing")
                        + "the class did not accept its values (see the cause) at line 1, column 13")
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a text must not say no");
        assertThatThrownBy(() -> read(Outer.class, "{\"inner\":{\"text\":\"no\"}}"))
                .hasMessageEndingWith("the class did not accept its values (see the cause) at "
                        + "io.nexus.eventstream.core.JsonFaultsTest$Outer[\"inner\"]")
                .hasRootCauseMessage("a text must not say no");
    }

    @Test
    void whatAnUpcastTreeDoesNotFitIsNotQuotedEither() {
        EventType old = EventType.of("line", 1);
        JsonEventSerializer serializer = JsonEventSerializer.builder(
                        EventTypes.of().with(EventType.of("line", 2), Line.class))
                .upcasters(Upcaster.of(old, EventType.of("line", 2), payload -> payload))
                .build();

        assertThatThrownBy(() ->
                        decoded(serializer, old, "{\"amount\":\"hunter2\"}").payload())
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(
                        "account/1000 version 3 at position 7 of tenant acme: line v1 cannot be read as line v2: "
                                + "its JSON does not fit the class at io.nexus.eventstream.core.JsonFaultsTest$Line[\"amount\"]")
                .hasNoCause();
    }

    @Test
    void whatTheConstructorThrewIsKeptForAnUpcastTreeToo() {
        EventType old = EventType.of("refusing", 1);
        JsonEventSerializer serializer = JsonEventSerializer.builder(
                        EventTypes.of().with(EventType.of("refusing", 2), Refusing.class))
                .upcasters(Upcaster.of(old, EventType.of("refusing", 2), payload -> payload))
                .build();

        assertThatThrownBy(() -> decoded(serializer, old, "{\"text\":\"no\"}").payload())
                .hasMessageEndingWith("the class did not accept its values (see the cause) at its root")
                .hasRootCauseMessage("a text must not say no");
    }

    @Test
    void whatAnAccessorThrewIsKeptWithItsPlace() {
        assertThatThrownBy(() -> written(new Failings(List.of(new Failing("hunter2")))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("an event of type failings v1 cannot be written: not now at /list/0/text")
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMapWithoutAKeyIsRefusedWithItsPlace() {
        Map<@Nullable String, String> map = new HashMap<>();
        map.put(null, "hunter2");

        assertThatThrownBy(() -> writtenUnchecked(map))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageStartingWith("an event of type holder v1 cannot be written: Null key")
                .hasMessageEndingWith(" at /map");
    }

    @Test
    void aModuleThatIsNotOpenIsToldToOpen(@TempDir Path directory) throws Exception {
        Record closed = (Record) ForeignClasses.compiled(directory)
                .file("module-info.java", "module closed { exports open; }")
                .file("hidden/Closed.java", "package hidden; public record Closed(String text) {}")
                .file("open/Maker.java", """
                        package open;
                        public class Maker {
                            public static Record make() { return new hidden.Closed("hunter2"); }
                        }
                        """)
                .inModule("closed", "open.Maker");
        String hint = "Java does not let Jackson into a class of it (see the cause): open its package to "
                + "tools.jackson.databind in module-info.java";

        assertThatThrownBy(() -> written(closed))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("an event of type closed v1 cannot be written: " + hint + " at /text")
                .hasRootCauseInstanceOf(IllegalAccessException.class);
        EventSerializationException unreadable = catchThrowableOfType(
                EventSerializationException.class, () -> read(closed.getClass(), "{\"text\":\"hunter2\"}"));
        assertThat(unreadable).hasMessageStartingWith(PLACE.formatted("closed") + hint + ", at ");
        assertThat(unreadable).hasRootCauseInstanceOf(IllegalAccessException.class);
    }

    @Test
    void aClassOfAnotherLoaderIsNotTakenForOneThatNobodyRegistered(@TempDir Path one, @TempDir Path other)
            throws Exception {
        Record registered = foreignMoved(one);
        Record given = foreignMoved(other);

        assertThatThrownBy(() -> written(JsonEventSerializer.of(EventTypes.of(registered.getClass())), given))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("plugin.Moved is not registered as an event: a class of that name is, but it was loaded by "
                        + "another class loader: build EventTypes where the events are made");
    }

    @Test
    void aClassThatNobodyRegisteredIsToldToRegister() {
        JsonEventSerializer serializer = JsonEventSerializer.of(EventTypes.of(Line.class));

        assertThatThrownBy(() -> written(serializer, new Refusing("yes")))
                .isInstanceOfSatisfying(
                        EventSerializationException.class,
                        e -> assertThat(e.type()).isEqualTo(Refusing.class.getName()))
                .hasMessage(Refusing.class.getName() + " is not registered as an event: add it to EventTypes.of(...), "
                        + "itself or the sealed interface that permits it");
    }

    private static Record foreignMoved(Path directory) throws Exception {
        return (Record) ForeignClasses.compiled(directory)
                .file("plugin/Moved.java", """
                        package plugin;
                        public record Moved() {
                            public static Record make() { return new Moved(); }
                        }
                        """)
                .inLoader("plugin.Moved");
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private static void writtenUnchecked(Map<@Nullable String, String> map) throws IOException {
        JsonEventSerializer.of(EventTypes.of(Holder.class)).encode(ACME, CASH, NewEvent.of(new Holder((Map<
                        String, String>)
                (Map<?, ?>) map)));
    }
}
