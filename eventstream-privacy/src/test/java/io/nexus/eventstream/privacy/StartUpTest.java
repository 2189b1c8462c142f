package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.time.LocalDate;
import java.util.List;
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

    record Tree(String id, @PersonalData(of = "id") String name, List<Tree> children) {}

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
        refused(Tree.class, "contains itself");
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
