package io.nexus.eventstream.core.proof;

import static io.nexus.eventstream.core.proof.SampleLog.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is verified with nothing but itself and the public keys. */
class ExportVerifierTest {

    private static final int FLIPS = 1_000;

    @TempDir
    private Path folder;

    private final SampleLog log = new SampleLog();
    private final List<String> lines = log.exportText().lines().toList();

    @Test
    void anExportIsALineOfEachEventWithTheSealsBehindTheEventsThatTheyEndWith() {
        assertThat(lines)
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly(
                        "{\"format\"",
                        "{\"position\"",
                        "{\"position\"",
                        "{\"seal\"",
                        "{\"position\"",
                        "{\"position\"",
                        "{\"seal\"",
                        "{\"events\"");
        assertThat(lines.get(1)).contains("\"payload\":\"{\\\"text\\\":\\\"one \\\\\\\"quoted\\\\\\\" ");
        assertThat(lines.get(3)).isEqualTo(SealText.write(log.kept.get(0)));
    }

    @Test
    void anExportIsIntactAndItsSealsVouchForIt() {
        VerificationReport report = log.verified(log.export(), log.kept);

        assertThat(report.isIntact()).as(report.toString()).isTrue();
        assertThat(report.reachesHead()).isTrue();
        assertThat(report.tenant()).isEqualTo(ACME);
        assertThat(report.events()).isEqualTo(4);
        assertThat(report.sealed()).isEqualTo(Position.of(4));
        assertThat(report.link()).isEqualTo(log.store.head(ACME).orElseThrow().hash());
    }

    @Test
    void withoutKeysOnlyTheChainIsVerified() throws IOException {
        VerificationReport report =
                ExportVerifier.withoutKeys().verify(new ByteArrayInputStream(log.export()), List.of());

        assertThat(report.isIntact()).isTrue();
        assertThat(report.sealed()).isEqualTo(Position.START);
        assertThatThrownBy(() -> ExportVerifier.withoutKeys().verify(new ByteArrayInputStream(log.export()), log.kept))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everySingleBitThatFlipsIsFound() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] export = log.export();
        for (int i = 0; i < FLIPS; i++) {
            int bit = random.nextInt(export.length * 8);
            export[bit / 8] ^= (byte) (1 << bit % 8);

            VerificationReport report = log.verified(export, List.of());
            assertThat(report.isIntact())
                    .as("bit %d of byte %d, seed %d", bit % 8, bit / 8, seed)
                    .isFalse();
            assertThat(report.reachesHead()).isFalse();

            export[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(log.verified(export, List.of()).isIntact()).isTrue();
    }

    @Test
    void anExportThatIsCutAnywhereIsFound() {
        byte[] export = log.export();
        for (int length = 0; length < export.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(export, length);

            assertThat(log.verified(cut, List.of()).isIntact())
                    .as("%d bytes", length)
                    .isFalse();
        }
    }

    @Test
    void linesThatWereRemovedDoubledOrSwappedAreFound() {
        for (int i = 0; i < lines.size(); i++) {
            List<String> without = new ArrayList<>(lines);
            without.remove(i);
            assertTampered(without);
            List<String> doubled = new ArrayList<>(lines);
            doubled.add(i, lines.get(i));
            assertTampered(doubled);
            for (int k = 0; k < i; k++) {
                List<String> swapped = new ArrayList<>(lines);
                swapped.set(i, lines.get(k));
                swapped.set(k, lines.get(i));
                assertTampered(swapped);
            }
        }
    }

    @Test
    void whatWasChangedIsNamed() {
        assertThat(found(log.exportText().replace("three", "THREE")))
                .satisfies(found -> assertThat(found.position()).isEqualTo(Position.of(3)))
                .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.CHANGED));
        assertThat(found(log.exportText().replace("\"version\":2", "\"version\": 2")))
                .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.UNREADABLE))
                .satisfies(found -> assertThat(found.detail()).startsWith("line 5: "));
        assertThat(found(log.exportText().replace("\"eventType\":\"noted\"", "\"eventType\":\"\\u006eoted\"")))
                .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.UNREADABLE));
    }

    @Test
    void anExportOfARewrittenLogIsFoundAgainstSealsThatWereKept() {
        SampleLog rewritten = new SampleLog();

        VerificationReport report = rewritten.verified(rewritten.export(), List.of());
        assertThat(report.isIntact()).isTrue();
        Tampering found = log.verified(rewritten.export(), log.kept).tampering().orElseThrow();
        assertThat(found.position()).isEqualTo(Position.of(1));
    }

    @Test
    void anExportThatEndsBeforeASealThatWasKeptIsFound() {
        byte[] before = log.export();
        log.append("cash", "five");
        Seal third = log.seals.seal(ACME).orElseThrow();

        Tampering found = log.verified(before, List.of(log.kept.get(0), log.kept.get(1), third))
                .tampering()
                .orElseThrow();

        assertThat(found.kind()).isEqualTo(Kind.DROPPED);
        assertThat(found.position()).isEqualTo(Position.of(5));
    }

    @Test
    void aSealOfAKeyThatIsNotKnownIsFound() throws IOException {
        SealKeys others = SealKeys.of("k2", new SampleLog().pair.getPublic());

        VerificationReport report = ExportVerifier.of(others).verify(new ByteArrayInputStream(log.export()), List.of());

        assertThat(report.tampering()).map(Tampering::kind).contains(Kind.SEAL_INVALID);
    }

    /** As an auditor runs it: a JVM, the two jars, nothing else. */
    @Test
    void theProgramNeedsNothingButTwoJarsAndTellsByItsExitCode() throws IOException, InterruptedException {
        Path export = Files.write(folder.resolve("acme.jsonl"), log.export());
        Path changed = Files.writeString(
                folder.resolve("changed.jsonl"), log.exportText().replace("three", "THREE"));
        Path key = Files.writeString(folder.resolve("k1.pem"), log.publicPem());
        Path seals = Files.writeString(
                folder.resolve("seals.jsonl"),
                log.kept.stream().map(SealText::write).collect(Collectors.joining("\n")));
        String keyOption = "k1=" + key;

        assertThat(program(export.toString(), "--seals", seals.toString(), keyOption))
                .startsWith("0 ")
                .contains("intact", "seals vouch for positions 1 to 4");
        assertThat(program(changed.toString(), keyOption)).startsWith("1 ").contains("CHANGED at position 3");
        assertThat(program()).startsWith("2 ").contains("usage");
    }

    @Test
    void theProgramSaysWhatItCannotDo() throws IOException {
        Path export = Files.write(folder.resolve("acme.jsonl"), log.export());
        Path noKey = Files.writeString(folder.resolve("no.pem"), "hello");
        Path noSeal = Files.writeString(folder.resolve("no.jsonl"), "{}");

        assertThat(run(export.toString())).startsWith("0 ").contains("no seal was verified");
        assertThat(run("missing.jsonl")).startsWith("2 ").contains("missing.jsonl");
        assertThat(run(export.toString(), "k1=" + noKey)).startsWith("2 ").contains("no Ed25519 public key");
        assertThat(run(export.toString(), "--seals", noSeal.toString()))
                .startsWith("2 ")
                .contains("no seal");
        assertThat(run(export.toString(), "what")).startsWith("2 ").contains("\"what\" is not understood");
    }

    @Test
    void keysAreReadFromPem() {
        Seal unsigned = log.kept.get(0);
        Ed25519Signer signer = Ed25519Signer.of("k1", log.privatePem());
        SealKeys keys = SealKeys.of("k1", log.publicPem());

        assertThat(keys.verify(unsigned.signed(signer.sign(unsigned.message()))))
                .isTrue();
        assertThatThrownBy(() -> Ed25519Signer.of("k1", log.publicPem())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> keys.and(SealKeys.of("k1", new SampleLog().pair.getPublic())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theHeaderNamesTheTenantAlsoOfAnEmptyLog() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(log.store).write(TenantId.of("nobody"), out);
        String export = out.toString(StandardCharsets.UTF_8);

        assertThat(log.verified(export).isIntact()).isTrue();
        assertThat(log.verified(export.replace("nobody", "nobodx")).isIntact()).isFalse();
    }

    private void assertTampered(List<String> changed) {
        String export = String.join("\n", changed) + "\n";
        if (!export.equals(log.exportText())) {
            assertThat(log.verified(export).isIntact()).as(export).isFalse();
        }
    }

    private Tampering found(String export) {
        return log.verified(export).tampering().orElseThrow();
    }

    private static String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code = ExportVerifier.run(arguments, print, print);
        return code + " " + out.toString(StandardCharsets.UTF_8);
    }

    private static String program(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                placeOf(ExportVerifier.class) + java.io.File.pathSeparator + placeOf(Seal.class),
                ExportVerifier.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue() + " " + said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path placeOf(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
