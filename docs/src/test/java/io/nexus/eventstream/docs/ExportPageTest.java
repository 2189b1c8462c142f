package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.SealText;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.VerificationReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The export on the page is one for the library and for a verifier that knows nothing but the page. */
class ExportPageTest {

    /** What is taken in is not opened, so no type of event need be known. */
    record Nothing() {}

    private final List<String> page = Sources.lines(Sources.ROOT.resolve("docs/hash-chain.md"));
    private final List<String> export = block("```jsonl");
    private final String publicKey = pem("PUBLIC");
    private final Seal seal = SealText.read(export.stream()
            .filter(line -> line.startsWith("{\"seal\""))
            .findFirst()
            .orElseThrow());

    @Test
    void aVerifierThatKnowsOnlyThePageFindsItIntact() {
        VerifierByHand verifier = new VerifierByHand(publicKey);

        assertThat(verifier.verify(export)).containsExactly(3L, 2L);
        assertThat(page).contains(verifier.previousSeal());
    }

    @Test
    void aVerifierThatKnowsOnlyThePageFindsEveryFieldThatWasChanged() {
        for (int line = 0; line < export.size(); line++) {
            String before = export.get(line);
            for (int i = 0; i < before.length(); i++) {
                if (!Character.isLetterOrDigit(before.charAt(i))) {
                    continue;
                }
                List<String> changed = new ArrayList<>(export);
                changed.set(
                        line, before.substring(0, i) + (before.charAt(i) == '7' ? '8' : '7') + before.substring(i + 1));
                assertThatThrownBy(() -> new VerifierByHand(publicKey).verify(changed))
                        .as("line %d, character %d", line + 1, i + 1)
                        .isInstanceOf(RuntimeException.class);
            }
        }
    }

    @Test
    void theLibraryTakesItInAndWritesItAgain() {
        InMemoryEventStore store = InMemoryEventStore.create(EventTypes.of(Nothing.class));
        byte[] bytes = (String.join("\n", export) + "\n").getBytes(StandardCharsets.UTF_8);

        VerificationReport report =
                LogImport.of(store).keys(SealKeys.of("seals-2026", publicKey)).read(new ByteArrayInputStream(bytes));
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        LogExport.of(store).write(TenantId.of("acme"), again);

        assertThat(report.sealed().value()).isEqualTo(2);
        assertThat(again.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void theLibrarySignsTheBytesOfThePage() {
        assertThat(page).contains(HexFormat.of().formatHex(seal.message()));
        assertThat(page).contains("The %d bytes that are signed:".formatted(seal.message().length));
        assertThat(page).contains(seal.digest().toString());
        assertThat(Ed25519Signer.of("seals-2026", pem("PRIVATE")).sign(seal.message()))
                .isEqualTo(seal.signature());
    }

    private String pem(String kind) {
        int begin = page.indexOf("-----BEGIN %s KEY-----".formatted(kind));
        return String.join("\n", page.subList(begin, begin + 3)) + "\n";
    }

    private List<String> block(String begin) {
        int first = page.indexOf(begin) + 1;
        int last = first + page.subList(first, page.size()).indexOf("```");
        return page.subList(first, last);
    }
}
