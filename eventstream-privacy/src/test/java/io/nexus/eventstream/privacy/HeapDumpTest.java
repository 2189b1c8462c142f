package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that knew a person does not hold a trace of them once they are erased. */
class HeapDumpTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void rememberAndForget() throws IOException, InterruptedException {
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
    }

    @Test
    void afterErasureNoValueIsLeftInMemory() throws IOException {
        Markers ann = new Markers(RememberingProcess.marker());
        assertThat(ann.in(Files.readAllBytes(dump("before"))))
                .as("while the state is in memory")
                .contains("plain");
        assertThat(ann.in(Files.readAllBytes(dump("after")))).isEmpty();
    }

    @Test
    void norTheKey() throws IOException {
        // One half authenticates, the other encrypts, and objects of their own hold them.
        byte[] key = Files.readAllBytes(folder.resolve(RememberingProcess.KEY));
        assertThat(key).hasSize(SubjectKey.BYTES);
        for (int half = 0; half < 2; half++) {
            byte[] bytes = Arrays.copyOfRange(key, half * key.length / 2, (half + 1) * key.length / 2);
            assertThat(holds("before", bytes))
                    .as("half %d, while the key is in use", half)
                    .isTrue();
            assertThat(holds("after", bytes)).as("half %d, after erasure", half).isFalse();
        }
    }

    private boolean holds(String dump, byte[] bytes) throws IOException {
        return new String(Files.readAllBytes(dump(dump)), StandardCharsets.ISO_8859_1)
                .contains(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static Path dump(String name) {
        return folder.resolve(name + ".hprof");
    }
}
