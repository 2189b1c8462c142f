package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database of keys that is restored to an earlier state brings nobody back for good who was erased since. */
class RestoreTest {

    private static final TenantId ACME = Shop.ACME;
    private static final List<String> TABLES = List.of("subject_keys", "subject_streams", "subject_hiding");

    private Shop shop;

    @BeforeEach
    void open() {
        shop = new Shop();
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void aPersonWhoseKeyCameBackCanBeErasedAgain() {
        rename(shop.store, "ann");
        backup();
        ErasureReport first = shop.subjects.erase(ACME, "ann", "asked");

        Node node = restored();
        assertThat(name(node, "ann")).as("after the restore").isEqualTo("ann!");
        ErasureReport again = node.subjects().erase(ACME, "ann", "asked before the restore");

        assertThat(name(node, "ann")).isEqualTo("[erased]");
        assertThat(again.streams()).isEqualTo(1);
        assertThat(again.told().orElseThrow()).isGreaterThan(first.told().orElseThrow());
        assertThat(again.erasedAt().orElseThrow()).isAfter(first.erasedAt().orElseThrow());
        assertThat(acts()).extracting(SubjectErased::reason).containsExactly("asked", "asked before the restore");
        assertThat(shop.keyStore.unfinished(ACME, 10)).isEmpty();
        assertThat(node.subjects().erase(ACME, "ann", "asked")).isEqualTo(again);
    }

    @Test
    void theLogTellsWhomToEraseAgain() {
        rename(shop.store, "ann", "before", "eve", "back");
        shop.subjects.erase(ACME, "before", "asked");
        shop.subjects.erase(ACME, "back", "asked");
        backup();
        rename(shop.store, "bob");
        shop.subjects.erase(ACME, "ann", "asked");
        shop.subjects.erase(ACME, "bob", "asked");
        assertThat(shop.subjects.readmit(ACME, "back")).isTrue();

        Node node = restored();
        assertThat(name(node, "ann")).isEqualTo("ann!");
        assertThatThrownBy(() -> name(node, "bob"))
                .as("whose key and tombstone are gone")
                .isInstanceOf(PersonalDataException.class);
        List<ErasureReport> reports = node.subjects().eraseAgain(ACME);

        assertThat(reports).extracting(ErasureReport::streams).containsExactlyInAnyOrder(1L, 0L);
        for (String person : List.of("ann", "bob", "before")) {
            assertThat(name(node, person)).isEqualTo("[erased]");
            assertThatThrownBy(() -> rename(node.store(), person)).isInstanceOf(SubjectErasedException.class);
        }
        assertThat(name(node, "eve")).isEqualTo("eve!");
        assertThat(acts())
                .extracting(SubjectErased::subject)
                .as("projections are told of those only who were there again")
                .containsExactly("before", "back", "ann", "bob", "ann");
        assertThat(node.subjects().eraseAgain(ACME)).isEmpty();
        assertThat(node.subjects().eraseAgain(TenantId.of("other"))).isEmpty();
    }

    @Test
    void aLogThatHasLostTheActIsToldOfItAgain() {
        rename(shop.store, "ann");
        Instant before = Instant.now();
        ErasureReport report = shop.subjects.erase(ACME, "ann", "asked");
        InMemoryEventStore restored =
                InMemoryEventStore.builder(shop.serializer).build();
        DataSubjects subjects = DataSubjects.of(restored, shop.serializer);
        assertThat(subjects.resume(ACME)).isEmpty();

        Shop.query(
                shop.keysUrl,
                "UPDATE eventstream_keys.subject_keys SET finished = false WHERE erased_at > ?::timestamptz",
                before.minusSeconds(60).toString());

        assertThat(subjects.resume(ACME)).hasSize(1);
        assertThat(restored.walk(ACME, EventQuery.log()))
                .singleElement()
                .extracting(RecordedEvent::payload)
                .isEqualTo(new SubjectErased("ann", "asked", report.erasedAt().orElseThrow()));
    }

    private void backup() {
        for (String table : TABLES) {
            Shop.query(shop.keysUrl, "CREATE TABLE %s AS TABLE eventstream_keys.%s".formatted(table, table));
        }
    }

    /** Puts the rows back, and starts anew, as one does. */
    private Node restored() {
        for (String table : TABLES) {
            Shop.query(shop.keysUrl, "TRUNCATE eventstream_keys." + table);
            Shop.query(shop.keysUrl, "INSERT INTO eventstream_keys.%s TABLE %s".formatted(table, table));
        }
        EncryptingEventSerializer serializer =
                EncryptingEventSerializer.of(JsonEventSerializer.of(CustomerEvent.TYPES), shop.otherNode());
        PostgresEventStore store =
                PostgresEventStore.builder(shop.pool(), serializer).build();
        return new Node(store, DataSubjects.of(store, serializer));
    }

    private static void rename(PostgresEventStore store, String... persons) {
        for (String person : persons) {
            Shop.append(store, ACME, Shop.customer(person), new Renamed(person, person + "!"));
        }
    }

    private static String name(Node node, String person) {
        return ((Renamed)
                        Shop.payloads(node.store(), ACME, Shop.customer(person)).get(0))
                .name();
    }

    private List<SubjectErased> acts() {
        List<SubjectErased> acts = new ArrayList<>();
        shop.store
                .walk(ACME, EventQuery.log().ofTypes(SubjectErased.TYPE))
                .forEach(event -> acts.add((SubjectErased) event.payload()));
        return acts;
    }

    private record Node(PostgresEventStore store, DataSubjects subjects) {}
}
