package io.nexus.eventstream.jdbc.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.ExportVerifier;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.proof.LogNotEmptyException;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log leaves one database and arrives in another as the same log. */
class ExportTest {

    private static final KeyPair PAIR = pair();
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

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void anExportThatIsImportedIsTheSameLog(int partitions) throws IOException {
        assertThat(seals.seal(tenant)).isPresent();
        NewEvent odd = NewEvent.of(new Noted("\u0001 \"é\" \\ \n\t\u2028 😀 \uffff"))
                .withMetadata(EventMetadata.none().withUserId("müller").with("😀", "\u0007"))
                .occurredAt(Instant.parse("0001-01-01T00:00:00.000001Z"));
        store.append(tenant, StreamAppend.of(StreamId.of("café/☕", "a\\b'c\"{d}"), ExpectedVersion.any(), odd));
        FreshDatabase.fill(store, tenant, 2_500, 7);
        assertThat(seals.seal(tenant)).isPresent();
        Tamperer.fill(store, tenant);
        byte[] export = export(store, tenant);

        try (FreshDatabase other = FreshDatabase.empty()) {
            SchemaMigrator.of(other.pool()).partitions(partitions).migrate();
            PostgresEventStore imported = other.store();
            VerificationReport report = LogImport.of(imported).keys(KEYS).read(new ByteArrayInputStream(export));

            assertThat(report.events()).isEqualTo(2_519);
            assertThat(report.sealed()).isEqualTo(Position.of(2_510));
            assertThat(export(imported, tenant)).isEqualTo(export);
            assertThat(imported.head(tenant)).isEqualTo(store.head(tenant));
            assertThat(imported.read(tenant, EventQuery.log().after(Position.of(9)))
                            .events()
                            .get(0)
                            .stored()
                            .recordedAt())
                    .isEqualTo(store.read(tenant, EventQuery.log().after(Position.of(9)))
                            .events()
                            .get(0)
                            .stored()
                            .recordedAt());
            assertThat(LogVerifier.builder(imported).keys(KEYS).build().verify(tenant))
                    .isEqualTo(LogVerifier.builder(store).keys(KEYS).build().verify(tenant));

            // And it goes on there, sealed further by the same key.
            Tamperer.fill(imported, tenant);
            assertThat(Seals.of(imported, Ed25519Signer.of("k1", PAIR.getPrivate()), KEYS)
                            .seal(tenant))
                    .isPresent();
            assertThat(LogVerifier.builder(imported)
                            .keys(KEYS)
                            .build()
                            .verify(tenant)
                            .isIntact())
                    .isTrue();
        }
    }

    @Test
    void anEmptyLogIsExportedAndImportedToo() throws IOException {
        TenantId nobody = TenantId.of("nobody");
        byte[] export = export(store, nobody);

        assertThat(ExportVerifier.withoutKeys()
                        .verify(new ByteArrayInputStream(export), List.of())
                        .isIntact())
                .isTrue();
        try (FreshDatabase other = FreshDatabase.migrated()) {
            PostgresEventStore imported = other.store();
            LogImport.of(imported).read(new ByteArrayInputStream(export));
            assertThat(export(imported, nobody)).isEqualTo(export);
        }
    }

    @Test
    void aLogIsNeverImportedOverAnother() throws IOException {
        byte[] export = export(store, tenant);
        List<String> before =
                superuser.sees("SELECT position, hash FROM eventstream.events WHERE tenant_id = $t ORDER BY 1");

        assertThatThrownBy(() -> LogImport.of(store).read(new ByteArrayInputStream(export)))
                .isInstanceOf(LogNotEmptyException.class)
                .hasMessageContaining(tenant.value());

        assertThat(superuser.sees("SELECT position, hash FROM eventstream.events WHERE tenant_id = $t ORDER BY 1"))
                .isEqualTo(before);
    }

    @Test
    void ofAnExportThatIsNotIntactNothingIsImported() throws IOException {
        FreshDatabase.fill(store, tenant, 1_500, 3);
        assertThat(seals.seal(tenant)).isPresent();
        String export = new String(export(store, tenant), StandardCharsets.UTF_8);
        String changed = export.replace("note 1400", "note 1401");
        String cut = export.substring(0, export.lastIndexOf("{\"events\""));

        try (FreshDatabase other = FreshDatabase.migrated()) {
            PostgresEventStore imported = other.store();
            for (String bad : List.of(changed, cut, "{}\n", "")) {
                assertThatThrownBy(() -> LogImport.of(imported)
                                .read(new ByteArrayInputStream(bad.getBytes(StandardCharsets.UTF_8))))
                        .isInstanceOf(TamperedException.class);
                assertThat(other.query("SELECT count(*) FROM eventstream.events"))
                        .containsExactly("0");
                assertThat(other.query("SELECT count(*) FROM eventstream.seals"))
                        .containsExactly("0");
            }
        }
    }

    @Test
    void theExportOfALogThatWasTamperedWithShowsIt() throws IOException {
        assertThat(seals.seal(tenant)).isPresent();
        superuser.does("UPDATE eventstream.events SET hash = '\\x00' WHERE tenant_id = $t AND position = 5");
        assertFound(Kind.CHANGED, 5);

        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t AND position >= 5");
        assertFound(Kind.DROPPED, 5);

        superuser.does("DELETE FROM eventstream.events WHERE tenant_id = $t");
        assertFound(Kind.DROPPED, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "schema_version",
                "occurred_at",
                "recorded_at",
                "event_id",
                "event_type",
                "metadata",
                "hash"
            })
    void theExportOfALogInWhichSomethingIsGoneShowsIt(String column) throws IOException {
        superuser.empties(column, 9);
        assertFound(Kind.CHANGED, 9);

        superuser.empties(column, 5);
        assertFound(Kind.CHANGED, 5);
    }

    /** A row that hides its place at the end of a page would be read for ever. */
    @Test
    void theExportGoesOnBehindAPageThatEndsWithSuchARow() throws IOException {
        FreshDatabase.fill(store, tenant, 1_000, 7);
        superuser.empties("version", 1_000);

        assertThat(new String(export(store, tenant), StandardCharsets.UTF_8).lines())
                .hasSize(1_011);
        assertFound(Kind.CHANGED, 1_000);
    }

    /** With this setting the driver sets a savepoint before each statement, which gives the rows another transaction's number. */
    @ParameterizedTest
    @ValueSource(strings = {"always", "conservative"})
    void savepointsOfTheDriverDoNotKeepALogFromBeingImported(String autosave) throws IOException {
        FreshDatabase.fill(store, tenant, 2_100, 7);
        byte[] export = export(store, tenant);

        try (FreshDatabase other = FreshDatabase.migrated();
                HikariDataSource pool =
                        other.poolWith(config -> config.setJdbcUrl(other.url() + "&autosave=" + autosave))) {
            PostgresEventStore imported = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            assertThat(LogImport.of(imported)
                            .read(new ByteArrayInputStream(export))
                            .events())
                    .isEqualTo(2_109);
            assertThatThrownBy(() -> LogImport.of(imported).read(new ByteArrayInputStream(export)))
                    .isInstanceOf(LogNotEmptyException.class);
        }
    }

    @Test
    void theDatabaseItselfRefusesEventsThatDoNotFollow() throws IOException {
        try (FreshDatabase other = FreshDatabase.migrated()) {
            other.store().ensureTenant(TenantId.of("acme"));
            String call = """
                    DO $do$
                    BEGIN
                        PERFORM eventstream.import_events_v1(
                            'acme', 1, ARRAY[1, %s]::bigint[], ARRAY['note', 'note'], ARRAY['1', '1'],
                            ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY['noted', 'noted'], ARRAY[1, 1],
                            ARRAY['{}', '{}']::bytea[], ARRAY['{}', '{}']::bytea[], ARRAY[now(), now()],
                            ARRAY[now(), now() + interval '%s'], ARRAY[sha256('x'), sha256('y')], 1000);
                    END
                    $do$
                    """;

            assertThatThrownBy(() -> other.execute(call.formatted(2, "0"))).hasMessageContaining("has another link");
            assertThatThrownBy(() -> other.execute(call.formatted(3, "0"))).hasMessageContaining("does not follow");
            assertThatThrownBy(() -> other.execute(call.formatted(2, "-1 second")))
                    .hasMessageContaining("does not follow");
            assertThatThrownBy(() -> other.execute(call.formatted(2, "1 hour"))).hasMessageContaining("in the future");
            assertThat(other.query("SELECT count(*) FROM eventstream.events")).containsExactly("0");
        }
    }

    @Test
    void whatAnotherTransactionHasAppendedIsNotImportedFurther() throws Exception {
        TenantId fresh = TenantId.of(tenant + "-fresh");
        store.append(fresh, FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "first"));

        assertThat(superuser.sees("""
                        SELECT eventstream.import_events_v1(
                            '%s', 2, ARRAY[2]::bigint[], ARRAY['note'], ARRAY['1'], ARRAY['%s']::uuid[], ARRAY['noted'], ARRAY[1],
                            ARRAY['{}']::bytea[], ARRAY['{}']::bytea[], ARRAY[now()], ARRAY[now()], ARRAY[sha256('x')], 1000)
                        """.formatted(fresh, EventId.generate().value())))
                .containsExactly("not_empty");
    }

    private void assertFound(Kind kind, long position) throws IOException {
        VerificationReport report =
                ExportVerifier.of(KEYS).verify(new ByteArrayInputStream(export(store, tenant)), List.of());
        assertThat(report.tampering()).as(report.toString()).hasValueSatisfying(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.position()).isEqualTo(Position.of(position));
        });
    }

    private static byte[] export(PostgresEventStore from, TenantId tenant) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(from).write(tenant, out);
        return out.toByteArray();
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
