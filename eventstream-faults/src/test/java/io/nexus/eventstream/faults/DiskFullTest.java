package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A disk of a few megabytes, which somebody fills and somebody clears. */
@ExtendWith(FaultReport.class)
class DiskFullTest {

    private static final int ROUNDS = 2;

    private Path mount;

    private void mount() throws IOException {
        if (!Programs.isRoot()) {
            throw Prerequisite.missing("root, to mount a small file system");
        }
        mount = Files.createTempDirectory("es-faults-disk");
        try {
            Programs.runAsMyself(
                    mount.resolveSibling(mount.getFileName() + ".log"),
                    "mount",
                    "-t",
                    "tmpfs",
                    "-o",
                    "size=96m,mode=0777",
                    "tmpfs",
                    mount.toString());
        } catch (IllegalStateException e) {
            Files.delete(mount);
            mount = null;
            throw Prerequisite.missing("the right to mount a small file system: " + e.getMessage());
        }
    }

    @AfterEach
    void unmount() throws IOException {
        if (mount != null) {
            Path log = mount.resolveSibling(mount.getFileName() + ".log");
            Programs.runAsMyself(log, "umount", mount.toString());
            Files.delete(mount);
            Files.delete(log);
        }
    }

    @Test
    @DisplayName("disk full under the tables")
    void appendsAreRefusedClearlyUntilThereIsRoomForTheTables(Figures figures) throws IOException {
        mount();
        Path tables = Files.createDirectory(mount.resolve("tables"));
        Book book = new Book();
        try (Server server = Server.create().start()) {
            server.execute("CREATE TABLESPACE small LOCATION '" + tables + "'");
            server.set("default_tablespace", "small");
            server.stop();
            server.start();
            Pools.install(server, "acme", "bolt");
            try (HikariDataSource pool = Pools.pool(server.url(), 16);
                    Load load = Load.on(Pools.store(pool).build(), book).start()) {
                for (int round = 0; round < ROUNDS; round++) {
                    load.awaitProgress(500);
                    Path ballast = fill();
                    load.awaitThat(() -> load.lastRefusal.contains("No space left on device"), "a full disk");
                    assertThat(load.lastRefusal).contains("53100");
                    load.lastRefusal = "";
                    figures.faults(1);
                    Files.delete(ballast);
                }
                load.awaitProgress(500);
                load.settle();
                figures.load(load);
                figures.note("%,d appends refused", load.refusals.get());
            }
            figures.checked(Oracle.check(server.url(), book));
        }
    }

    @Test
    @DisplayName("disk full under the write-ahead log: the server goes down")
    void aServerWithoutRoomForItsLogComesBackWithAllThatWasAcknowledged(Figures figures) throws IOException {
        mount();
        Book book = new Book();
        try (Server server = Server.create("--waldir=" + mount.resolve("wal"), "--wal-segsize=1")
                .set("min_wal_size", "2MB")
                .set("max_wal_size", "8MB")
                .start()) {
            Pools.install(server, "acme", "bolt");
            try (HikariDataSource pool = Pools.pool(server.url(), 16);
                    Load load = Load.on(Pools.store(pool).build(), book).start()) {
                load.awaitProgress(500);
                Path ballast = fill();
                await().until(() -> !server.answers());
                figures.faults(1);
                Files.delete(ballast);
                server.killAll();
                server.start();
                load.awaitProgress(500);
                load.settle();
                figures.load(load);
            }
            figures.checked(Oracle.check(server.url(), book));
        }
    }

    /** Writes a file until nothing more goes onto the disk. */
    private Path fill() {
        Path ballast = mount.resolve("ballast");
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (int i = 0; i < 10_000; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(e);
            }
        }
        return ballast;
    }
}
