package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of a key is on the disk when the call returns, and the application may do no more than it does. */
class PostgresSubjectKeyStoreTest {

    private static final TenantId ACME = Shop.ACME;
    private static final MasterKey NEXT = MasterKey.of("2027", new byte[32]);

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
    void everyChangeWaitsForTheDiskWhereTheSessionWouldNot() {
        watchCommits();
        try (HikariDataSource careless = pool("SET synchronous_commit = off")) {
            everyChange(PostgresSubjectKeyStore.of(careless));
        }

        assertThat(commits()).containsOnly("on");
        assertThat(Shop.query(shop.keysUrl, "SELECT DISTINCT what FROM public.commits ORDER BY what"))
                .containsExactly(
                        "subject_hiding INSERT",
                        "subject_keys INSERT",
                        "subject_keys UPDATE",
                        "subject_streams INSERT");
    }

    @Test
    void aStrongerSettingOfTheSessionIsKeptAndPutBack() {
        watchCommits();
        try (HikariDataSource careful = pool("SET synchronous_commit = remote_apply")) {
            everyChange(PostgresSubjectKeyStore.of(careful));
        }

        assertThat(commits()).containsOnly("remote_apply");
    }

    @Test
    void whatTheDatabaseQuotesIsNotInTheMessage() {
        Shop.query(shop.keysUrl, "ALTER TABLE eventstream_keys.subject_keys ADD CHECK (subject <> 'zoe')");

        assertThatThrownBy(() -> SubjectKeys.of(shop.keyStore, Shop.MASTER).forWriting(ACME, "zoe", Shop.customer("1")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("SQLSTATE 23514")
                .message()
                .doesNotContain("zoe", "Failing row");
    }

    @Test
    void theApplicationNeedsNoMoreThanIsGranted() {
        String role = "es_keys_%s".formatted(UUID.randomUUID().toString().replace("-", ""));
        Shop.query(shop.keysUrl, "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
        Shop.query(shop.keysUrl, shop.keyStore.grantsSql(role));
        String url = shop.keysUrl.replaceFirst("user=[^&]*", "user=" + role).replaceFirst("&password=[^&]*", "")
                + "&password=secret";
        try (HikariDataSource poor = Shop.pool(url)) {
            PostgresSubjectKeyStore keyStore = PostgresSubjectKeyStore.of(poor);
            everyChange(keyStore);
            EncryptingEventSerializer serializer = EncryptingEventSerializer.of(
                    JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(keyStore, Shop.MASTER));
            PostgresEventStore store =
                    PostgresEventStore.builder(shop.pool(), serializer).build();
            DataSubjects subjects = DataSubjects.of(store, serializer);
            Shop.append(store, ACME, Shop.customer("1"), new Renamed("1", "Ann"));
            assertThat(Shop.payloads(store, ACME, Shop.customer("1"))).containsExactly(new Renamed("1", "Ann"));
            assertThat(subjects.erase(ACME, "1", "asked").streams()).isEqualTo(1);
            assertThat(subjects.resume(ACME))
                    .as("the tombstone that was put back")
                    .hasSize(1);
            assertThat(subjects.eraseAgain(ACME)).isEmpty();
            assertThat(subjects.readmit(ACME, "1")).isTrue();
        }

        for (String table : List.of("subject_keys", "subject_streams", "subject_hiding")) {
            assertRefused(url, "DELETE FROM eventstream_keys." + table);
            assertRefused(url, "TRUNCATE eventstream_keys." + table);
            assertRefused(url, "DROP TABLE eventstream_keys." + table);
        }
        assertRefused(url, "UPDATE eventstream_keys.subject_keys SET subject = 'another'");
        assertRefused(url, "UPDATE eventstream_keys.subject_hiding SET fingerprint = 'another'");
        assertRefused(url, "CREATE TABLE eventstream_keys.own (id int)");
        assertThatThrownBy(() -> shop.keyStore.grantsSql("app; DROP SCHEMA eventstream_keys"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a role");
        Shop.query(shop.keysUrl, "DROP OWNED BY " + role);
        Shop.query(shop.keysUrl, "DROP ROLE " + role);
    }

    private static void assertRefused(String url, String sql) {
        assertThatThrownBy(() -> Shop.query(url, sql)).rootCause().hasMessageMatching("(?s).*(denied|must be owner).*");
    }

    /** Calls everything that writes. */
    private static void everyChange(PostgresSubjectKeyStore store) {
        SubjectKeys keys = SubjectKeys.of(store, Shop.MASTER);
        UUID key = keys.forWriting(ACME, "c", Shop.customer("c")).orElseThrow().id();
        SubjectKeys rotating =
                SubjectKeys.builder(store, NEXT).formerly(Shop.MASTER).build();
        assertThat(rotating.rotate()).isEqualTo(1);
        StoredKey destroyed = store.destroy(ACME, key, "asked");
        store.finish(ACME, key);
        assertThat(store.retire(ACME, "c")).isTrue();
        store.addDestroyed(new StoredKey(
                ACME,
                UUID.randomUUID(),
                "d",
                Optional.empty(),
                Optional.of(new StoredKey.Erased(Instant.EPOCH, "asked", false))));
        assertThat(destroyed.erasure()).isPresent();
    }

    /** Has a trigger that runs at the end of each transaction write down whether its commit will wait. */
    private void watchCommits() {
        Shop.query(shop.keysUrl, "CREATE TABLE public.commits (mode text, what text)");
        Shop.query(shop.keysUrl, """
                CREATE FUNCTION public.watch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO public.commits
                    VALUES (current_setting('synchronous_commit'), TG_TABLE_NAME || ' ' || TG_OP);
                    RETURN NULL;
                END $$
                """);
        Consumer<String> watch = table -> Shop.query(shop.keysUrl, """
                CREATE CONSTRAINT TRIGGER watch AFTER INSERT OR UPDATE ON eventstream_keys.%s
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.watch()
                """.formatted(table));
        List.of("subject_keys", "subject_streams", "subject_hiding").forEach(watch);
    }

    private List<String> commits() {
        return Shop.query(shop.keysUrl, "SELECT mode FROM public.commits");
    }

    private HikariDataSource pool(String setting) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(shop.keysUrl);
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionInitSql(setting);
        return new HikariDataSource(config);
    }
}
