package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** An empty database with a pool, and what tests do to it behind the library's back. */
public final class FreshDatabase implements AutoCloseable {

    /** The one kind of event of these tests. */
    public record Noted(String text) {}

    public static final EventTypes TYPES = EventTypes.of(Noted.class);

    private static final AtomicInteger ROLES = new AtomicInteger();

    static {
        // The ten seconds of the library are less than a busy machine may stand still.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
    }

    private final String url;
    private final HikariDataSource pool;

    private FreshDatabase(String url) {
        this.url = url;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        pool = new HikariDataSource(config);
    }

    /** Returns a database without the event log. */
    public static FreshDatabase empty() {
        return new FreshDatabase(LocalPostgres.server().newDatabase());
    }

    /** Returns a database with the event log in its default schema. */
    public static FreshDatabase migrated() {
        return copyOf(Migrated.URL);
    }

    /** Returns a copy of a database that nobody is connected to, which is much faster than to migrate another. */
    public static FreshDatabase copyOf(String url) {
        return new FreshDatabase(LocalPostgres.server().copyOf(url));
    }

    /** Returns the database of this URL, which is empty, with the event log in its default schema. */
    public static FreshDatabase migrated(String url) {
        FreshDatabase database = new FreshDatabase(url);
        SchemaMigrator.of(database.pool).migrate();
        return database;
    }

    /** Returns names of roles that no other test has; they belong to the whole server. */
    public static SchemaRoles newRoles() {
        return SchemaRoles.prefixed(
                "es_roles_%d_%d_".formatted(ProcessHandle.current().pid(), ROLES.incrementAndGet()));
    }

    /** Returns a database whose log belongs to an owner, made by a member of the owner and not by a superuser. */
    public static FreshDatabase owned(SchemaRoles roles, UnaryOperator<SchemaMigrator> migration) {
        FreshDatabase database = empty();
        database.execute(SchemaMigrator.of(database.pool).roles(roles).rolesSql());
        try (HikariDataSource migrating = database.poolOfMember(config -> {}, roles.owner())) {
            migration.apply(SchemaMigrator.of(migrating).roles(roles)).migrate();
        }
        return database;
    }

    public HikariDataSource pool() {
        return pool;
    }

    public String url() {
        return url;
    }

    /** Returns another pool on the same database. */
    public HikariDataSource poolWith(Consumer<HikariConfig> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMinimumIdle(0);
        settings.accept(config);
        return new HikariDataSource(config);
    }

    /** Creates a role that may log in and nothing else, and returns a pool that connects as it. */
    public HikariDataSource poolOfPoorRole() {
        return poolOfMember(config -> {});
    }

    /** Creates a role that may log in and is a member of these, and returns a pool that connects as it. */
    public HikariDataSource poolOfMember(Consumer<HikariConfig> settings, String... roles) {
        String role = "es_poor_%d_%d".formatted(ProcessHandle.current().pid(), ROLES.incrementAndGet());
        execute("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
        for (String each : roles) {
            execute("GRANT " + each + " TO " + role);
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.replaceFirst("user=[^&]*", "user=" + role).replaceFirst("&password=[^&]*", "")
                + "&password=secret");
        config.setMinimumIdle(0);
        settings.accept(config);
        return new HikariDataSource(config);
    }

    /** Returns the role that a pool connects as. */
    public static String userOf(HikariDataSource pool) {
        return pool.getJdbcUrl().replaceFirst(".*user=([^&]*).*", "$1");
    }

    /** Returns a connection that no pool knows of. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Returns a store that waits for a lane longer than anybody holds one here. */
    public PostgresEventStore store() {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(TYPES))
                .laneTimeout(Duration.ofMinutes(1))
                .build();
    }

    public void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns all rows of a query as text, columns joined by {@code |}. */
    public List<String> query(String sql) {
        try (Connection connection = connect()) {
            return query(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<String> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(rows.getString(i));
                }
                texts.add(String.join("|", row.stream().map(String::valueOf).toList()));
            }
            return texts;
        }
    }

    /** Returns an append of notes with these texts. */
    public static StreamAppend notes(StreamId stream, ExpectedVersion expected, String... texts) {
        List<NewEvent> events = new ArrayList<>();
        for (String text : texts) {
            events.add(NewEvent.of(new Noted(text)));
        }
        return new StreamAppend(stream, expected, events);
    }

    /** Appends so many notes, a hundred at a time, spread over so many streams. */
    public static void fill(EventStore store, TenantId tenant, int events, int streams) {
        int written = 0;
        while (written < events) {
            List<StreamAppend> appends = new ArrayList<>();
            for (int i = 0; i < 100 && written < events; i++, written++) {
                appends.add(notes(
                        StreamId.of("note", Integer.toString(written % streams)),
                        ExpectedVersion.any(),
                        "note " + written));
            }
            store.appendAll(tenant, appends);
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private static final class Migrated {

        static final String URL = url();

        private static String url() {
            try (FreshDatabase database = migrated(LocalPostgres.server().newDatabase())) {
                return database.url;
            }
        }
    }
}
