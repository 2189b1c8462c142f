package io.nexus.eventstream.localpostgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A PostgreSQL server of one test, from the binaries of Maven Central, that can be stopped and started again: same data,
 * same port, durability on. It is always the embedded one, since other tests and people use whatever else is there.
 *
 * <p>Not for use by several threads at once.
 */
public final class RestartableServer implements AutoCloseable {

    private static final Duration LONGEST_STOP = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final File data;
    private EmbeddedPostgres running;
    private final int port;

    private RestartableServer(File data) {
        this.data = data;
        this.running = start(data, 0);
        this.port = running.getPort();
    }

    /** Starts a server with empty data. */
    public static RestartableServer start() {
        try {
            Path parent = Files.createTempDirectory("eventstream-server");
            return new RestartableServer(parent.resolve("data").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the superuser's JDBC URL; it stays the same over a restart. */
    public String url() {
        return "jdbc:postgresql://localhost:%d/postgres?user=postgres".formatted(port);
    }

    /** Stops the server; every connection breaks, and new ones are refused. */
    public void stop() {
        try {
            running.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitItsEnd();
    }

    /** What stops it waits five seconds for its last checkpoint, and a busy disk may take longer. */
    private void awaitItsEnd() {
        Path lock = data.toPath().resolve("postmaster.pid");
        long end = System.nanoTime() + LONGEST_STOP.toNanos();
        while (Files.exists(lock)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the server did not stop in " + LONGEST_STOP);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /** Starts the server after {@link #stop()}; returns when it answers. */
    public void startAgain() {
        running = start(data, port);
    }

    @Override
    public void close() {
        stop();
    }

    private static EmbeddedPostgres start(File data, int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on");
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
