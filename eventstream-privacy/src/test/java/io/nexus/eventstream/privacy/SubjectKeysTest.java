package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.privacy.PersonalDataException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys are made once, wrapped, found again, destroyed for good and wrapped anew, wherever they are kept. */
class SubjectKeysTest {

    private static final TenantId ACME = Shop.ACME;
    private static final TenantId OTHER = TenantId.of("other");
    private static final StreamId ONE = Shop.customer("1");
    private static final StreamId TWO = Shop.customer("2");

    private static Shop shop;
    private static HikariDataSource pool;

    @BeforeAll
    static void open() {
        shop = new Shop();
        pool = Shop.pool(shop.keysUrl);
    }

    @AfterAll
    static void close() {
        pool.close();
        shop.close();
    }

    static Stream<SubjectKeyStore> stores() {
        return Stream.of(new InMemorySubjectKeyStore(), fresh());
    }

    /** Returns a store in a schema of its own. */
    private static PostgresSubjectKeyStore fresh() {
        PostgresSubjectKeyStore fresh = PostgresSubjectKeyStore.of(
                pool, "keys_" + UUID.randomUUID().toString().replace("-", ""));
        fresh.migrate();
        fresh.migrate();
        return fresh;
    }

    private static String schemaOf(PostgresSubjectKeyStore store) {
        return store.sql().replaceFirst("(?s).*CREATE SCHEMA IF NOT EXISTS \"([^\"]+)\".*", "$1");
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aPersonHasOneKeyOnAllNodesHoweverManyMakeItAtOnce(SubjectKeyStore store) throws Exception {
        int nodes = 8;
        CyclicBarrier start = new CyclicBarrier(nodes);
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        List<Callable<UUID>> calls = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            SubjectKeys node = SubjectKeys.of(store, Shop.MASTER);
            calls.add(() -> {
                start.await();
                return node.forWriting(ACME, "ann", ONE).orElseThrow().id();
            });
        }
        Set<UUID> keys = new HashSet<>();
        for (Future<UUID> key : threads.invokeAll(calls)) {
            keys.add(key.get());
        }
        threads.shutdown();

        assertThat(keys).hasSize(1);
        assertThat(SubjectKeys.of(store, Shop.MASTER)
                        .forWriting(OTHER, "ann", ONE)
                        .orElseThrow()
                        .id())
                .isNotIn(keys);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void streamsAreNotedBeforeTheKeyIsHandedOut(SubjectKeyStore store) {
        SubjectKeys keys = SubjectKeys.of(store, Shop.MASTER);
        UUID ann = keys.forWriting(ACME, "ann", TWO).orElseThrow().id();
        assertThat(keys.forWriting(ACME, "ann", ONE)).isPresent();
        assertThat(keys.forWriting(ACME, "bob", ONE)).isPresent();

        assertThat(store.streams(ACME, ann, Optional.empty(), 10)).containsExactly(ONE, TWO);
        assertThat(store.streams(ACME, ann, Optional.of(ONE), 10)).containsExactly(TWO);
        assertThat(store.streams(OTHER, ann, Optional.empty(), 10)).isEmpty();
        assertThat(store.keysIn(ACME, ONE, 10)).extracting(StoredKey::subject).containsExactlyInAnyOrder("ann", "bob");
        assertThat(store.keysIn(ACME, ONE, 1)).hasSize(1);
        assertThat(store.keysIn(OTHER, ONE, 10)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aDestroyedKeyStaysAwayUntilThePersonIsAdmittedAgain(SubjectKeyStore store) {
        SubjectKeys keys = SubjectKeys.of(store, Shop.MASTER);
        UUID ann = keys.forWriting(ACME, "ann", ONE).orElseThrow().id();

        StoredKey destroyed = store.destroy(ACME, ann, "asked");
        keys.forget(ACME, ann, "ann");

        assertThat(destroyed.wrapped()).isEmpty();
        assertThat(store.destroy(ACME, ann, "again")).isEqualTo(destroyed);
        assertThat(destroyed.erasure().orElseThrow().reason()).isEqualTo("asked");
        assertThat(store.note(ACME, ann, TWO)).isFalse();
        assertThat(store.unfinished(ACME, 10)).containsExactly(destroyed);
        store.finish(ACME, ann);
        assertThat(store.unfinished(ACME, 10)).isEmpty();
        assertThat(keys.forWriting(ACME, "ann", ONE)).isEmpty();
        assertThat(keys.forReading(ACME, ann)).isEmpty();
        assertThat(store.retire(ACME, "bob")).isFalse();
        assertThat(store.retire(ACME, "ann")).isTrue();
        assertThat(SubjectKeys.of(store, Shop.MASTER)
                        .forWriting(ACME, "ann", ONE)
                        .orElseThrow()
                        .id())
                .isNotEqualTo(ann);
        assertThat(SubjectKeys.of(store, Shop.MASTER).forReading(ACME, ann)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void anotherNodeForgetsWithinTheStatedTime(SubjectKeyStore store) {
        SubjectKeys here = SubjectKeys.of(store, Shop.MASTER);
        SubjectKeys there = SubjectKeys.builder(store, Shop.MASTER)
                .readTtl(Duration.ofNanos(1))
                .writeTtl(Duration.ofNanos(1))
                .build();
        UUID ann = here.forWriting(ACME, "ann", ONE).orElseThrow().id();
        assertThat(there.forReading(ACME, ann)).isPresent();
        assertThat(there.forWriting(ACME, "ann", ONE)).isPresent();

        store.destroy(ACME, ann, "asked");

        assertThat(there.forReading(ACME, ann)).isEmpty();
        assertThat(there.forWriting(ACME, "ann", ONE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void anotherMasterKeyWrapsKeysAnewAndTheFormerOneIsNotNeededThen(SubjectKeyStore store) {
        SubjectKeys before = SubjectKeys.of(store, Shop.MASTER);
        SubjectKey ann = before.forWriting(ACME, "ann", ONE).orElseThrow();
        UUID bob = before.forWriting(OTHER, "bob", ONE).orElseThrow().id();
        store.destroy(OTHER, bob, "asked");
        byte[] place = {1};
        byte[] secret = ann.encrypt(new byte[] {7}, place);
        StoredKey copy = store.find(ACME, ann.id()).orElseThrow();
        MasterKey next = MasterKey.of("2027", "fedcba9876543210fedcba9876543210".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(SubjectKeys.of(store, next)::rotate)
                .isInstanceOfSatisfying(
                        PersonalDataException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_MASTER_KEY));
        SubjectKeys rotating =
                SubjectKeys.builder(store, next).formerly(Shop.MASTER).build();
        assertThat(rotating.rotate()).isEqualTo(1);
        assertThat(rotating.rotate()).isZero();

        SubjectKeys after = SubjectKeys.of(store, next);
        assertThat(after.forReading(ACME, ann.id()).orElseThrow().encrypt(new byte[] {7}, place))
                .isEqualTo(secret);
        assertThat(after.forReading(OTHER, bob)).isEmpty();
        // A copy from before cannot take the place of what is there now.
        assertThat(store.rewrap(copy, copy.wrapped().orElseThrow())).isFalse();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aKeyThatCannotBeOpenedIsPassedOverAndReportedAtTheEnd(SubjectKeyStore store) {
        MasterKey lost = MasterKey.of("1999", "000000000000000000000000000lost!".getBytes(StandardCharsets.US_ASCII));
        MasterKey next = MasterKey.of("2027", new byte[32]);
        List<UUID> unopened = new ArrayList<>();
        for (String person : List.of("zoe", "yan")) {
            unopened.add(SubjectKeys.of(store, lost)
                    .forWriting(ACME, person, ONE)
                    .orElseThrow()
                    .id());
        }
        for (int i = 0; i < 250; i++) {
            assertThat(SubjectKeys.of(store, Shop.MASTER).forWriting(ACME, "p-" + i, ONE))
                    .isPresent();
        }
        SubjectKeys rotating =
                SubjectKeys.builder(store, next).formerly(Shop.MASTER).build();
        assertThat(rotating.masterKeys()).containsExactly(Map.entry("1999", 2L), Map.entry("2026", 250L));

        PersonalDataException failure = catchThrowableOfType(PersonalDataException.class, rotating::rotate);

        assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_MASTER_KEY);
        assertThat(failure.getMessage() + failure.getSuppressed()[0])
                .contains(unopened.get(0).toString(), unopened.get(1).toString());
        assertThat(rotating.masterKeys()).containsExactly(Map.entry("1999", 2L), Map.entry("2027", 250L));
        assertThat(SubjectKeys.builder(store, next).formerly(lost).build().rotate())
                .isEqualTo(2);
        assertThat(rotating.masterKeys()).containsExactly(Map.entry("2027", 252L));
    }

    @Test
    void aNodeThatKnowsTheNextMasterKeyOpensWhatOthersWrapWithIt() {
        InMemorySubjectKeyStore store = new InMemorySubjectKeyStore();
        MasterKey next = MasterKey.of("2027", new byte[32]);
        UUID ann = SubjectKeys.of(store, next)
                .forWriting(ACME, "ann", ONE)
                .orElseThrow()
                .id();

        SubjectKeys before = SubjectKeys.builder(store, Shop.MASTER).next(next).build();

        assertThat(before.forReading(ACME, ann)).isPresent();
        assertThat(before.forWriting(ACME, "bob", ONE)).isPresent();
        assertThat(before.masterKeys()).containsOnlyKeys("2026", "2027");
    }

    @Test
    void nothingOpensACopyOfAnErasedKeyOnceTheMasterKeyIsGone() {
        PostgresSubjectKeyStore store = fresh();
        SubjectKeys before = SubjectKeys.of(store, Shop.MASTER);
        UUID ann = before.forWriting(ACME, "ann", ONE).orElseThrow().id();
        assertThat(before.forWriting(ACME, "bob", ONE)).isPresent();
        StoredKey backup = store.find(ACME, ann).orElseThrow();
        MasterKey next = MasterKey.of("2027", new byte[32]);
        store.destroy(ACME, ann, "asked");
        SubjectKeys rotating =
                SubjectKeys.builder(store, next).formerly(Shop.MASTER).build();
        assertThat(rotating.rotate()).as("the living one").isEqualTo(1);
        assertThat(rotating.masterKeys()).containsOnlyKeys("2027");

        // The backup comes back, and all that is left of master keys is the new one.
        PostgresSubjectKeyStore restored = fresh();
        restored.add(backup);

        assertThatThrownBy(() -> SubjectKeys.of(restored, next).forReading(ACME, ann))
                .isInstanceOf(PersonalDataException.class);
        StoredKey.Wrapped wrapped = backup.wrapped().orElseThrow();
        PostgresSubjectKeyStore renamed = fresh();
        renamed.add(backup.withWrapped(new StoredKey.Wrapped("2027", wrapped.bytes())));
        assertThatThrownBy(() -> SubjectKeys.of(renamed, next).forReading(ACME, ann))
                .isInstanceOfSatisfying(
                        PersonalDataException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_MASTER_KEY));
        assertThat(SubjectKeys.of(restored, Shop.MASTER).forReading(ACME, ann))
                .as("as long as the master key lives, a backup does, too")
                .isPresent();
    }

    @Test
    void aWrappedKeyOpensForItsOwnTenantAndNameOnly() {
        InMemorySubjectKeyStore store = new InMemorySubjectKeyStore();
        UUID ann = SubjectKeys.of(store, Shop.MASTER)
                .forWriting(ACME, "ann", ONE)
                .orElseThrow()
                .id();
        StoredKey stolen = store.find(ACME, ann).orElseThrow();
        store.add(new StoredKey(OTHER, ann, "ann", stolen.wrapped(), Optional.empty()));
        InMemorySubjectKeyStore other = new InMemorySubjectKeyStore();
        other.add(new StoredKey(OTHER, ann, "ann", stolen.wrapped(), Optional.empty()));

        assertThatThrownBy(() -> SubjectKeys.of(other, Shop.MASTER).forReading(OTHER, ann))
                .isInstanceOf(PersonalDataException.class);
    }

    @Test
    void aWrappedKeyOpensForItsOwnPersonOnly() {
        PostgresSubjectKeyStore store = fresh();
        SubjectKeys keys = SubjectKeys.of(store, Shop.MASTER);
        UUID ann = keys.forWriting(ACME, "ann", ONE).orElseThrow().id();
        UUID bob = keys.forWriting(ACME, "bob", ONE).orElseThrow().id();

        // Whoever can write the table has what is appended about Ann encrypted with Bob's key, so that Ann's end does
        // not end it.
        String swap = "UPDATE %s.subject_keys SET subject = ? WHERE key_id = ?".formatted(schemaOf(store));
        Shop.query(shop.keysUrl, swap, "nobody", ann);
        Shop.query(shop.keysUrl, swap, "ann", bob);
        Shop.query(shop.keysUrl, swap, "bob", ann);

        SubjectKeys fresh = SubjectKeys.of(store, Shop.MASTER);
        for (String person : List.of("ann", "bob")) {
            assertThatThrownBy(() -> fresh.forWriting(ACME, person, TWO))
                    .isInstanceOfSatisfying(
                            PersonalDataException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_MASTER_KEY));
        }
        assertThatThrownBy(() -> fresh.forReading(ACME, ann)).isInstanceOf(PersonalDataException.class);
    }

    @ParameterizedTest
    @MethodSource("stores")
    void idsAreHiddenByOneKeyOrNeverAndOnAllNodesAlike(SubjectKeyStore store) {
        assertThat(SubjectKeys.of(store, Shop.MASTER).forWriting(ACME, "ann", ONE))
                .isPresent();
        SubjectKeys later = hiding(store, 1);
        assertThatThrownBy(() -> later.forWriting(ACME, "ann", ONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hideSubjects");
        assertThatThrownBy(() -> later.pseudonym("bob")).isInstanceOf(IllegalStateException.class);
        assertThat(store.keysIn(ACME, ONE, 10)).extracting(StoredKey::subject).containsExactly("ann");
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aNodeWithAnotherHidingKeyOrWithNoneIsRefused(SubjectKeyStore store) {
        assertThat(hiding(store, 1).forWriting(ACME, "ann", ONE)).isPresent();

        assertThat(hiding(store, 1).forWriting(ACME, "ann", ONE)).isPresent();
        assertThatThrownBy(() -> hiding(store, 2).forWriting(ACME, "ann", ONE))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> SubjectKeys.of(store, Shop.MASTER).forWriting(ACME, "ann", ONE))
                .isInstanceOf(IllegalStateException.class);
    }

    private static SubjectKeys hiding(SubjectKeyStore store, int key) {
        return SubjectKeys.builder(store, Shop.MASTER)
                .hideSubjects(new SecretKeySpec(new byte[] {(byte) key}, "HmacSHA256"))
                .build();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aTombstoneThatIsMissingIsPutBackBesideThePresentKeyOrInItsPlace(SubjectKeyStore store) {
        StoredKey.Erased erased = new StoredKey.Erased(Instant.parse("2026-05-03T10:15:30.123456Z"), "asked", false);
        StoredKey ann = new StoredKey(ACME, UUID.randomUUID(), "ann", Optional.empty(), Optional.of(erased));
        UUID bobsPresent = SubjectKeys.of(store, Shop.MASTER)
                .forWriting(ACME, "bob", ONE)
                .orElseThrow()
                .id();
        StoredKey bob = new StoredKey(ACME, UUID.randomUUID(), "bob", Optional.empty(), Optional.of(erased));

        for (int times = 0; times < 2; times++) {
            store.addDestroyed(ann);
            store.addDestroyed(bob);
            store.addDestroyed(new StoredKey(ACME, bobsPresent, "bob", Optional.empty(), Optional.of(erased)));
        }

        assertThat(store.current(ACME, "ann")).contains(ann);
        assertThat(store.find(ACME, bob.id())).contains(bob);
        assertThat(store.current(ACME, "bob").orElseThrow().wrapped()).isPresent();
        assertThat(store.unfinished(ACME, 10)).containsExactlyInAnyOrder(ann, bob);
    }

    @Test
    void noKeyStaysInMemoryForLongerThanSnapshotsReckonWith() {
        SubjectKeys.Builder builder = SubjectKeys.builder(shop.keyStore, Shop.MASTER);

        assertThatThrownBy(() -> builder.readTtl(Duration.ofHours(12).plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("readTtl")
                .hasMessageContaining("12 hours");
        assertThatThrownBy(() -> builder.writeTtl(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.readTtl(Duration.ofHours(12)).build()).isNotNull();
    }

    @Test
    void hiddenIdsAreNowhereInTheDatabaseOfKeys() {
        PostgresSubjectKeyStore store = fresh();
        SubjectKeys hiding = hiding(store, 1);
        assertThat(hiding.forWriting(ACME, "ann@example.org", ONE)).isPresent();

        List<String> rows =
                Shop.query(shop.keysUrl, "SELECT k::text FROM %s.subject_keys k".formatted(schemaOf(store)));
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains("ann@example.org"));
        assertThat(rows).anyMatch(row -> row.contains(hiding.pseudonym("ann@example.org")));
        assertThatThrownBy(() -> hiding.pseudonym(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keysAndMasterKeysPrintNothingOfThemselves() {
        SubjectKey key = shop.keys.forWriting(ACME, "printed", ONE).orElseThrow();

        assertThat(Shop.MASTER).hasToString("MasterKey[2026]");
        assertThat(key).hasToString("SubjectKey[" + key.id() + "]");
        assertThat(shop.keyStore.find(ACME, key.id()).orElseThrow().toString()).doesNotContain("wrapped", "printed");
    }
}
