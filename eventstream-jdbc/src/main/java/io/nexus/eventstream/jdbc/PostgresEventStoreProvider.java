package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.EventStoreProvider;
import io.nexus.eventstream.spi.EventStoreSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The backend {@code postgres}. It needs a {@link DataSource} among the resources and uses a {@link Clock} and
 * {@link AppendMetrics} if there are any.
 * Its options stand in {@code docs/configuration.md}. Public for ServiceLoader.
 */
public final class PostgresEventStoreProvider implements EventStoreProvider {

    private static final String BACKEND = "postgres";
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(
            "schema",
            "partitions",
            "schema_mode",
            "role_prefix",
            "row_security",
            "lane_timeout_ms",
            "clock_tolerance_ms",
            "synchronous_commit",
            "group_commit"));

    /** For ServiceLoader. */
    public PostgresEventStoreProvider() {}

    @Override
    public String backend() {
        return BACKEND;
    }

    @Override
    public EventStore open(EventStoreSettings settings) {
        Options options = new Options(settings.options());
        DataSource dataSource = dataSource(settings);
        SchemaName schema = options.get("schema", SchemaName::of, SchemaName.DEFAULT);
        SchemaMigrator migrator = migrator(options, dataSource).schema(schema);
        SchemaMode mode = options.get("schema_mode", SchemaMode::of, SchemaMode.CHECK);
        PostgresEventStore.Builder builder = PostgresEventStore.builder(dataSource, settings.serializer())
                .schema(schema)
                .limits(settings.limits())
                .autoCreateTenants(settings.autoCreateTenants())
                .clock(settings.resource(Clock.class).orElseGet(Clock::systemUTC))
                .metrics(settings.resource(AppendMetrics.class).orElse(AppendMetrics.NONE));
        options.get("lane_timeout_ms", value -> builder.laneTimeout(millis(value)), builder);
        options.get("clock_tolerance_ms", value -> builder.clockTolerance(millis(value)), builder);
        options.get("synchronous_commit", value -> builder.synchronousCommit(isTrue(value)), builder);
        options.get("group_commit", value -> grouping(value, builder), builder);
        if (mode == SchemaMode.MIGRATE) {
            migrator.migrate();
        } else if (mode == SchemaMode.VALIDATE) {
            migrator.validate();
        }
        return builder.build();
    }

    private static SchemaMigrator migrator(Options options, DataSource dataSource) {
        SchemaMigrator plain = SchemaMigrator.of(dataSource);
        SchemaMigrator parted = options.get("partitions", number -> plain.partitions(Integer.parseInt(number)), plain);
        SchemaMigrator walled = options.get("row_security", on -> parted.rowSecurity(isTrue(on)), parted);
        return options.get("role_prefix", prefix -> walled.roles(SchemaRoles.prefixed(prefix)), walled);
    }

    /** Returns an audit on the same {@code DataSource} and in the same schema, which waits for the disk as the store does. */
    @Override
    public AuditSink auditSink(EventStoreSettings settings) {
        Options options = new Options(settings.options());
        return PostgresAuditSink.of(dataSource(settings))
                .schema(options.get("schema", SchemaName::of, SchemaName.DEFAULT))
                .synchronousCommit(options.get("synchronous_commit", PostgresEventStoreProvider::isTrue, true));
    }

    private static DataSource dataSource(EventStoreSettings settings) {
        return settings.resource(DataSource.class)
                .orElseThrow(() -> new ConfigurationException(
                        "backend", "postgres needs a DataSource: give it with resource(DataSource.class, ...)"));
    }

    private static PostgresEventStore.Builder grouping(String value, PostgresEventStore.Builder builder) {
        return value.equalsIgnoreCase("auto") ? builder : builder.groupCommit(isTrue(value));
    }

    private static boolean isTrue(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("\"%s\" is neither true nor false".formatted(value));
        };
    }

    private static Duration millis(String value) {
        return Duration.ofMillis(Long.parseLong(value));
    }

    /** What is done about the schema before the store is opened; every store looks whether there is one at all. */
    private enum SchemaMode {
        CHECK,
        VALIDATE,
        MIGRATE;

        static SchemaMode of(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "check" -> CHECK;
                case "validate" -> VALIDATE;
                case "migrate" -> MIGRATE;
                default ->
                    throw new IllegalArgumentException("\"%s\" is none of check, validate, migrate".formatted(name));
            };
        }
    }

    /** The options as they were given; turns what cannot be used into an error that names the key. */
    private record Options(Map<String, String> given) {

        Options {
            for (String key : given.keySet()) {
                if (!KNOWN.contains(key)) {
                    throw new ConfigurationException(BACKEND + "." + key, "unknown; known are " + KNOWN);
                }
            }
        }

        <T> T get(String key, Function<String, T> parser, T fallback) {
            @Nullable String value = given.get(key);
            if (value == null) {
                return fallback;
            }
            try {
                return parser.apply(value.strip());
            } catch (NumberFormatException e) {
                throw new ConfigurationException(
                        BACKEND + "." + key, "\"%s\" is not a whole number".formatted(value.strip()));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(BACKEND + "." + key, String.valueOf(e.getMessage()));
            }
        }
    }
}
