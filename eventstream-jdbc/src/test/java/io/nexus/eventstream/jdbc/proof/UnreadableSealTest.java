package io.nexus.eventstream.jdbc.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationReport;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no seal can say, and somebody has written into the row of one, is a finding and not a failure. */
class UnreadableSealTest {

    private static FreshDatabase database;
    private static PostgresEventStore store;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
        store = database.store();
        for (String column : new String[] {
            "first_position", "link_before", "link", "recorded_at", "sealed_at", "key_id", "previous", "signature"
        }) {
            database.execute("ALTER TABLE eventstream.seals ALTER %s DROP NOT NULL".formatted(column));
        }
        database.execute("ALTER TABLE eventstream.seals DROP CONSTRAINT seals_link_check");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "first_position = NULL",
                "link_before = NULL",
                "link = NULL",
                "link = '\\x00'",
                "recorded_at = NULL",
                "recorded_at = 'infinity'",
                "sealed_at = NULL",
                "sealed_at = '-infinity'",
                "key_id = NULL",
                "key_id = ' '",
                "previous = NULL",
                "signature = NULL"
            })
    void isFound(String change) throws NoSuchAlgorithmException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        SealKeys keys = SealKeys.of("k1", pair.getPublic());
        Seals seals = Seals.of(store, Ed25519Signer.of("k1", pair.getPrivate()), keys);
        Tamperer superuser = new Tamperer(database);
        for (int i = 0; i < 2; i++) {
            Tamperer.fill(store, superuser.tenant);
            assertThat(seals.seal(superuser.tenant)).isPresent();
        }

        superuser.does(
                "UPDATE eventstream.seals SET %s WHERE tenant_id = $t AND first_position = 10".formatted(change));

        VerificationReport report =
                LogVerifier.builder(store).keys(keys).build().verify(superuser.tenant);
        assertThat(report.tampering())
                .as(report.toString())
                .hasValueSatisfying(found -> assertThat(found.kind()).isEqualTo(Kind.SEAL_INVALID));
        assertThat(report.verified()).isEqualTo(Position.of(9));
        assertThatThrownBy(() -> seals.seal(superuser.tenant)).isInstanceOf(TamperedException.class);
    }
}
