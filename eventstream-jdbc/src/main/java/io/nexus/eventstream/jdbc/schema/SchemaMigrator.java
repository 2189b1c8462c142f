package io.nexus.eventstream.jdbc.schema;

import io.nexus.eventstream.StorageException;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.ValidateResult;
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

    private SchemaMigrator(DataSource dataSource, SchemaName schema, int partitions) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.partitions = partitions;
    }

    /** Returns a migrator of the schema {@code eventstream} without partitions. */
    public static SchemaMigrator of(DataSource dataSource) {
        return new SchemaMigrator(dataSource, SchemaName.DEFAULT, 0);
    }

    /** Returns a migrator of another schema. */
    public SchemaMigrator schema(SchemaName name) {
        return new SchemaMigrator(dataSource, name, partitions);
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
        return new SchemaMigrator(dataSource, schema, number);
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
            int applied = flyway().migrate().migrationsExecuted;
            log.info("Schema {} is up to date, {} migrations were applied", schema, applied);
            return applied;
        } catch (FlywayException e) {
            throw new StorageException("schema %s cannot be migrated: %s".formatted(schema, e.getMessage()), e);
        }
    }

    /**
     * Checks that the schema is what this version of the library needs, and changes nothing. A schema of a newer version
     * passes, so that old and new nodes can run side by side.
     *
     * @throws StorageException if migrations are missing or were changed; the message lists them
     */
    public void validate() {
        ValidateResult result;
        try {
            result = flyway().validateWithResult();
        } catch (FlywayException e) {
            throw new StorageException("schema %s cannot be validated: %s".formatted(schema, e.getMessage()), e);
        }
        if (!result.validationSuccessful) {
            throw new StorageException(
                    "schema %s does not fit this version of EventStream, run SchemaMigrator.migrate() with its owner's rights or the output of sql(): %s"
                            .formatted(schema, result.getAllErrorMessages()),
                    null);
        }
    }

    /**
     * Returns everything that {@link #migrate()} would do to an empty database, history included, as one script to be run
     * with {@code psql} by the future owner of the schema. No connection is used.
     */
    public String sql() {
        return SchemaScript.text(schema, placeholders());
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

    private Flyway flyway() {
        // Only what Flyway has had unchanged for many versions, so that the version a host brings works too.
        return Flyway.configure(SchemaMigrator.class.getClassLoader())
                .dataSource(dataSource)
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
                "partitions", Integer.toString(partitions),
                "partition_clause", partitions == 0 ? "" : "PARTITION BY HASH (tenant_id)");
    }
}
