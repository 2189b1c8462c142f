package io.nexus.eventstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a run took place, which is a part of its result.
 *
 * @param machine what is to be known of it
 * @param versions of all that takes part
 * @param server settings of PostgreSQL
 * @param commit of this repository, with {@code +} if files had been changed since
 */
record Environment(Machine machine, Map<String, String> versions, Map<String, String> server, String commit) {

    /**
     * The machine; client and server share it.
     *
     * @param disk the file system of the server's data, where this process can see it
     * @param load how many processes wanted to run before the first benchmark did
     */
    record Machine(int cores, double memoryGiB, String cpu, String os, String disk, double load) {}

    private static final List<String> DURABILITY = List.of("fsync", "synchronous_commit", "full_page_writes");
    private static final List<String> SETTINGS =
            List.of("shared_buffers", "max_wal_size", "checkpoint_timeout", "wal_level", "jit");

    /**
     * Looks around.
     *
     * @throws IllegalStateException if the server does not wait for the disk: its figures would not be true
     */
    static Environment observe() throws SQLException, IOException {
        LocalPostgres postgres = LocalPostgres.server();
        try (Connection connection = DriverManager.getConnection(postgres.adminUrl())) {
            Map<String, String> server = new TreeMap<>();
            for (String setting : DURABILITY) {
                server.put(setting, show(connection, setting));
                if (!"on".equals(server.get(setting))) {
                    throw new IllegalStateException(
                            "%s is %s: switch it on, these benchmarks are for a database that keeps what it has acknowledged"
                                    .formatted(setting, server.get(setting)));
                }
            }
            for (String setting : SETTINGS) {
                server.put(setting, show(connection, setting));
            }
            server.put("kind", postgres.kind());
            Map<String, String> versions = new TreeMap<>();
            versions.put("EventStream", System.getProperty("eventstream.version", "unknown"));
            versions.put("JDK", System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vm.name"));
            versions.put("PostgreSQL", show(connection, "server_version"));
            versions.put("PostgreSQL JDBC driver", connection.getMetaData().getDriverVersion());
            versions.put("HikariCP", hikariVersion());
            versions.put("Jackson", JsonMapper.shared().version().toString());
            return new Environment(machine(disk(connection)), versions, server, currentCommit());
        }
    }

    /** Returns the same place with more that took part. */
    Environment with(Map<String, String> others) {
        Map<String, String> all = new TreeMap<>(versions);
        all.putAll(others);
        return new Environment(machine, all, server, commit);
    }

    private static Machine machine(String disk) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                Figures.rounded(system.getTotalMemorySize() / (double) (1L << 30)),
                cpu(),
                "%s %s, %s".formatted(system.getName(), system.getVersion(), system.getArch()),
                disk,
                Figures.rounded(Math.max(0, system.getSystemLoadAverage())));
    }

    private static String cpu() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String disk(Connection connection) throws SQLException {
        try {
            return Files.getFileStore(Path.of(show(connection, "data_directory")))
                    .type();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String currentCommit() throws IOException {
        String commit = git("rev-parse", "HEAD");
        return git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
    }

    private static String git(String... arguments) throws IOException {
        ProcessBuilder command = new ProcessBuilder("git");
        command.command().addAll(List.of(arguments));
        try {
            Process process = command.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0 ? output : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String hikariVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream file =
                HikariDataSource.class.getResourceAsStream("/META-INF/maven/com.zaxxer/HikariCP/pom.properties")) {
            if (file != null) {
                properties.load(file);
            }
        }
        return properties.getProperty("version", "unknown");
    }

    private static String show(Connection connection, String setting) throws SQLException {
        return BenchmarkDatabase.column(connection, "SHOW " + setting).get(0);
    }
}
