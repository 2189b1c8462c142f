package io.nexus.eventstream.examples.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file to import, read into memory.
 *
 * @param name what messages call it
 * @param bytes its content; not to be modified
 */
// Arrays are passed on and never compared.
@SuppressWarnings("ArrayRecordComponent")
record Source(String name, byte[] bytes) {

    /** Reads a file that the user named with an option. */
    static Source of(String option, Path file) {
        try {
            return new Source(String.valueOf(file.getFileName()), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new UsageException(
                    "-D%s=%s: there is no such file (looked for %s)".formatted(option, file, file.toAbsolutePath()));
        } catch (IOException e) {
            String why = Files.isDirectory(file) ? "it is a directory" : "it cannot be read";
            throw new UsageException("-D%s=%s: %s".formatted(option, file, why));
        }
    }

    /** Reads a file that comes with the program. */
    static Source bundled(String name) {
        try (InputStream in = Source.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " does not stand beside the program");
            }
            return new Source(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
