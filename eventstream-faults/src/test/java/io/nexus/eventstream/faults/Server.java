package io.nexus.eventstream.faults;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A PostgreSQL server as one process of our own, on loopback, as durable as in production. */
final class Server implements AutoCloseable {

    private static final Map<String, String> DURABLE = Map.of(
            "fsync", "on",
            "full_page_writes", "on",
            "synchronous_commit", "on",
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            "max_connections", "200",
            "max_prepared_transactions", "20",
            "timezone", "Asia/Kathmandu");

    static {
        // The machine is busy, and a server that recovers takes its time.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
    }

    private final Path bin;
    private final Path home;
    private final int port = freePort();
    private final Map<String, String> settings = new LinkedHashMap<>(DURABLE);
    private Process process;

    private Server(Path bin, Path home) {
        this.bin = bin;
        this.home = home;
    }

    /** Returns a server with empty data that has not been started. */
    static Server create(String... initdbOptions) {
        return create(Programs.embedded(), initdbOptions);
    }

    static Server create(Path bin, String... initdbOptions) {
        try {
            Server server = new Server(bin, Files.createTempDirectory("es-faults"));
            List<String> command = new ArrayList<>(List.of(
                    bin.resolve("initdb").toString(),
                    "--pgdata=" + server.data(),
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync"));
            command.addAll(List.of(initdbOptions));
            Programs.run(server.log(), command);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a standby of this server, which must be stopped, made of a copy of its files; it reaches it at this port. */
    Server copiedAsStandby(int primaryPort) {
        try {
            Server standby = new Server(bin, Files.createTempDirectory("es-faults"));
            Programs.runAsMyself(
                    standby.log(), "cp", "-a", data().toString(), standby.data().toString());
            Files.createFile(standby.data().resolve("standby.signal"));
            standby.set(
                    "primary_conninfo",
                    "host=127.0.0.1 port=%d user=postgres application_name=standby".formatted(primaryPort));
            return standby;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Server set(String name, String value) {
        settings.put(name, value);
        return this;
    }

    Path data() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("log");
    }

    Path bin() {
        return bin;
    }

    int port() {
        return port;
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Starts the server and returns when it answers. Its predecessor's memory may still be in use: then it tries again. */
    Server start() {
        launch();
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            if (!process.isAlive()) {
                launch();
            }
            return answers();
        });
        return this;
    }

    private void launch() {
        List<String> command = new ArrayList<>(
                List.of(bin.resolve("postgres").toString(), "-D", data().toString(), "-p", Integer.toString(port)));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        process = Programs.start(log(), command);
    }

    boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(10);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Kills the postmaster alone; the others notice that it is gone. */
    void killPostmaster() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Kills every process of the server at once. */
    void killAll() {
        Programs.killTree(process);
        awaitEnd();
    }

    /** Stops at once, without a checkpoint. */
    void stop() {
        Programs.signal("INT", process.pid());
        awaitEnd();
    }

    private void awaitEnd() {
        await().until(() -> !process.isAlive());
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the first column as text. */
    List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            killAll();
        }
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
