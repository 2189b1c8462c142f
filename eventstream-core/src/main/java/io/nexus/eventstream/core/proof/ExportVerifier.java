package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.VerificationListener;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an export with nothing but the export and the public keys: no database, no driver, no configuration.
 *
 * <pre>
 * java -cp eventstream-api.jar:eventstream-core.jar io.nexus.eventstream.core.proof.ExportVerifier \
 *     acme.jsonl --seals acme-seals.jsonl seals-2026=seals-2026.pem
 * </pre>
 *
 * <p>{@code --seals} names a file of seals that were kept elsewhere, a line each as {@link SealText} writes them. Without a key, signatures are
 * not looked at, and only the chain is verified. It ends with 0 if the export is intact, with 1 if it is not, and with 2 if it
 * could not be verified.
 */
public final class ExportVerifier {

    private static final String USAGE =
            "usage: ExportVerifier EXPORT [--seals SEALS] [KEY_ID=PUBLIC_KEY.pem ...]; an EXPORT of - is standard input";

    private final @Nullable SealKeys keys;

    private ExportVerifier(@Nullable SealKeys keys) {
        this.keys = keys;
    }

    /** Returns a verifier that looks at chains only. */
    public static ExportVerifier withoutKeys() {
        return new ExportVerifier(null);
    }

    /** Returns a verifier that has these keys for the seals. */
    public static ExportVerifier of(SealKeys keys) {
        return new ExportVerifier(keys);
    }

    /**
     * Verifies an export, to the end of the stream.
     *
     * @param kept seals of its tenant that were kept elsewhere, without gaps between them; may be empty, and may hold one twice
     * @throws IOException if the stream cannot be read
     * @throws IllegalStateException if there are seals and no keys
     */
    public VerificationReport verify(InputStream export, Collection<Seal> kept) throws IOException {
        if (keys == null && !kept.isEmpty()) {
            throw new IllegalStateException("seals are verified with public keys, and there are none");
        }
        ExportFile file = new ExportFile(export);
        TenantId tenant;
        try {
            tenant = file.header();
        } catch (UnreadableException e) {
            return ExportWalk.unreadable(TenantId.of("unknown"), "this is no export: " + e.getMessage());
        }
        List<Seal> sorted = kept.stream()
                .distinct()
                .sorted(Comparator.comparing(Seal::from))
                .toList();
        ExportWalk walk =
                new ExportWalk(file, tenant, keys, sorted.iterator(), row -> {}, seal -> {}, VerificationListener.NONE);
        return walk.walk();
    }

    /** Verifies what the arguments name, prints what it found, and ends the JVM with the exit code. */
    public static void main(String... arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        try {
            Arguments given = Arguments.of(arguments);
            VerificationReport report;
            try (InputStream in = given.open()) {
                report = new ExportVerifier(given.keys).verify(in, given.seals);
            }
            out.println(report);
            out.println(
                    report.sealed().value() == 0
                            ? "no seal was verified: whoever has all rights in the database could have written all of it"
                            : "seals vouch for positions 1 to %s".formatted(report.sealed()));
            return report.isIntact() ? 0 : 1;
        } catch (IOException e) {
            err.println("cannot read " + e.getMessage());
            return 2;
        } catch (IllegalArgumentException | IllegalStateException e) {
            err.println(e.getMessage());
            err.println(USAGE);
            return 2;
        }
    }

    /** What the command line says. */
    private record Arguments(
            String export, List<Seal> seals, @Nullable SealKeys keys) {

        static Arguments of(String[] arguments) throws IOException {
            String export = null;
            List<Seal> seals = new ArrayList<>();
            SealKeys keys = null;
            for (int i = 0; i < arguments.length; i++) {
                int middle = arguments[i].indexOf('=');
                if (arguments[i].equals("--seals") && i + 1 < arguments.length) {
                    for (String line : Files.readAllLines(Path.of(arguments[++i]))) {
                        seals.add(SealText.read(line));
                    }
                } else if (export == null) {
                    export = arguments[i];
                } else if (middle > 0) {
                    SealKeys key = SealKeys.of(
                            arguments[i].substring(0, middle),
                            Files.readString(Path.of(arguments[i].substring(middle + 1))));
                    keys = keys == null ? key : keys.and(key);
                } else {
                    throw new IllegalArgumentException("\"%s\" is not understood".formatted(arguments[i]));
                }
            }
            if (export == null) {
                throw new IllegalArgumentException("no export is named");
            }
            return new Arguments(export, seals, keys);
        }

        InputStream open() throws IOException {
            return export.equals("-") ? System.in : Files.newInputStream(Path.of(export));
        }
    }
}
