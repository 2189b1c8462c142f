package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that knew a person does not hold a trace of them once they are erased. */
class HeapDumpTest {

    @TempDir
    private Path folder;

    @Test
    void afterErasureNothingIsLeftInMemory() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RememberingProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();

        Markers ann = new Markers(RememberingProcess.marker());
        assertThat(ann.in(Files.readAllBytes(dump("before"))))
                .as("while the state is in memory")
                .contains("plain");
        assertThat(ann.in(Files.readAllBytes(dump("after")))).isEmpty();
    }

    private Path dump(String name) {
        return new File(folder.toFile(), name + ".hprof").toPath();
    }
}
