package io.nexus.eventstream.faults;

import io.nexus.eventstream.localpostgres.RestartableServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs that this suite runs as processes of its own. Those of a server come from Maven Central; {@code pg_dump} and
 * {@code pgbouncer} are prerequisites. What was started ends with the JVM, by its process id.
 */
final class Programs {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Programs::killTree), "the last to leave"));
    }

    private Programs() {}

    /** Returns the folder with {@code initdb} and {@code postgres}. */
    static Path embedded() {
        return Embedded.BIN;
    }

    /** Returns the folder of the newest installed server that has {@code pg_dump} too. */
    static Path installed() {
        Path root = Path.of("/usr/lib/postgresql");
        Optional<Path> found = Optional.empty();
        if (Files.isDirectory(root)) {
            try (Stream<Path> versions = Files.list(root)) {
                found = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("pg_dump"))
                                && Files.isExecutable(bin.resolve("postgres")))
                        .max(Comparator.comparing(Path::toString));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Prerequisite.required(
                found, "an installed PostgreSQL server with pg_dump (Debian: apt-get install postgresql)");
    }

    static Path pgbouncer() {
        Optional<Path> found = Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        return Prerequisite.required(found, "pgbouncer (Debian: apt-get install pgbouncer)");
    }

    static boolean isRoot() {
        return ROOT;
    }

    /** Starts a program that refuses to be root's; its output goes to the file. */
    static Process start(Path output, List<String> command) {
        try {
            Process process = new ProcessBuilder(asNobody(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            return watched(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Notes a process that has to end when the JVM does. */
    static Process watched(Process process) {
        RUNNING.add(process);
        var unused = process.onExit().thenAccept(RUNNING::remove);
        return process;
    }

    /** Runs a program to its end. */
    static void run(Path output, List<String> command) {
        await(start(output, command), output, command.get(0));
    }

    /** Runs a program as whoever runs the tests. */
    static void runAsMyself(Path output, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            await(watched(process), output, command[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Process process, Path output, String name) {
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                killTree(process);
                throw new IllegalStateException(name + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        "%s ended with %d: %s".formatted(name, process.exitValue(), Files.readString(output)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends a signal to one process. */
    static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills a process and all that it has started, at once. */
    static void killTree(Process process) {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** PostgreSQL and pgbouncer do not run as root; in a user namespace of their own they are not. */
    private static List<String> asNobody(List<String> command) {
        if (!ROOT) {
            return command;
        }
        List<String> words = new ArrayList<>(List.of("unshare", "-U"));
        words.addAll(command);
        return words;
    }

    private static final class Embedded {

        static final Path BIN = find();

        private static Path find() {
            try (RestartableServer server = RestartableServer.start();
                    Connection connection = DriverManager.getConnection(server.url());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT setting FROM pg_config WHERE name = 'BINDIR'")) {
                row.next();
                return Path.of(row.getString(1));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
