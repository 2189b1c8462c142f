package io.nexus.eventstream.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.jdbc.FreshDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who owns the schema, who may do what in it, and that a check finds the holes in its walls. */
class SchemaRolesTest {

    private final SchemaRoles roles = FreshDatabase.newRoles();
    private FreshDatabase database;

    @BeforeEach
    void create() {
        database = FreshDatabase.owned(roles, migrator -> migrator.rowSecurity(true));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void everythingBelongsToAnOwnerWhoCannotLogInAndIsNoSuperuser() {
        assertThat(database.query("""
                        SELECT DISTINCT pg_get_userbyid(x.owner)
                        FROM (
                            SELECT relowner FROM pg_class WHERE relnamespace = 'eventstream'::regnamespace
                            UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'eventstream'::regnamespace
                            UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'eventstream'
                        ) x (owner)
                        """)).containsExactly(roles.owner());
        assertThat(database.query("SELECT rolsuper, rolcanlogin, rolbypassrls FROM pg_roles WHERE rolname = '%s'"
                        .formatted(roles.owner())))
                .containsExactly("f|f|f");
        migrator().validate();
    }

    @Test
    void aMemberOfAnyRoleCanValidate() {
        for (String role : roles.names()) {
            try (HikariDataSource pool = database.poolOfMember(config -> {}, role)) {
                SchemaMigrator.of(pool).roles(roles).rowSecurity(true).validate();
            }
        }
    }

    @Test
    void theScriptsCanBeRunAgainAndChangeNothing() {
        String acls =
                "SELECT xmin, relacl FROM pg_class WHERE relnamespace = 'eventstream'::regnamespace ORDER BY relname";
        List<String> before = database.query(acls);

        database.execute(
                migrator().rolesSql(), migrator().grantsSql(), migrator().grantsSql());

        assertThat(database.query(acls)).isEqualTo(before);
    }

    @Test
    void theLoginThatMigratedIsGivenBackAsItCame() throws SQLException {
        try (HikariDataSource pool = database.poolOfMember(config -> config.setMaximumPoolSize(2), roles.owner())) {
            SchemaMigrator.of(pool).roles(roles).migrate();
            try (Connection one = pool.getConnection();
                    Connection two = pool.getConnection()) {
                for (Connection connection : List.of(one, two)) {
                    assertThat(FreshDatabase.query(connection, "SELECT current_user"))
                            .containsExactly(FreshDatabase.userOf(pool));
                }
            }
        }
    }

    @Test
    void nodesThatStartAtOnceAllMigrateAndGrant() throws Exception {
        SchemaRoles others = FreshDatabase.newRoles();
        try (FreshDatabase empty = FreshDatabase.empty()) {
            empty.execute(SchemaMigrator.of(empty.pool()).roles(others).rolesSql());
            try (HikariDataSource pool = empty.poolOfMember(config -> config.setMaximumPoolSize(20), others.owner())) {
                int nodes = 4;
                CyclicBarrier start = new CyclicBarrier(nodes);
                ExecutorService threads = Executors.newFixedThreadPool(nodes);
                List<Future<Integer>> results = new ArrayList<>();
                for (int i = 0; i < nodes; i++) {
                    results.add(threads.submit(() -> {
                        start.await();
                        return SchemaMigrator.of(pool).roles(others).migrate();
                    }));
                }
                for (Future<Integer> result : results) {
                    result.get();
                }
                threads.shutdown();
            }
            SchemaMigrator.of(empty.pool()).roles(others).validate();
        }
    }

    @Test
    void whatADatabaseGivesToEverybodyByDefaultIsTakenBack() {
        SchemaRoles others = FreshDatabase.newRoles();
        try (FreshDatabase open = FreshDatabase.empty()) {
            open.execute(SchemaMigrator.of(open.pool()).roles(others).rolesSql());
            open.execute(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT ALL ON TABLES TO PUBLIC".formatted(others.owner()),
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT ALL ON SCHEMAS TO PUBLIC".formatted(others.owner()),
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT ALL ON FUNCTIONS TO %s"
                            .formatted(others.owner(), others.reader()));
            try (HikariDataSource pool = open.poolOfMember(config -> {}, others.owner())) {
                SchemaMigrator.of(pool).roles(others).migrate();
            }

            SchemaMigrator.of(open.pool()).roles(others).validate();
        }
    }

    @Test
    void everyTableAndFunctionHasADecision() {
        assertThat(database.query("""
                        SELECT 'TABLE ' || relname FROM pg_class
                        WHERE relnamespace = 'eventstream'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                        UNION
                        SELECT 'FUNCTION ' || proname FROM pg_proc WHERE pronamespace = 'eventstream'::regnamespace
                        """)).containsExactlyInAnyOrderElementsOf(SchemaPrivileges.objects());
    }

    @Test
    void everyTriggerThatRefusesChangesIsLookedAfter() {
        assertThat(database.query("""
                        SELECT concat_ws(' ', c.relname, t.tgname, p.proname, t.tgtype)
                        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
                        WHERE c.relnamespace = 'eventstream'::regnamespace AND NOT t.tgisinternal
                        """)).containsExactlyInAnyOrderElementsOf(SchemaPrivileges.TRIGGERS);
    }

    @Test
    void everyColumnConstraintAndFunctionIsLookedAfter() {
        assertThat(database.query("SELECT name || ' ' || part FROM (%s) x ORDER BY 1"
                        .formatted(SchemaShape.ACTUAL.replace("${schema}", "eventstream"))))
                .containsExactlyInAnyOrderElementsOf(SchemaShape.lines());
        assertThat(database.query("SELECT proname FROM pg_proc WHERE pronamespace = 'eventstream'::regnamespace"))
                .containsExactlyInAnyOrderElementsOf(SchemaShape.functions());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GRANT SELECT ON eventstream.events TO PUBLIC | everybody may SELECT on TABLE events and should not",
                "GRANT SELECT (payload) ON eventstream.events TO PUBLIC | everybody may SELECT on COLUMN events.payload",
                "GRANT UPDATE ON eventstream.events TO ${writer} | ${writer} may UPDATE on TABLE events and should not",
                "GRANT SELECT ON eventstream.events TO ${reader} WITH GRANT OPTION | ${reader} may SELECT, and grant it",
                "GRANT USAGE ON SCHEMA eventstream TO PUBLIC | everybody may USAGE on SCHEMA eventstream and should not",
                "GRANT EXECUTE ON FUNCTION eventstream.append_v1 TO ${reader} | ${reader} may EXECUTE on FUNCTION append_v1",
                "REVOKE EXECUTE ON FUNCTION eventstream.append_v1 FROM ${writer} | ${writer} lacks EXECUTE on FUNCTION append_v1",
                "REVOKE USAGE ON SCHEMA eventstream FROM ${auditor} | ${auditor} lacks USAGE on SCHEMA eventstream",
                "ALTER TABLE eventstream.events OWNER TO postgres | 1 object is owned by postgres and not by ${owner}",
                "ALTER FUNCTION eventstream.clock() OWNER TO postgres | ROUTINE eventstream.clock()",
            })
    void holesThatTheGrantsMendAreFoundAndMended(String line) {
        String[] parts = filled(line).split(" \\| ", -1);
        database.execute(parts[0]);

        assertThatThrownBy(migrator()::validate)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("schema eventstream is not as safe as it should be")
                .hasMessageContaining(parts[1]);
        database.execute(migrator().grantsSql());

        migrator().validate();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER ROLE ${owner} LOGIN | role ${owner} can log in: ALTER ROLE ${owner} NOLOGIN",
                "ALTER ROLE ${owner} SUPERUSER | role ${owner} is a superuser",
                "ALTER ROLE ${reader} BYPASSRLS | role ${reader} passes row-level security by",
                "GRANT ${owner} TO ${writer} | role ${writer} is a member of the owner: REVOKE ${owner} FROM ${writer}",
                "ALTER TABLE eventstream.events DISABLE TRIGGER events_append_only | trigger events_append_only on events does not always fire",
                "ALTER TABLE eventstream.events ENABLE TRIGGER events_no_truncate | trigger events_no_truncate on events does not always fire",
                "DROP TRIGGER events_no_truncate ON eventstream.events | trigger events_no_truncate on events is missing",
                "ALTER TABLE eventstream.events DISABLE ROW LEVEL SECURITY | row-level security is off for table events",
                "ALTER TABLE eventstream.snapshots DISABLE ROW LEVEL SECURITY | row-level security is off for table snapshots",
                "ALTER TABLE eventstream.events FORCE ROW LEVEL SECURITY | row-level security is forced on table events",
                "DROP POLICY tenant_wall ON eventstream.streams | table streams lacks the policy tenant_wall",
                "ALTER POLICY tenant_wall ON eventstream.streams USING (true) | table streams lacks the policy tenant_wall",
                "CREATE POLICY open ON eventstream.events USING (true) | table events has the policy open as well",
                "ALTER POLICY tenant_wall ON eventstream.audit_log USING (true) | table audit_log lacks the policy tenant_wall",
                "ALTER FUNCTION eventstream.append_v1 RESET search_path | function append_v1 runs with the owner's rights",
                "ALTER FUNCTION eventstream.append_v1 SET eventstream.tenant = '' | is not what the migrations made",
                "ALTER FUNCTION eventstream.append_v1 SECURITY INVOKER | is not what the migrations made",
                "CREATE OR REPLACE FUNCTION eventstream.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END' | function refuse_change() is not what the migrations made",
                "CREATE FUNCTION eventstream.append_v1(text) RETURNS text LANGUAGE sql AS 'SELECT $1' | function append_v1(text) is not what the migrations made",
                "DROP FUNCTION eventstream.clock() | function clock is missing",
                "CREATE OR REPLACE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON eventstream.events FOR EACH ROW WHEN (false) EXECUTE FUNCTION eventstream.refuse_change(); ALTER TABLE eventstream.events ENABLE ALWAYS TRIGGER events_append_only | trigger events_append_only on events is not what the migrations made",
                "CREATE OR REPLACE TRIGGER events_append_only BEFORE DELETE ON eventstream.events FOR EACH ROW EXECUTE FUNCTION eventstream.refuse_change(); ALTER TABLE eventstream.events ENABLE ALWAYS TRIGGER events_append_only | trigger events_append_only on events is not what the migrations made",
                "CREATE OR REPLACE TRIGGER events_append_only BEFORE UPDATE OF hash OR DELETE ON eventstream.events FOR EACH ROW EXECUTE FUNCTION eventstream.refuse_change(); ALTER TABLE eventstream.events ENABLE ALWAYS TRIGGER events_append_only | trigger events_append_only on events is not what the migrations made",
                "CREATE OR REPLACE TRIGGER seals_append_only BEFORE UPDATE OR DELETE ON eventstream.seals FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); ALTER TABLE eventstream.seals ENABLE ALWAYS TRIGGER seals_append_only | trigger seals_append_only on seals is not what the migrations made",
                "CREATE TRIGGER host BEFORE UPDATE ON eventstream.snapshots FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger() | table snapshots has the trigger host as well",
                "CREATE RULE quiet AS ON INSERT TO eventstream.audit_log DO INSTEAD NOTHING | table audit_log has the rule quiet",
                "CREATE TABLE public.heirs () INHERITS (eventstream.events) | are read as rows of table events",
                "ALTER TABLE eventstream.events DROP CONSTRAINT events_event_id_key | CONSTRAINT events_event_id_key UNIQUE (tenant_id, event_id)",
                "ALTER TABLE eventstream.events ALTER hash DROP NOT NULL | hash bytea NOT NULL",
                "ALTER TABLE eventstream.events ALTER version TYPE numeric | version bigint NOT NULL",
                "ALTER TABLE eventstream.seals DROP CONSTRAINT seals_range_check, ADD CONSTRAINT seals_range_check CHECK (true) | table seals should have",
                "GRANT pg_write_all_data TO ${writer} | ${writer} may do what pg_write_all_data may",
                "GRANT pg_read_all_data TO ${auditor} | ${auditor} may do what pg_read_all_data may",
            })
    void otherHolesAreFoundAndSayWhatToDo(String line) {
        String[] parts = filled(line).split(" \\| ", -1);
        database.execute(parts[0]);

        assertThatThrownBy(migrator()::validate)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(parts[1]);
        database.execute("ALTER ROLE %s NOSUPERUSER NOLOGIN".formatted(roles.owner()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER ROLE ${login} BYPASSRLS | ${login} works with the log and passes row-level security by",
                "ALTER ROLE ${login} SUPERUSER | ${login} works with the log and is a superuser",
                "GRANT pg_write_all_data TO ${login} | ${login} may do what pg_write_all_data may",
                "GRANT pg_read_all_data TO ${login} | ${login} may do what pg_read_all_data may",
                "GRANT pg_execute_server_program TO ${login} | ${login} may do what pg_execute_server_program may",
                "GRANT ${power} TO ${login} | ${login} works with the log and may act as ${power}, who passes row-level security by",
            })
    void aLoginThatPassesTheWallsByIsFound(String line) {
        String power = roles.reader() + "_power";
        String login;
        try (HikariDataSource pool = database.poolOfMember(config -> {}, roles.writer())) {
            login = FreshDatabase.userOf(pool);
        }
        database.execute("CREATE ROLE " + power + " BYPASSRLS");
        try {
            migrator().validate();
            String[] parts =
                    line.replace("${login}", login).replace("${power}", power).split(" \\| ", -1);
            database.execute(parts[0]);

            assertThatThrownBy(migrator()::validate)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(parts[1]);
        } finally {
            // Roles belong to the whole server, and other tests validate too.
            database.execute("DROP ROLE " + login, "DROP ROLE " + power);
        }
    }

    @Test
    void whoOnlyMakesBackupsIsNoHole() {
        try (HikariDataSource pool = database.poolOfMember(config -> {}, "pg_read_all_data")) {
            database.execute("ALTER ROLE %s BYPASSRLS".formatted(FreshDatabase.userOf(pool)));

            migrator().validate();
        }
    }

    @Test
    void aTriggerIsMissedOnAPartition() {
        SchemaRoles others = FreshDatabase.newRoles();
        try (FreshDatabase partitioned = FreshDatabase.owned(others, migrator -> migrator.partitions(2))) {
            SchemaMigrator migrator = SchemaMigrator.of(partitioned.pool()).roles(others);
            migrator.validate();
            partitioned.execute("ALTER TABLE eventstream.events_1 DISABLE TRIGGER events_append_only");

            assertThatThrownBy(migrator::validate)
                    .hasMessageContaining("trigger events_append_only on events_1 does not always fire");
        }
    }

    @Test
    void allFindingsComeInOneMessage() {
        database.execute(
                "GRANT DELETE ON eventstream.events TO PUBLIC",
                "ALTER TABLE eventstream.events DISABLE TRIGGER ALL",
                "ALTER TABLE eventstream.tenants OWNER TO postgres");

        assertThatThrownBy(migrator()::validate)
                .hasMessageContaining("everybody may DELETE on TABLE events")
                .hasMessageContaining("trigger events_append_only on events")
                .hasMessageContaining("owned by postgres");
    }

    @Test
    void aRestoreWithoutTheRolesIsToldAndMendedByTheScripts() {
        // As a restore by a superuser leaves it in a cluster that lacks the roles: everything his, and no grant.
        SchemaRoles unknown = FreshDatabase.newRoles();
        try (FreshDatabase restored = FreshDatabase.migrated()) {
            SchemaMigrator migrator = SchemaMigrator.of(restored.pool()).roles(unknown);

            assertThatThrownBy(migrator::validate)
                    .hasMessageContaining(
                            "role %s does not exist in this cluster: run rolesSql()".formatted(unknown.owner()))
                    .hasMessageContaining("owned by postgres and not by " + unknown.owner())
                    .hasMessageContaining("%s lacks SELECT on TABLE events".formatted(unknown.reader()));
            assertThatThrownBy(() -> restored.execute(migrator.grantsSql()))
                    .hasMessageContaining("these roles do not exist in this cluster: " + unknown.owner());

            restored.execute(migrator.rolesSql(), migrator.grantsSql());
            migrator.validate();
        }
    }

    @Test
    void aLoginThatIsNoMemberOfTheOwnerIsToldSo() {
        try (HikariDataSource pool = database.poolOfPoorRole()) {
            assertThatThrownBy(SchemaMigrator.of(pool).roles(roles)::migrate)
                    .isInstanceOf(StorageException.class)
                    .hasStackTraceContaining("permission denied to set role \"%s\"".formatted(roles.owner()));
        }
    }

    @Test
    void theScriptForPeopleAndTheGrantsGiveWhatTheMigratorGives() {
        try (FreshDatabase byHand = FreshDatabase.empty()) {
            SchemaMigrator migrator =
                    SchemaMigrator.of(byHand.pool()).roles(roles).rowSecurity(true);
            byHand.execute(migrator.rolesSql(), migrator.sql(), migrator.grantsSql());

            migrator.validate();
            assertThat(Catalog.of(byHand)).isEqualTo(Catalog.of(database));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Owner", "my-role", "pg_monitor", "public", "user", "a;b"})
    void aNameThatCannotBeARoleIsRefused(String name) {
        assertThatThrownBy(() -> new SchemaRoles(name, "w", "e", "r", "a", "m"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("role of the event log");
    }

    @Test
    void oneNameForTwoRolesIsRefused() {
        assertThatThrownBy(() -> new SchemaRoles("o", "w", "w", "r", "a", "m"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one name stands for two roles");
    }

    @Test
    void withoutRolesThereAreNoScriptsOfThem() {
        assertThatThrownBy(SchemaMigrator.of(database.pool())::grantsSql)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tell the migrator the roles first: roles(SchemaRoles.defaults())");
        assertThat(SchemaRoles.defaults().names())
                .containsExactly(
                        "eventstream_owner",
                        "eventstream_writer",
                        "eventstream_engine",
                        "eventstream_reader",
                        "eventstream_auditor",
                        "eventstream_maintenance");
    }

    private SchemaMigrator migrator() {
        UnaryOperator<SchemaMigrator> asMade = migrator -> migrator.roles(roles).rowSecurity(true);
        return asMade.apply(SchemaMigrator.of(database.pool()));
    }

    private String filled(String text) {
        return text.replace("${owner}", roles.owner())
                .replace("${writer}", roles.writer())
                .replace("${reader}", roles.reader())
                .replace("${auditor}", roles.auditor());
    }
}
