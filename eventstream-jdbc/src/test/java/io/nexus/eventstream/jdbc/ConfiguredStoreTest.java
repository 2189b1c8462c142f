package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamConfig;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Every key of the backend {@code postgres} has the effect that docs/configuration.md says. */
class ConfiguredStoreTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @Test
    void schemaAndPartitionsAndModeSayWhatIsCreated() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            open(database.pool(), "schema_mode=migrate", "schema=ledger", "partitions=2")
                    .append(STREAM, ExpectedVersion.noStream(), new FreshDatabase.Noted("a"));

            assertThat(database.query("SELECT count(*) FROM ledger.events")).containsExactly("1");
            assertThat(database.query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger.events'::regclass"))
                    .containsExactly("2");
        }
    }

    @Test
    void theLargePresetPartitionsAndWantsTenantsToBeCreated() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            EventStreamManager manager = EventStreamManager.builder(EventStreamConfig.largeEnterprise().toBuilder()
                            .option("postgres.schema_mode", "migrate")
                            .build())
                    .types(FreshDatabase.TYPES)
                    .resource(DataSource.class, database.pool())
                    .tenant(ACME)
                    .build();

            assertThat(database.query(
                            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'eventstream.events'::regclass"))
                    .containsExactly("8");
            assertThatThrownBy(() -> manager.append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("a")))
                    .isInstanceOf(EventStreamException.class)
                    .hasMessageContaining("create it with ensureTenant");
        }
    }

    @Test
    void validateModeRefusesAChangedSchemaThatCheckModeAccepts() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("UPDATE eventstream.schema_history SET checksum = 1 WHERE script LIKE 'V001%'");

            assertThat(open(database.pool())).isNotNull();
            assertThatThrownBy(() -> open(database.pool(), "schema_mode=validate"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("does not fit this version of EventStream");
        }
    }

    @Test
    void rolesAndRowSecurityAreMadeAndTheirHolesFound() {
        SchemaRoles roles = FreshDatabase.newRoles();
        String prefix = roles.owner().replace("owner", "");
        try (FreshDatabase database = FreshDatabase.empty()) {
            database.execute(SchemaMigrator.of(database.pool()).roles(roles).rolesSql());
            open(database.pool(), "schema_mode=migrate", "role_prefix=" + prefix, "row_security=true");

            assertThat(
                            database.query(
                                    "SELECT relrowsecurity, pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'eventstream.events'::regclass"))
                    .containsExactly("t|" + roles.owner());
            open(database.pool(), "schema_mode=validate", "role_prefix=" + prefix, "row_security=true");
            assertThatThrownBy(() -> open(
                            database.pool(), "schema_mode=validate", "role_prefix=" + prefix, "row_security=false"))
                    .hasMessageContaining("row-level security is on for table events");
            database.execute("GRANT SELECT ON eventstream.events TO PUBLIC");
            assertThat(open(database.pool(), "schema_mode=validate")).isNotNull();
            assertThatThrownBy(() -> open(database.pool(), "schema_mode=validate", "role_prefix=" + prefix))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("everybody may SELECT on TABLE events");
        }
    }

    @Test
    void theLaneTimeoutBoundsTheWait() throws SQLException {
        try (FreshDatabase database = FreshDatabase.migrated();
                Connection host = database.connect()) {
            database.store().ensureTenant(ACME);
            host.setAutoCommit(false);
            database.store().joining(host).lockLanes(ACME);
            EventStreamManager manager = open(database.pool(), "lane_timeout_ms=20");

            LaneBusyException busy = catchThrowableOfType(
                    LaneBusyException.class,
                    () -> manager.append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("a")));

            assertThat(busy.waited()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(8));
        }
    }

    @Test
    void theClockToleranceBoundsTheDifference() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-30));

            open(database.pool(), slow).append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("a"));
            assertThatThrownBy(() -> open(database.pool(), slow, "clock_tolerance_ms=20000")
                            .append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("a")))
                    .isInstanceOf(ClockSuspectException.class);
        }
    }

    @Test
    void synchronousCommitCanBeLeftToTheSession() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource careless =
                        database.poolWith(config -> config.setConnectionInitSql("SET synchronous_commit = off"))) {
            database.execute("CREATE TABLE public.commits (mode text)", """
                    CREATE FUNCTION public.watch() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        INSERT INTO public.commits VALUES (current_setting('synchronous_commit'));
                        RETURN NULL;
                    END $$
                    """, """
                    CREATE CONSTRAINT TRIGGER watch AFTER INSERT ON eventstream.events
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.watch()
                    """);

            open(careless, "synchronous_commit=false")
                    .append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("a"));
            open(careless, "synchronous_commit=true")
                    .append(STREAM, ExpectedVersion.any(), new FreshDatabase.Noted("b"));

            assertThat(database.query("SELECT mode FROM public.commits")).containsExactly("off", "on");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schem=x            | eventstream.postgres.schem: unknown; known are [clock_tolerance_ms, group_commit, lane_timeout_ms, partitions, role_prefix, row_security, schema, schema_mode, synchronous_commit]",
                "schema=No          | eventstream.postgres.schema: \"No\" cannot be the schema",
                "partitions=17      | eventstream.postgres.partitions: the number of partitions is 17",
                "partitions=many    | eventstream.postgres.partitions: \"many\" is not a whole number",
                "role_prefix=My-    | eventstream.postgres.role_prefix: \"My-owner\" cannot be a role of the event log",
                "row_security=maybe | eventstream.postgres.row_security: \"maybe\" is neither true nor false",
                "schema_mode=drop   | eventstream.postgres.schema_mode: \"drop\" is none of check, validate, migrate",
                "lane_timeout_ms=-1 | eventstream.postgres.lane_timeout_ms: laneTimeout is PT-0.001S",
                "group_commit=maybe | eventstream.postgres.group_commit: \"maybe\" is neither true nor false",
                "synchronous_commit=yes | eventstream.postgres.synchronous_commit: \"yes\" is neither true nor false"
            })
    void whatCannotBeUsedIsAnErrorThatNamesTheKey(String option, String message) {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            assertThatThrownBy(() -> open(database.pool(), option))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(message.replace("eventstream.", ""));
        }
    }

    @ParameterizedTest
    @CsvSource({"auto, true, true", "auto, false, false", "true, false, true", "false, true, false"})
    void groupCommitIsForPlainPoolsUnlessTheHostSaysOtherwise(String option, boolean plainPool, boolean grouped) {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            DataSource other = new PGSimpleDataSource() {
                private static final long serialVersionUID = 1L;
            };
            ((PGSimpleDataSource) other).setUrl(database.url());

            EventStreamManager manager = open(plainPool ? database.pool() : other, "group_commit=" + option);

            assertThat(((PostgresEventStore) manager.store()).groupsCommits()).isEqualTo(grouped);
        }
    }

    @Test
    void aBackendWithoutADataSourceSaysWhatItNeeds() {
        assertThatThrownBy(() -> EventStreamManager.builder(EventStreamConfig.defaults())
                        .types(FreshDatabase.TYPES)
                        .tenant(ACME)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("backend: postgres needs a DataSource: give it with resource(DataSource.class, ...)");
    }

    @Test
    void theEnvironmentNamesTheSameOptions() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            EventStreamConfig config = EventStreamConfig.fromEnvironment(
                    Map.of("EVENTSTREAM_POSTGRES_SCHEMA", "of_nobody", "EVENTSTREAM_POSTGRES_LANE_TIMEOUT_MS", "5"));

            assertThatThrownBy(() -> EventStreamManager.builder(config)
                            .types(FreshDatabase.TYPES)
                            .resource(DataSource.class, database.pool())
                            .tenant(ACME)
                            .build())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("schema of_nobody");
        }
    }

    private static EventStreamManager open(DataSource dataSource, String... options) {
        return open(dataSource, Clock.systemUTC(), options);
    }

    private static EventStreamManager open(DataSource dataSource, Clock clock, String... options) {
        Properties properties = new Properties();
        for (String option : options) {
            int equals = option.indexOf('=');
            properties.setProperty("eventstream.postgres." + option.substring(0, equals), option.substring(equals + 1));
        }
        return EventStreamManager.builder(EventStreamConfig.fromProperties(properties))
                .types(FreshDatabase.TYPES)
                .resource(DataSource.class, dataSource)
                .resource(Clock.class, clock)
                .tenant(ACME)
                .build();
    }
}
