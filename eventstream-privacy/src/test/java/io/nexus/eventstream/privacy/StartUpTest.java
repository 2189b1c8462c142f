package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What cannot be encrypted, erased or found is refused before the first event is written. */
class StartUpTest {

    private final SubjectKeys keys = SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER);

    record NoPlace(@PersonalData(of = "customer") String name) {}

    record Itself(@PersonalData(of = "name") String name) {}

    record ManyIds(
            List<String> ids, @PersonalData(of = "ids") String name) {}

    record NoErased(String id, @PersonalData(of = "id") LocalDate birth) {}

    record WrongErased(
            String id,
            @PersonalData(of = "id", erased = "\"soon\"") LocalDate birth) {}

    record NullErased(
            String id,
            @PersonalData(of = "id", erased = "null") int age) {}

    record TwoValues(
            String id,
            @PersonalData(of = "id", erased = "0 1") int age) {}

    record Inner(@PersonalData(of = "/id") String name) {}

    record Twice(
            String id,
            @PersonalData(of = "id", erased = "{}") Inner inner) {}

    record DeepTwice(
            String id,
            @PersonalData(of = "id", erased = "null") Optional<List<Inner>> inner) {}

    record Iban(@PersonalData(of = "/id") @JsonValue String value) {}

    record Pays(String id, Iban iban) {}

    record Ignored(
            String id, @PersonalData(of = "id") @JsonIgnore String name) {}

    record InAKey(String id, Map<Inner, String> map) {}

    record InAStream(String id, Stream<Inner> stream) {}

    record InASupplier(String id, Supplier<List<Inner>> supplier) {}

    sealed interface Buyer {}

    record Private(String id, @PersonalData(of = "id") String name) implements Buyer {}

    record Company(@PersonalData(of = "id") String contact) implements Buyer {}

    record Bought(Buyer buyer) {}

    record Pair(String a, String b) {}

    record PairId(Pair id, @PersonalData(of = "id") String name) {}

    record ListId(@JsonValue List<String> ids) {}

    record ListIds(ListId id, @PersonalData(of = "id") String name) {}

    record Renamed(
            @JsonProperty("customer_id") String id,
            @PersonalData(of = "id") String name) {}

    record NoEntry(@PersonalData(of = "metadata:") String name) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Right(
            String id,
            Inner inner,
            @PersonalData(of = "/id") @Nullable LocalDate birth,
            @PersonalData(of = "metadata:userId") String[] names) {}

    @Test
    void aSubjectThatIsNotThere() {
        refused(NoPlace.class, "/name of", "at /customer, where no component is");
        refused(Itself.class, "is marked itself");
        refused(ManyIds.class, "is no single value");
        refused(NoEntry.class, "names no entry");
        refused(Bought.class, "/buyer/contact of", "at /buyer/id, where no component is");
        refused(PairId.class, "is no single value");
        refused(ListIds.class, "is no single value");
        refused(Renamed.class, "at /id, where no component is");
    }

    @Test
    void aTypeThatHasNoValueForWhatWasErased() {
        refused(NoErased.class, "a LocalDate has no value of its own", "erased = ");
        refused(WrongErased.class, "is no JSON of a LocalDate");
        refused(NullErased.class, "int");
        refused(TwoValues.class, "is no JSON of a int");
    }

    @Test
    void marksThatContradictEachOther() {
        refused(Twice.class, "/inner/name", "personal data as a whole");
        refused(DeepTwice.class, "/inner/*/name", "stands inside of /inner, which is personal data as a whole");
    }

    @Test
    void aMarkThatCannotBeFollowed() {
        refused(Pays.class, "/value of", "Iban is written as a single value");
        refused(Ignored.class, "/name of", "not written as a member of its own");
        refused(InAKey.class, "/map/name", "where nothing is looked for");
        refused(InAStream.class, "/stream/name", "where nothing is looked for");
        refused(InASupplier.class, "/supplier/*/name", "where nothing is looked for");
    }

    @Test
    void namesThatContradictMarks() {
        named("/inner/name", "declared twice");
        named("/inner", "/inner/name", "personal data as a whole");
        named("/names", "declared twice");
        named("/id", "is marked itself");
    }

    private void named(String path, String... reasons) {
        EncryptingEventSerializer.Builder builder = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(EventTypes.of(Right.class)), keys)
                .personal("right", path, "metadata:userId", "null");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(reasons);
        assertThatThrownBy(() -> builder.personal("right", path, "/id", "")).hasMessageContaining("named twice");
    }

    @Test
    void namesThatLeadNowhere() {
        JsonEventSerializer json = JsonEventSerializer.of(EventTypes.of(Right.class));
        EncryptingEventSerializer.Builder path =
                EncryptingEventSerializer.builder(json, keys).personal("right", "/nam", "id", "");
        EncryptingEventSerializer.Builder type =
                EncryptingEventSerializer.builder(json, keys).personal("wrong", "/id", "id", "");

        assertThatThrownBy(path::build).hasMessageContaining("there is no such component");
        assertThatThrownBy(type::build).hasMessageContaining("no event type");
    }

    @Test
    void whatFitsIsAccepted() {
        assertThatCode(() -> serializer(Right.class)).doesNotThrowAnyException();
    }

    private void refused(Class<?> event, String... reasons) {
        assertThatThrownBy(() -> serializer(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(reasons);
    }

    private void serializer(Class<?> event) {
        EncryptingEventSerializer unused =
                EncryptingEventSerializer.of(JsonEventSerializer.of(EventTypes.of(event)), keys);
    }
}
