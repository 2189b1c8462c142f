package io.nexus.eventstream.jdbc.schema;

import io.nexus.eventstream.StorageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.ValidateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and updates the tables and functions of the event log, in a schema of its own.
 *
 * <pre>{@code
 * SchemaMigrator.of(ownerDataSource).migrate();
 * }</pre>
 *
 * <p>Three ways to run it, for three kinds of house:
 *
 * <ul>
 *   <li>{@link #migrate()} at the start of the application, with the rights of the schema's owner. Any number of nodes may
 *       start at once: one migrates, the others wait and find it done.
 *   <li>{@link #validate()} at the start, where the application has no right to change the schema.
 *   <li>{@link #sql()} for a database administrator who runs it by hand; afterwards {@code validate()} and {@code migrate()}
 *       find the schema up to date.
 * </ul>
 *
 * <p>It works through Flyway, with a history table of its own ({@code schema_history}, in the same schema) and a location of
 * its own, and does not disturb a Flyway of the host. Flyway needs two connections at a time: give it a {@code DataSource}
 * that has them, not a pool of one. Thread-safe; {@code migrate} and {@code validate} block.
 */
public final class SchemaMigrator {

    /** The largest number of partitions; more would cost every append more than it gives back. */
    public static final int MAX_PARTITIONS = 16;

    private static final Logger log = LoggerFactory.getLogger(SchemaMigrator.class);

    private final DataSource dataSource;
    private final SchemaName schema;
    private final int partitions;
    private final @Nullable Boolean rowSecurity;
    private final @Nullable SchemaRoles roles;

    private SchemaMigrator(
            DataSource dataSource,
            SchemaName schema,
            int partitions,
            @Nullable Boolean rowSecurity,
            @Nullable SchemaRoles roles) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.partitions = partitions;
        this.rowSecurity = rowSecurity;
        this.roles = roles;
    }

    /** Returns a migrator of the schema {@code eventstream} without partitions, and without roles. */
    public static SchemaMigrator of(DataSource dataSource) {
        return new SchemaMigrator(dataSource, SchemaName.DEFAULT, 0, null, null);
    }

    /** Returns a migrator of another schema. */
    public SchemaMigrator schema(SchemaName name) {
        return new SchemaMigrator(dataSource, name, partitions, rowSecurity, roles);
    }

    /**
     * Returns a migrator that knows these roles: {@link #migrate()} works as their owner, of which the login must be a member,
     * and then applies the grants; {@link #validate()} checks owners, privileges, triggers and row-level security as well.
     * The roles must exist, see {@link #rolesSql()}.
     */
    public SchemaMigrator roles(SchemaRoles names) {
        return new SchemaMigrator(dataSource, schema, partitions, rowSecurity, Objects.requireNonNull(names, "roles"));
    }

    /**
     * Returns a migrator that switches row-level security on or off when it creates the schema; by default it is off, as it
     * makes reads of single events a fifth slower. A schema that exists keeps what it was created with, and the store finds
     * out at its start which that is. With roles, {@link #validate()} insists on it.
     */
    public SchemaMigrator rowSecurity(boolean on) {
        return new SchemaMigrator(dataSource, schema, partitions, on, roles);
    }

    /**
     * Returns a migrator that spreads the events over this many partitions by tenant when it creates the schema. For large
     * installations with many tenants: it keeps indexes and vacuums small, and costs appends some speed. A schema that
     * exists keeps what it was created with.
     *
     * @throws IllegalArgumentException unless the number is between 0, which means one plain table, and {@value
     *     #MAX_PARTITIONS}
     */
    public SchemaMigrator partitions(int number) {
        requirePartitions(number);
        return new SchemaMigrator(dataSource, schema, number, rowSecurity, roles);
    }

    /**
     * Brings the schema up to date.
     *
     * @return how many migrations were applied, 0 if it was up to date
     * @throws StorageException if the database cannot be reached, refuses, or holds a changed migration; nothing of the
     *     failed migration remains
     */
    public int migrate() {
        try {
            int applied = flyway(roles == null ? dataSource : new OwnerDataSource(dataSource, roles))
                    .migrate()
                    .migrationsExecuted;
            log.info("Schema {} is up to date, {} migrations were applied", schema, applied);
            if (roles != null) {
                grant(roles);
            }
            return applied;
        } catch (FlywayException e) {
            throw new StorageException("schema %s cannot be migrated: %s".formatted(schema, e.getMessage()), e);
        }
    }

    /**
     * Checks that the schema is what this version of the library needs, and changes nothing. A schema of a newer version
     * passes, so that old and new nodes can run side by side.
     *
     * <p>With {@link #roles} it also checks that nobody has more rights than those should have, and that functions, triggers,
     * columns and constraints are what the migrations of this version make: nothing has been switched off or replaced that keeps
     * the log from being changed. What a newer version has changed there is named as well. Any role can ask that may use the
     * schema.
     *
     * @throws StorageException if migrations are missing or were changed, or the walls have holes; the message lists all of
     *     them, with what to do
     */
    public void validate() {
        ValidateResult result;
        try {
            result = flyway(dataSource).validateWithResult();
        } catch (FlywayException e) {
            throw new StorageException("schema %s cannot be validated: %s".formatted(schema, e.getMessage()), e);
        }
        if (!result.validationSuccessful) {
            throw new StorageException(
                    "schema %s does not fit this version of EventStream, run SchemaMigrator.migrate() with its owner's rights or the output of sql(): %s"
                            .formatted(schema, result.getAllErrorMessages()),
                    null);
        }
        if (roles != null) {
            List<String> findings = findings(roles);
            if (!findings.isEmpty()) {
                throw new StorageException(
                        "schema %s is not as safe as it should be:\n- %s"
                                .formatted(schema, String.join("\n- ", findings)),
                        null);
            }
        }
    }

    /**
     * Returns everything that {@link #migrate()} would do to an empty database, history included, as one script to be run
     * with {@code psql} by the future owner of the schema. No connection is used.
     */
    public String sql() {
        return SchemaScript.text(schema, placeholders());
    }

    /**
     * Returns the script that creates the roles, once a cluster, to be run by a superuser; those that exist are left as they
     * are. No connection is used.
     *
     * @throws IllegalStateException if it knows no {@link #roles}
     */
    public String rolesSql() {
        return RoleScripts.roles(requireRoles());
    }

    /**
     * Returns the script that gives everything in the schema to its owner and each role its rights, and takes away what anybody
     * else has. To be run after the output of {@link #sql()}, and by a superuser after a restore into another cluster; it
     * can be run at any time, and changes nothing if nothing has to be. No connection is used.
     *
     * @throws IllegalStateException if it knows no {@link #roles}
     */
    public String grantsSql() {
        return RoleScripts.grants(schema, requireRoles());
    }

    /** Returns the schema that it works on. */
    public SchemaName schema() {
        return schema;
    }

    static void requirePartitions(int number) {
        if (number < 0 || number > MAX_PARTITIONS) {
            throw new IllegalArgumentException(
                    "the number of partitions is %d, it must be 0 to %d".formatted(number, MAX_PARTITIONS));
        }
    }

    private SchemaRoles requireRoles() {
        if (roles == null) {
            throw new IllegalStateException("tell the migrator the roles first: roles(SchemaRoles.defaults())");
        }
        return roles;
    }

    private void grant(SchemaRoles names) {
        try (Connection connection = new OwnerDataSource(dataSource, names).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(RoleScripts.grants(schema, names));
        } catch (SQLException e) {
            throw new StorageException(
                    "the grants on schema %s cannot be applied, run grantsSql() as a superuser: %s"
                            .formatted(schema, e.getMessage()),
                    e);
        }
    }

    private List<String> findings(SchemaRoles names) {
        try (Connection connection = dataSource.getConnection()) {
            return new SchemaInspection(schema, names, rowSecurity).findings(connection);
        } catch (SQLException e) {
            throw new StorageException("schema %s cannot be validated: %s".formatted(schema, e.getMessage()), e);
        }
    }

    private Flyway flyway(DataSource connections) {
        // Only what Flyway has had unchanged for many versions, so that the version a host brings works too.
        return Flyway.configure(SchemaMigrator.class.getClassLoader())
                .dataSource(connections)
                .schemas(schema.value())
                .defaultSchema(schema.value())
                .table(SchemaScript.HISTORY_TABLE)
                .locations("classpath:" + SchemaScript.LOCATION)
                .placeholders(placeholders())
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .cleanDisabled(true)
                .load();
    }

    private Map<String, String> placeholders() {
        return Map.of(
                "schema", schema.value(),
                "row_security", Boolean.toString(rowSecurity != null && rowSecurity),
                "partitions", Integer.toString(partitions),
                "partition_clause", partitions == 0 ? "" : "PARTITION BY HASH (tenant_id)");
    }
}
