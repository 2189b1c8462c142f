package io.nexus.eventstream.jdbc.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationReport;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a superuser does to a log without computing the chain anew, the verifier names the place. */
class TamperingTest {

    private static FreshDatabase database;
    private static PostgresEventStore store;

    private Tamperer superuser;

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
        Tamperer.fill(store, superuser.tenant);
    }

    @Test
    void anUntouchedLogIsIntactUpToItsHead() {
        VerificationReport report = report();

        assertThat(report.isIntact()).as(report.toString()).isTrue();
        assertThat(report.reachesHead()).isTrue();
        assertThat(report.events()).isEqualTo(9);
        assertThat(report.link())
                .isEqualTo(store.head(superuser.tenant).orElseThrow().hash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "payload = '{\"text\":\"note 5\"}'",
                "payload = (payload::text || ' ')::json",
                "metadata = '{\"userId\":\"u-1\"}'",
                "occurred_at = occurred_at - interval '1 microsecond'",
                "occurred_at = 'infinity'",
                "recorded_at = recorded_at + interval '1 microsecond'",
                "recorded_at = '-infinity'",
                "event_type = 'credited'",
                "event_type = ''",
                "schema_version = 2",
                "schema_version = -1",
                "stream_category = 'account'",
                "stream_id = 'bonds'",
                "event_id = gen_random_uuid()",
                "version = 99",
                "version = 0",
                "hash = sha256('anything')",
                "hash = '\\x00'"
            })
    void anEventWithAChangedFieldIsNamed(String change) {
        superuser.does("UPDATE eventstream.events SET %s WHERE tenant_id = $t AND position = 5".formatted(change));

        assertFound(Kind.CHANGED, 5);
        assertThat(report().verified()).isEqualTo(Position.of(4));
        assertThat(report().reachesHead()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("columns")
    void anEventOfWhichSomethingIsGoneIsNamed(String column) {
        for (int position : new int[] {5, 9}) {
            superuser.empties(column, position);

            assertFound(Kind.CHANGED, position);
            assertThat(report().verified()).isEqualTo(Position.of(position - 1));
            fill();
        }
    }

    static List<String> columns() {
        return List.of(
                "version",
                "schema_version",
                "occurred_at",
                "recorded_at",
                "event_id",
                "stream_category",
                "stream_id",
                "event_type",
                "payload",
                "metadata",
                "hash");
    }

    @Test
    void anEventWithoutAPositionIsOneThatWasDropped() {
        try (FreshDatabase other = FreshDatabase.migrated()) {
            Tamperer owner = new Tamperer(other);
            Tamperer.fill(other.store(), owner.tenant);
            owner.does("ALTER TABLE eventstream.events DROP CONSTRAINT events_pkey, ALTER position DROP NOT NULL");

            owner.empties("position", 9);
            VerificationReport newest = LogVerifier.of(other.store()).verify(owner.tenant);
            owner.empties("position", 5);
            VerificationReport middle = LogVerifier.of(other.store()).verify(owner.tenant);

            assertThat(newest.verified()).isEqualTo(Position.of(8));
            assertThat(middle.tampering()).hasValueSatisfying(found -> {
                assertThat(found.kind()).isEqualTo(Kind.DROPPED);
                assertThat(found.position()).isEqualTo(Position.of(5));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void theFirstAndTheLastEventAreNoException(int position) {
        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = " + position);

        assertFound(Kind.CHANGED, position);
    }

    @Test
    void twoEventsThatWereSwappedAreFoundAtTheFirst() {
        superuser.swaps(4, 5);

        assertFound(Kind.MOVED, 4);
    }

    @Test
    void twoEventsThatWereSwappedFarApartAreFoundAtTheFirst() {
        superuser.swaps(3, 8);

        assertFound(Kind.MOVED, 3);
    }

    @Test
    void twoEventsOfOneAppendThatWereSwappedAreFoundAtTheFirst() {
        superuser.swaps(6, 7);

        assertFound(Kind.MOVED, 6);
    }

    @Test
    void twoPayloadsThatWereSwappedAreFoundAtTheFirst() {
        superuser.does("""
                UPDATE eventstream.events e SET payload = o.payload
                FROM eventstream.events o
                WHERE e.tenant_id = $t AND o.tenant_id = $t AND e.position IN (3, 4) AND o.position = 7 - e.position
                """);

        assertFound(Kind.CHANGED, 3);
    }

    @Test
    void anEventThatWasDroppedLeavesAGap() {
        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position = 5");

        assertFound(Kind.DROPPED, 5);
    }

    @Test
    void theFirstEventLeavesAGapToo() {
        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position = 1");

        assertFound(Kind.DROPPED, 1);
    }

    @Test
    void anEventThatWasDroppedIsFoundThoughTheOthersMovedUp() {
        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position = 5");
        superuser.shifts(6, -1);

        assertFound(Kind.DROPPED, 5);
    }

    @Test
    void anEventThatWasInsertedIsNamedThoughItsOwnLinkFits() {
        superuser.shifts(5, 1);
        insert(5);
        superuser.does("""
                UPDATE eventstream.events e
                SET hash = eventstream.link_v1(
                    b.hash, e.position, e.version, e.schema_version, e.occurred_at, e.recorded_at, e.event_id,
                    eventstream.stream_bytes_v1(e.tenant_id, e.stream_category, e.stream_id), e.event_type,
                    convert_to(e.payload::text, 'UTF8'), convert_to(e.metadata::text, 'UTF8'))
                FROM eventstream.events b
                WHERE e.tenant_id = $t AND b.tenant_id = $t AND e.position = 5 AND b.position = 4
                """);

        assertFound(Kind.INSERTED, 5);
        assertThat(report().verified()).isEqualTo(Position.of(4));
        assertThat(report().link())
                .hasToString(superuser
                        .sees(
                                "SELECT encode(hash, 'hex') FROM eventstream.events WHERE tenant_id = $t AND position = 4")
                        .get(0));
    }

    @Test
    void anEventThatWasInsertedWithoutALinkIsNamed() {
        superuser.shifts(5, 1);
        insert(5);

        assertFound(Kind.INSERTED, 5);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5})
    void anEventBelowTheFirstPositionIsFound(long position) {
        insert(position);

        assertFound(Kind.INSERTED, 0);
    }

    @Test
    void anEventThatWasMovedToAnotherTenantIsFoundInBothLogs() {
        TenantId other = TenantId.of(superuser.tenant + "-other");
        Tamperer.fill(store, other);

        superuser.does(
                "UPDATE eventstream.events SET tenant_id = '%s', position = 10, version = 50 WHERE tenant_id = $t AND position = 4"
                        .formatted(other));

        assertFound(Kind.DROPPED, 4);
        assertThat(LogVerifier.of(store).verify(other).tampering())
                .hasValueSatisfying(found -> assertThat(found.position()).isEqualTo(Position.of(10)));
    }

    @Test
    void aStretchIsVerifiedFromTheLinkBeforeIt() {
        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 3");

        LogVerifier verifier = LogVerifier.of(store);
        VerificationReport before = verifier.verify(superuser.tenant, Position.of(1), Position.of(2));
        VerificationReport across = verifier.verify(superuser.tenant, Position.of(2), Position.of(5));
        VerificationReport after = verifier.verify(superuser.tenant, Position.of(4), Position.of(9));

        assertThat(before.isIntact()).isTrue();
        assertThat(before.reachesHead()).isFalse();
        assertThat(across.tampering()).map(Tampering::position).contains(Position.of(3));
        assertThat(after.isIntact()).as(after.toString()).isTrue();
        assertThat(after.reachesHead()).isTrue();
        assertThat(after.events()).isEqualTo(6);
    }

    @Test
    void aStretchThatShouldReachFurtherThanTheLogDoesIsCutShort() {
        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position > 7");

        VerificationReport report = LogVerifier.of(store).verify(superuser.tenant, Position.of(1), Position.of(9));

        assertThat(report.tampering()).hasValueSatisfying(found -> {
            assertThat(found.kind()).isEqualTo(Kind.DROPPED);
            assertThat(found.position()).isEqualTo(Position.of(8));
        });
    }

    @Test
    void versionsThatDoNotFollowAreFoundThoughEveryLinkFits() {
        superuser.does("UPDATE eventstream.events SET version = 9 WHERE tenant_id = $t AND position = 5");
        superuser.relinks(5);

        assertFound(Kind.DROPPED, 5);
    }

    @Test
    void momentsThatGoBackAreFoundThoughEveryLinkFits() {
        superuser.does(
                "UPDATE eventstream.events SET recorded_at = recorded_at - interval '1 day' WHERE tenant_id = $t AND position = 5");
        superuser.relinks(5);

        assertFound(Kind.MOVED, 5);
    }

    @Test
    void pagesOfAnySizeGiveTheSameAnswer() {
        superuser.does("UPDATE eventstream.events SET payload = '{}' WHERE tenant_id = $t AND position = 5");

        for (int size = 1; size <= 10; size++) {
            LogVerifier verifier = LogVerifier.builder(store).pageSize(size).build();
            LogVerifier ahead = LogVerifier.builder(store)
                    .pageSize(size)
                    .readAhead(command -> new Thread(command).start())
                    .build();

            assertThat(verifier.verify(superuser.tenant)).isEqualTo(report());
            assertThat(ahead.verify(superuser.tenant)).isEqualTo(report());
        }
    }

    private void insert(long position) {
        superuser.does("""
                INSERT INTO eventstream.events (
                    position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category,
                    stream_id, event_type, hash, payload, metadata)
                SELECT
                    %d, 1, occurred_at, recorded_at, schema_version, gen_random_uuid(), tenant_id, stream_category,
                    'new', event_type, hash, payload, metadata
                FROM eventstream.events WHERE tenant_id = $t AND position = 4
                """.formatted(position));
    }

    private VerificationReport report() {
        return LogVerifier.of(store).verify(superuser.tenant);
    }

    private void assertFound(Kind kind, long position) {
        VerificationReport report = report();
        assertThat(report.tampering()).as(report.toString()).hasValueSatisfying(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.position()).isEqualTo(Position.of(position));
        });
    }
}
