package io.nexus.eventstream.localpostgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * One PostgreSQL server a JVM, found in this order: the one that {@code ES_TEST_JDBC_URL} names (a superuser's URL; the
 * system property {@value #URL_PROPERTY} goes before it, for JVMs that one with a server starts), a Docker container, and binaries from Maven Central, which need neither Docker nor an installed database. {@code
 * ES_TEST_PG=docker} or {@code ES_TEST_PG=embedded} insists on one of them.
 *
 * <p>Durability is on, as in production. Databases made here have a session time zone that no developer lives in, so that
 * code which depends on it fails at once. The server ends with the JVM.
 */
public final class LocalPostgres {

    /** The system property that names a server, a superuser's JDBC URL. */
    public static final String URL_PROPERTY = "eventstream.test.url";

    private static final Map<String, String> SETTINGS = Map.of(
            // The embedded server comes with both switched off.
            "fsync", "on",
            "synchronous_commit", "on",
            "wal_level", "logical",
            "max_connections", "300",
            "max_prepared_transactions", "20");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String adminUrl;
    private final String kind;

    private LocalPostgres(String adminUrl, String kind) {
        this.adminUrl = adminUrl;
        this.kind = kind;
    }

    /** Returns the server of this JVM; starts it at the first call, which may take a few seconds. */
    public static LocalPostgres server() {
        return Holder.SERVER;
    }

    /** Returns the JDBC URL, with user and password, under which a superuser reaches the server. */
    public String adminUrl() {
        return adminUrl;
    }

    /** Returns where the server comes from, for people to read. */
    public String kind() {
        return kind;
    }

    /** Creates an empty database and returns its JDBC URL, with user and password. */
    public String newDatabase() {
        return newDatabase("template0 ENCODING 'UTF8'");
    }

    /** Creates a copy of a database of this server, to which nobody is connected, and returns its JDBC URL. */
    public String copyOf(String url) {
        return newDatabase(url.replaceFirst("jdbc:postgresql://[^/]+/([^?]*).*", "$1"));
    }

    private String newDatabase(String template) {
        String name = "es_%d_%d".formatted(ProcessHandle.current().pid(), DATABASES.incrementAndGet());
        try (Connection connection = DriverManager.getConnection(adminUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            statement.execute("ALTER DATABASE " + name + " SET timezone = 'Asia/Kathmandu'");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create a database at " + kind, e);
        }
        return urlOf(name);
    }

    /** Returns the superuser's JDBC URL of another database of the server. */
    public String urlOf(String database) {
        return adminUrl.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + database);
    }

    private static LocalPostgres start() {
        String given = System.getProperty(URL_PROPERTY);
        if (given != null) {
            return new LocalPostgres(given, "the server of " + URL_PROPERTY);
        }
        String url = System.getenv("ES_TEST_JDBC_URL");
        if (url != null && !url.isBlank()) {
            return new LocalPostgres(url, "the server of ES_TEST_JDBC_URL");
        }
        String wanted = System.getenv().getOrDefault("ES_TEST_PG", "auto");
        if (!wanted.equals("embedded") && dockerIsThere()) {
            return container();
        }
        if (wanted.equals("docker")) {
            throw new IllegalStateException("ES_TEST_PG=docker, but no Docker engine answers");
        }
        return embedded();
    }

    @SuppressWarnings("resource") // it lives as long as the JVM
    private static LocalPostgres container() {
        String image = "postgres:" + System.getProperty("eventstream.test.pg", "17");
        StringBuilder command = new StringBuilder("postgres");
        SETTINGS.forEach(
                (name, value) -> command.append(" -c ").append(name).append('=').append(value));
        GenericContainer<?> container = new GenericContainer<>(image)
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                .withExposedPorts(5432)
                .withCommand(command.toString())
                // Once while the image sets itself up, and once for good.
                .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*\\s", 2));
        container.start();
        String url = "jdbc:postgresql://%s:%d/postgres?user=postgres"
                .formatted(container.getHost(), container.getFirstMappedPort());
        return new LocalPostgres(url, "Docker image " + image);
    }

    @SuppressWarnings("resource") // its shutdown hook closes it with the JVM
    private static LocalPostgres embedded() {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setPGStartupWait(Duration.ofSeconds(60));
            SETTINGS.forEach(builder::setServerConfig);
            return new LocalPostgres(builder.start().getJdbcUrl("postgres", "postgres"), "embedded binaries");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the embedded PostgreSQL does not start; in a container, run as another user than root, or name a server with ES_TEST_JDBC_URL",
                    e);
        }
    }

    private static boolean dockerIsThere() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException | LinkageError e) {
            // Whatever is wrong with Docker here, there is another way.
            return false;
        }
    }

    private static final class Holder {
        static final LocalPostgres SERVER = start();
    }
}
