package io.nexus.eventstream.jdbc.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.SealText;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationReport;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seal that was kept elsewhere finds what a chain alone does not show. */
class SealingTest {

    private static final KeyPair PAIR = pair();
    private static final KeyPair OTHER_PAIR = pair();
    private static final SealKeys KEYS = SealKeys.of("k1", PAIR.getPublic());

    private static FreshDatabase database;
    private static PostgresEventStore store;

    private final Seals seals = Seals.of(store, Ed25519Signer.of("k1", PAIR.getPrivate()), KEYS);
    private Tamperer superuser;
    private TenantId tenant;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
        store = database.store();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void fill() {
        superuser = new Tamperer(database);
        tenant = superuser.tenant;
        Tamperer.fill(store, tenant);
    }

    @Test
    void aSealCoversWhatWasRecordedSinceTheLast() {
        Seal first = sealed();
        assertThat(seals.seal(tenant)).isEmpty();
        Tamperer.fill(store, tenant);
        Seal second = sealed();

        assertThat(first.from()).isEqualTo(Position.of(1));
        assertThat(first.to()).isEqualTo(Position.of(9));
        assertThat(first.previous()).isEqualTo(EventHash.NONE);
        assertThat(second.from()).isEqualTo(Position.of(10));
        assertThat(second.link()).isEqualTo(store.head(tenant).orElseThrow().hash());
        assertThat(second.recordedAt())
                .isEqualTo(store.head(tenant).orElseThrow().recordedAt());
        assertThat(second.linkBefore()).isEqualTo(first.link());
        assertThat(second.previous()).isEqualTo(first.digest());
        assertThat(seals.list(tenant, Position.START, 10)).containsExactly(first, second);
        assertThat(seals.list(tenant, Position.of(9), 10)).containsExactly(second);
        assertThat(against(first, second).isIntact()).isTrue();
        assertThat(against(first, second).sealed()).isEqualTo(Position.of(18));
        assertThat(against(second).isIntact()).isTrue();
        assertThat(against(second, first, second).isIntact()).isTrue();
        assertThat(SealText.read(SealText.write(second))).isEqualTo(second);
    }

    @Test
    void aTenantWithoutEventsHasNothingToSeal() {
        assertThat(seals.seal(TenantId.of("nobody"))).isEmpty();
        assertThat(LogVerifier.of(store).verify(TenantId.of("nobody")).isIntact())
                .isTrue();
    }

    @Test
    void aChainThatWasRewrittenIsFoundOnlyByItsSeals() {
        Seal first = sealed();
        Tamperer.fill(store, tenant);
        Seal second = sealed();

        superuser.does(
                "UPDATE eventstream.events SET payload = '{\"text\":\"other\"}' WHERE tenant_id = $t AND position = 12");
        superuser.relinks(12);

        assertThat(LogVerifier.of(store).verify(tenant).isIntact()).isTrue();
        assertFound(Kind.REWRITTEN, 10, against(first, second));
        assertFound(Kind.REWRITTEN, 10, against(second));
        assertFound(Kind.REWRITTEN, 10, withStoredSeals());
        assertThat(against(first, second).sealed()).isEqualTo(Position.of(9));
        assertThat(against(first).isIntact()).isTrue();
    }

    @Test
    void aChainThatWasRewrittenFromTheBeginningIsFoundByALaterSealAlone() {
        sealed();
        Tamperer.fill(store, tenant);
        Seal second = sealed();

        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 2");
        superuser.relinks(2);

        assertFound(Kind.REWRITTEN, 1, against(second));
    }

    @Test
    void newestEventsThatWereDroppedAreFoundAgainstASealOnly() {
        Seal seal = sealed();

        superuser.does(
                "DELETE FROM eventstream.events WHERE tenant_id = $t AND position > 7",
                "DELETE FROM eventstream.seals WHERE tenant_id = $t");

        assertThat(LogVerifier.of(store).verify(tenant).isIntact()).isTrue();
        assertThat(withStoredSeals().isIntact()).isTrue();
        assertFound(Kind.DROPPED, 8, against(seal));
        assertThat(against(seal).verified()).isEqualTo(Position.of(7));
    }

    @Test
    void aTenantThatWasDroppedIsFoundAgainstASeal() {
        Seal seal = sealed();

        superuser.does(
                "DELETE FROM eventstream.events WHERE tenant_id = $t",
                "DELETE FROM eventstream.seals WHERE tenant_id = $t",
                "DELETE FROM eventstream.tenants WHERE tenant_id = $t");

        assertFound(Kind.DROPPED, 1, against(seal));
    }

    @Test
    void newestEventsThatWereDroppedAreFoundBySealsThatWereLeft() {
        sealed();

        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position > 7");

        assertFound(Kind.DROPPED, 8, withStoredSeals());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "link = sha256('x')",
                "link_before = sha256('x')",
                "recorded_at = recorded_at + interval '1 microsecond'",
                "sealed_at = sealed_at - interval '1 day'",
                "first_position = 11",
                "last_position = 17",
                "previous = sha256('x')",
                "key_id = 'k2'",
                "signature = sha256('x')",
                "signature = '\\x'",
                "signature = set_byte(signature, 3, get_byte(signature, 3) # 1)"
            })
    void aStoredSealThatWasChangedIsFound(String change) {
        sealed();
        Tamperer.fill(store, tenant);
        sealed();

        superuser.does(
                "UPDATE eventstream.seals SET %s WHERE tenant_id = $t AND first_position = 10".formatted(change));

        VerificationReport report = withStoredSeals();
        assertThat(report.tampering())
                .as(report.toString())
                .hasValueSatisfying(found -> assertThat(found.kind()).isEqualTo(Kind.SEAL_INVALID));
        assertThat(report.verified()).isEqualTo(Position.of(9));
    }

    @Test
    void aSealOfAnUnknownKeyIsRefused() {
        Seal seal = sealed();

        SealKeys others = SealKeys.of("k2", OTHER_PAIR.getPublic());
        VerificationReport report =
                LogVerifier.builder(store).keys(others).build().verify(tenant, List.of(seal));

        assertFound(Kind.SEAL_INVALID, 1, report);
        assertThat(report.toString()).contains("key").contains("k2");
    }

    @Test
    void aSealThatSomebodyElseSignedUnderTheSameIdIsRefused() {
        Seal seal = sealed();
        Seal forged =
                seal.signed(Ed25519Signer.of("k1", OTHER_PAIR.getPrivate()).sign(seal.message()));

        assertFound(Kind.SEAL_INVALID, 1, against(forged));
    }

    @Test
    void theSealOfAnotherTenantIsRefused() {
        TenantId other = TenantId.of(tenant + "-other");
        Tamperer.fill(store, other);
        Seal foreign = seals.seal(other).orElseThrow();

        assertFound(Kind.SEAL_INVALID, 1, against(foreign));
    }

    @Test
    void sealsWhoseRangesWereSwappedOrOfWhichOneIsMissingAreRefused() {
        Seal first = sealed();
        Tamperer.fill(store, tenant);
        Seal second = sealed();
        Tamperer.fill(store, tenant);
        Seal third = sealed();
        Seal firstAsSecond = withRange(first, second.from(), second.to());
        Seal secondAsFirst = withRange(second, first.from(), first.to());

        assertFound(Kind.SEAL_INVALID, 1, against(firstAsSecond, secondAsFirst, third));
        assertFound(Kind.SEAL_INVALID, 19, against(first, third));
        assertThat(against(third, first, second).isIntact()).isTrue();
    }

    @Test
    void keysChangeAndOldSealsStayGood() {
        Seal first = sealed();
        Tamperer.fill(store, tenant);
        SealKeys both = KEYS.and(SealKeys.of("k2", OTHER_PAIR.getPublic()));
        Seal second = Seals.of(store, Ed25519Signer.of("k2", OTHER_PAIR.getPrivate()), both)
                .seal(tenant)
                .orElseThrow();

        LogVerifier verifier = LogVerifier.builder(store).keys(both).build();

        assertThat(verifier.verify(tenant, List.of(first, second)).isIntact()).isTrue();
        assertThat(verifier.verify(tenant).sealed()).isEqualTo(Position.of(18));
    }

    @Test
    void whatWasTamperedWithIsNotSealed() {
        superuser.empties("version", 9);
        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.CHANGED, 9, refused.report()));

        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 3");

        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.CHANGED, 3, refused.report()));
        assertThat(seals.list(tenant, Position.START, 10)).isEmpty();
    }

    @Test
    void aChainThatIsNotTheOneOfTheLastSealIsNotSealedFurther() {
        sealed();
        Tamperer.fill(store, tenant);
        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 3");
        superuser.relinks(3);

        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.REWRITTEN, 1, refused.report()));
    }

    /** Who has all rights makes the stored seal fit what he wrote, but for its signature. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChainThatWasRewrittenTogetherWithItsLastSealIsNotSealedFurther(boolean appended) {
        sealed();
        if (appended) {
            Tamperer.fill(store, tenant);
        }
        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 3");
        superuser.relinks(3);
        superuser.does("""
                UPDATE eventstream.seals s SET link = e.hash
                FROM eventstream.events e
                WHERE s.tenant_id = $t AND e.tenant_id = $t AND e.position = s.last_position
                """);

        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.SEAL_INVALID, 1, refused.report()));
    }

    /** The database has no key and cannot tell; the owner takes the seal away once it is known who made it. */
    @Test
    void onASealThatNobodySignedNoOtherIsBuiltUntilItIsTakenAway() {
        Seal first = sealed();
        Tamperer.fill(store, tenant);
        LogHead head = store.head(tenant).orElseThrow();
        Seal nobodys = withRange(
                third(first.link(), head.hash(), head.recordedAt(), first.digest()), Position.of(10), head.position());
        assertThat(store.proofs().addSeal(nobodys)).isTrue();
        Tamperer.fill(store, tenant);

        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.SEAL_INVALID, 10, refused.report()));
        superuser.does("DELETE FROM eventstream.seals WHERE tenant_id = $t AND last_position = 18");
        Seal second = sealed();

        assertThat(second.from()).isEqualTo(Position.of(10));
        assertThat(against(first, second).isIntact()).isTrue();
        assertThat(withStoredSeals().sealed()).isEqualTo(Position.of(27));
    }

    @Test
    void aSealThatItsOwnKeysWouldNotVerifyIsNotMade() {
        Seals wrong = Seals.of(store, Ed25519Signer.of("k1", OTHER_PAIR.getPrivate()), KEYS);
        Seals unknown = Seals.of(store, Ed25519Signer.of("k2", OTHER_PAIR.getPrivate()), KEYS);

        for (Seals each : List.of(wrong, unknown)) {
            assertThatThrownBy(() -> each.seal(tenant))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot be verified with the public keys [k1]");
        }
        assertThat(seals.list(tenant, Position.START, 10)).isEmpty();
    }

    @Test
    void aLogThatEndsBeforeItsLastSealIsNotSealedFurther() {
        sealed();
        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position > 7");

        assertThatThrownBy(() -> seals.seal(tenant))
                .isInstanceOfSatisfying(
                        TamperedException.class, refused -> assertFound(Kind.DROPPED, 8, refused.report()));
    }

    @Test
    void theDatabaseRefusesSealsThatDoNotFollowOrStateOtherLinks() {
        Seal first = sealed();
        Tamperer.fill(store, tenant);
        Seal second = sealed();

        assertThat(store.proofs().addSeal(first)).isFalse();
        assertThat(store.proofs().addSeal(withRange(second, Position.of(15), Position.of(18))))
                .isFalse();
        Tamperer.fill(store, tenant);
        EventHash head = store.head(tenant).orElseThrow().hash();
        Instant recordedAt = store.head(tenant).orElseThrow().recordedAt();
        Seal third = third(second.link(), head, recordedAt, second.digest());
        List<Seal> wrong = List.of(
                withRange(third, Position.of(20), third.to()),
                withRange(third, third.from(), Position.of(26)),
                withRange(third, third.from(), Position.of(28)),
                third(first.link(), head, recordedAt, second.digest()),
                third(second.link(), first.link(), recordedAt, second.digest()),
                third(second.link(), head, recordedAt.plusSeconds(1), second.digest()),
                third(second.link(), head, recordedAt, first.digest()));

        for (Seal seal : wrong) {
            assertThatThrownBy(() -> store.proofs().addSeal(seal)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(store.proofs().addSeal(third)).isTrue();
    }

    @Test
    void sealsAreNeverChangedOrRemoved() {
        sealed();

        for (String change : List.of(
                "UPDATE eventstream.seals SET key_id = 'x'",
                "DELETE FROM eventstream.seals",
                "TRUNCATE eventstream.seals")) {
            assertThatThrownBy(() -> database.execute(change))
                    .hasCauseInstanceOf(SQLException.class)
                    .hasMessageContaining("is refused: seals are never changed or removed");
        }
    }

    /** Many seal and append at once: there is one seal for each stretch, none twice, and no gap. */
    @Test
    void ofManyThatSealAtOnceOneMakesTheSeal() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        List<Seal> made = new ArrayList<>();
        try {
            List<Callable<List<Seal>>> sealers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                sealers.add(() -> {
                    List<Seal> mine = new ArrayList<>();
                    for (int round = 0; round < 8; round++) {
                        Tamperer.fill(store, tenant);
                        seals.seal(tenant).ifPresent(mine::add);
                    }
                    return mine;
                });
            }
            for (Future<List<Seal>> future : executor.invokeAll(sealers)) {
                made.addAll(future.get());
            }
        } finally {
            executor.shutdownNow();
        }
        seals.seal(tenant).ifPresent(made::add);

        assertThat(seals.list(tenant, Position.START, 1_000)).containsExactlyInAnyOrderElementsOf(made);
        VerificationReport report = withStoredSeals();
        assertThat(report.isIntact()).as(report.toString()).isTrue();
        assertThat(report.sealed()).isEqualTo(Position.of(9 + 9L * 8 * threads));
    }

    /** What is appended and sealed while a log is verified is not taken for something that was dropped. */
    @Test
    void sealsThatAreMadeMeanwhileDoNoHarm() {
        sealed();
        LogVerifier verifier = LogVerifier.builder(store)
                .keys(KEYS)
                .pageSize(2)
                .listener((whose, reached, last) -> {
                    if (reached.value() < 9) {
                        Tamperer.fill(store, tenant);
                        sealed();
                    }
                })
                .build();

        VerificationReport report = verifier.verify(tenant);

        assertThat(report.isIntact()).as(report.toString()).isTrue();
        assertThat(report.verified()).isEqualTo(Position.of(9));
        assertThat(report.sealed()).isEqualTo(Position.of(9));
    }

    private Seal sealed() {
        return seals.seal(tenant).orElseThrow();
    }

    private VerificationReport against(Seal... kept) {
        return LogVerifier.builder(store).keys(KEYS).build().verify(tenant, List.of(kept));
    }

    private VerificationReport withStoredSeals() {
        return LogVerifier.builder(store).keys(KEYS).build().verify(tenant);
    }

    /** Returns a seal of positions 19 to 27, which nobody has signed. */
    private Seal third(EventHash linkBefore, EventHash link, Instant recordedAt, EventHash previous) {
        Position from = Position.of(19);
        Position to = Position.of(27);
        return new Seal(tenant, from, to, linkBefore, link, recordedAt, recordedAt, "k1", previous, new byte[64]);
    }

    private static Seal withRange(Seal seal, Position from, Position to) {
        return new Seal(
                seal.tenant(),
                from,
                to,
                seal.linkBefore(),
                seal.link(),
                seal.recordedAt(),
                seal.sealedAt(),
                seal.keyId(),
                seal.previous(),
                seal.signature());
    }

    private static void assertFound(Kind kind, long position, VerificationReport report) {
        assertThat(report.tampering()).as(report.toString()).hasValueSatisfying(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.position()).isEqualTo(Position.of(position));
        });
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
