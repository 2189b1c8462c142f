package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Wherever in an event a mark is reached, its value is encrypted, or the event is refused; it is never stored in the clear. */
class FoundTest {

    private static final String SECRET = "Xq7Zsecret";

    private final InMemorySubjectKeyStore keyStore = new InMemorySubjectKeyStore();
    private final SubjectKeys keys = SubjectKeys.of(keyStore, Shop.MASTER);

    record Person(String id, @PersonalData(of = "id") String name) {
        static final Person ANN = new Person("1", SECRET);
    }

    record Wild(List<? extends Person> persons) {}

    record Signed<T>(T body, List<T> copies) {}

    record Approved(Signed<Person> approval) {}

    record Nested(Signed<Signed<Person>> approval) {}

    record Anything(Object value) {}

    interface Party {}

    record Partner(String id, @PersonalData(of = "id") String name) implements Party {}

    record Met(Party party) {}

    record Unit(Person head, List<Unit> units) {}

    record Tree(String id, @PersonalData(of = "id") String name, List<Tree> children) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Grouped(Map<DayOfWeek, Person> byDay, Map<Code, Person> byCode, Set<Person> all, Person[][] table) {}

    record Code(@JsonValue int number) {}

    record Maybe(Optional<List<Optional<Person>>> persons) {}

    record Renaming(
            String id,

            @JsonProperty("full_name") @PersonalData(of = "id")
            String name,

            @JsonProperty("contact_person") Person contact) {}

    public static final class Bean {
        public String getId() {
            return "1";
        }

        public Person getPerson() {
            return Person.ANN;
        }

        public Object getUnknown() {
            return Person.ANN;
        }
    }

    record Boxed(Bean bean) {}

    static final class Guests implements Iterable<Person> {
        @Override
        public Iterator<Person> iterator() {
            return List.of(Person.ANN).iterator();
        }
    }

    record Invited(Guests guests) {}

    record One<T>(T in) {}

    record Five<T>(One<One<One<One<T>>>> in) {
        static <T> Five<T> of(T body) {
            return new Five<>(new One<>(new One<>(new One<>(new One<>(body)))));
        }
    }

    record Deep(Five<Five<Five<Five<Five<Person>>>>> in) {}

    record Wrapper(@JsonValue Person person) {}

    record Wrapped(Wrapper wrapper) {}

    @Test
    void behindWildcardsTypeVariablesAndInterfaces() {
        encrypted(new Wild(List.of(Person.ANN)), "/persons/0/name");
        encrypted(
                new Approved(new Signed<>(Person.ANN, List.of(Person.ANN))),
                "/approval/body/name",
                "/approval/copies/0/name");
        encrypted(new Nested(new Signed<>(new Signed<>(Person.ANN, List.of()), List.of())), "/approval/body/body/name");
        encrypted(new Signed<>(Person.ANN, List.of()), "/body/name");
        encrypted(new Anything(Person.ANN), "/value/name");
        encrypted(new Anything(List.of(1, Map.of("a", Person.ANN))), "/value/1/a/name");
        encrypted(new Met(new Partner("1", SECRET)), "/party/name");
        encrypted(new Invited(new Guests()), "/guests/0/name");
    }

    @Test
    void inRecordsThatContainThemselves() {
        encrypted(
                new Unit(Person.ANN, List.of(new Unit(Person.ANN, List.of(new Unit(Person.ANN, List.of()))))),
                "/head/name",
                "/units/0/head/name",
                "/units/0/units/0/head/name");
        encrypted(new Tree("1", SECRET, List.of(new Tree("2", SECRET, List.of()))), "/name", "/children/0/name");
    }

    @Test
    void deeperThanClassesAreLookedAt() {
        encrypted(new Deep(Five.of(Five.of(Five.of(Five.of(Five.of(Person.ANN)))))), "/in".repeat(26) + "/name");
    }

    @Test
    void inContainersOfEveryKind() {
        encrypted(
                new Grouped(
                        Map.of(DayOfWeek.MONDAY, Person.ANN),
                        Map.of(new Code(7), Person.ANN),
                        new LinkedHashSet<>(List.of(new Person("2", "Bob"), Person.ANN)),
                        new Person[][] {{}, {Person.ANN}}),
                "/byDay/MONDAY/name",
                "/byCode/7/name",
                "/all/0/name",
                "/all/1/name",
                "/table/1/0/name");
        encrypted(new Maybe(Optional.of(List.of(Optional.empty(), Optional.of(Person.ANN)))), "/persons/1/name");
    }

    @Test
    void underTheNameThatItHasInTheJson() {
        encrypted(new Renaming("1", SECRET, Person.ANN), "/full_name", "/contact_person/name");
        encrypted(new Boxed(new Bean()), "/bean/person/name", "/bean/unknown/name");
        encrypted(new Wrapped(new Wrapper(Person.ANN)), "/wrapper/name");
    }

    record Nulls(@JsonInclude(JsonInclude.Include.NON_EMPTY) Person person, Nothing nothing) {}

    record Nothing(
            String id,

            @PersonalData(of = "id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> phone,

            @PersonalData(of = "id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<String> names) {}

    @Test
    void whatIsNotThereIsPassedOver() {
        assertThat(encoded(new Unit(null, null))).isEqualTo("{\"head\":null,\"units\":null}");
        assertThat(encoded(new Anything(null))).isEqualTo("{\"value\":null}");
        assertThat(encoded(new Nulls(null, new Nothing("1", Optional.empty(), List.of()))))
                .isEqualTo("{\"nothing\":{\"id\":\"1\"}}");
    }

    record Unwrapped(@JsonUnwrapped Person person) {}

    record OpenUnwrapped(@JsonUnwrapped Object person) {}

    record ByText(
            @JsonSerialize(using = ToStringSerializer.class) Person person) {}

    record OpenByText(
            @JsonSerialize(using = ToStringSerializer.class) Object person) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Row(String id, @PersonalData(of = "id") String name) {}

    record Rows(List<Row> rows) {}

    record Keys(Map<Object, String> values) {}

    record Others(@JsonAnyGetter Map<String, Person> others) {}

    record Spread(String id) {
        @JsonAnyGetter
        public Map<String, Person> all() {
            return Map.of("a", Person.ANN);
        }
    }

    public static final class SpreadBean {
        @JsonAnyGetter
        public Map<String, Person> all() {
            return Map.of("a", Person.ANN);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
    sealed interface Kind {}

    record OneKind(String id, @PersonalData(of = "id") String name) implements Kind {}

    record OfKind(Kind kind) {}

    @JsonSerialize(using = ToStringSerializer.class)
    public static final class Shown {
        public Person getPerson() {
            return Person.ANN;
        }

        @Override
        public String toString() {
            return SECRET;
        }
    }

    record Showing(Object shown) {}

    record OutOfLine(
            @JsonSerialize(using = ToStringSerializer.class) Signed<Object> signed) {}

    record Dropped(
            String id,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @PersonalData(of = "id", erased = "0")
            int age,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @PersonalData(of = "id")
            String name) {}

    @Test
    void whatDoesNotStandInItsPlaceInTheJsonIsRefused() {
        refused(new Unwrapped(Person.ANN), "/person/name");
        refused(new OpenUnwrapped(Person.ANN), "/person/name");
        refused(new ByText(Person.ANN), "/person/name");
        refused(new OpenByText(Person.ANN), "/person/name");
        refused(new Rows(List.of(new Row("1", SECRET))), "/rows/0/name");
        refused(new Keys(Map.of(Person.ANN, "x")), "/name");
        refused(new Others(Map.of("a", Person.ANN)), "/name");
        refused(new Spread("1"), "/name");
        refused(new Anything(new SpreadBean()), "/~0personal");
        refused(new OfKind(new OneKind("1", SECRET)), "/kind/name");
        refused(new Showing(new Shown()), "/shown/person");
        refused(new OutOfLine(new Signed<>(List.of(Person.ANN), List.of())), "/signed/body/0/name");
        refused(new Dropped("1", 7, ""), "/name");
    }

    record Whole(
            String id,
            @PersonalData(of = "id", erased = "null") Object body) {}

    record Iban(@PersonalData(of = "/id") @JsonValue String value) {}

    record NoSubject(@PersonalData(of = "missing") String name) {}

    @Test
    void aClassThatIsSeenForTheFirstTimeIsHeldToTheSameRules() {
        refused(new Whole("1", Person.ANN), "/body/name");
        assertThat(encoded(new Whole("1", SECRET))).doesNotContain(SECRET);
        assertThatThrownBy(() -> encoded(new Anything(new Iban(SECRET))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContainingAll("/value of", "Iban is written as a single value")
                .hasMessageNotContaining(SECRET);
        refused(new Anything(new NoSubject(SECRET)), "no id stands at missing");
    }

    record Line(String text) {}

    record Lines(String id, @JsonUnwrapped Line line, List<Line> lines) {}

    @Test
    void whatWasNamedIsHeldToTheSameRules() {
        String lines = text(serializer(Lines.class, "/lines/*/text")
                .encode(Shop.ACME, Shop.customer("1"), NewEvent.of(new Lines("1", null, List.of(new Line(SECRET))))));

        assertThat(lines).contains("\"/lines/0/text\":\"[erased]\"").doesNotContain(SECRET);
        assertThatThrownBy(() -> serializer(Lines.class, "/line/text")
                        .encode(
                                Shop.ACME,
                                Shop.customer("1"),
                                NewEvent.of(new Lines("1", new Line(SECRET), List.of()))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("/line/text of event");
    }

    sealed interface Buyer {}

    record Private(String id, @PersonalData(of = "id") String name, String contact) implements Buyer {}

    record Company(
            String number,
            @PersonalData(of = "number", erased = "\"?\"") String contact) implements Buyer {}

    record Bought(List<Buyer> buyers) {}

    @Test
    void ofASealedTypeEachFormHasItsOwnMarks() {
        String json =
                encoded(new Bought(List.of(new Private("p-1", "Ann Lee", "public"), new Company("c-2", "Bob Lee"))));

        assertThat(json)
                .contains("\"/buyers/0/name\":\"[erased]\"", "\"/buyers/1/contact\":\"?\"", "\"contact\":\"public\"")
                .doesNotContain("Ann Lee", "Bob Lee");
        assertThat(keyStore.current(Shop.ACME, "p-1")).isPresent();
        assertThat(keyStore.current(Shop.ACME, "c-2")).isPresent();
    }

    record CustomerId(@JsonValue String value) {}

    record Customer(@JsonValue long value) {}

    record Registered(
            CustomerId customer,
            Customer number,
            @PersonalData(of = "customer") String name,
            @PersonalData(of = "/number") String phone) {}

    @Test
    void aValueClassCanBeThePersonsId() {
        Registered event = new Registered(new CustomerId("c-1"), new Customer(7), SECRET, SECRET);
        EncryptingEventSerializer serializer = serializer(Registered.class);
        EncodedEvent encoded = serializer.encode(Shop.ACME, Shop.customer("1"), NewEvent.of(event));

        assertThat(text(encoded)).doesNotContain(SECRET);
        assertThat(keyStore.current(Shop.ACME, "c-1")).isPresent();
        assertThat(keyStore.current(Shop.ACME, "7")).isPresent();
        DecodedEvent decoded = serializer.decode(Stored.of(Shop.ACME, encoded)).get(0);
        assertThat(decoded.payload()).isEqualTo(event);
    }

    private void encrypted(Object event, String... places) {
        String json = encoded(event);
        assertThat(json).doesNotContain(SECRET);
        String header = json.substring(0, json.indexOf("}}}"));
        assertThat(header.split("\":\"\\[erased]\"", -1)).hasSize(places.length + 1);
        for (String place : places) {
            assertThat(header).contains("\"" + place + "\":");
        }
    }

    private void refused(Object event, String what) {
        assertThatThrownBy(() -> encoded(event))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContainingAll(what, "cannot be encrypted")
                .hasMessageNotContaining(SECRET);
    }

    private String encoded(Object event) {
        return text(serializer(event.getClass()).encode(Shop.ACME, Shop.customer("1"), NewEvent.of(event)));
    }

    private EncryptingEventSerializer serializer(Class<?> event, String... named) {
        EncryptingEventSerializer.Builder builder =
                EncryptingEventSerializer.builder(JsonEventSerializer.of(EventTypes.of(event)), keys);
        for (String path : named) {
            builder.personal("lines", path, "/id", "");
        }
        return builder.build();
    }

    private static String text(EncodedEvent event) {
        return new String(event.payload(), StandardCharsets.UTF_8);
    }
}
