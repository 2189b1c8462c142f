package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guides show is compiled and run, and what they link to is there. */
class GuideTest {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)#\\s]+)(#[^)]*)?\\)");

    @Test
    void everyJavaBlockStandsInACompiledTest() {
        List<String> sources = Sources.filesEndingWith(".java").stream()
                .filter(file -> Sources.name(file).startsWith("docs/src/test")
                        || Sources.name(file).startsWith("eventstream-examples"))
                .map(file -> folded(Sources.lines(file)))
                .toList();
        List<Block> blocks = Sources.filesEndingWith(".md").stream()
                .flatMap(file -> blocks(file, "java").stream())
                .toList();

        assertThat(blocks).hasSizeGreaterThan(10);
        assertThat(blocks)
                .filteredOn(block -> sources.stream().noneMatch(source -> source.contains(folded(block.lines()))))
                .extracting(Block::where)
                .as("blocks that stand in no test of this module")
                .isEmpty();
    }

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path file : Sources.filesEndingWith(".md")) {
            for (String line : Sources.lines(file)) {
                Matcher link = LINK.matcher(line);
                while (link.find()) {
                    String target = link.group(1);
                    if (!target.startsWith("http") && !Files.exists(file.resolveSibling(target))) {
                        broken.add(Sources.name(file) + " -> " + target);
                    }
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    private static List<Block> blocks(Path file, String language) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Sources.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals("```" + language)) {
                List<String> block = new ArrayList<>();
                int begin = i + 1;
                for (i++; !lines.get(i).strip().equals("```"); i++) {
                    block.add(lines.get(i));
                }
                blocks.add(new Block(Sources.name(file) + ":" + begin, block));
            }
        }
        return blocks;
    }

    /** Makes layout not matter: only the order of the words does. */
    private static String folded(List<String> lines) {
        return String.join(" ", lines).replaceAll("\\s+", "");
    }

    private record Block(String where, List<String> lines) {}
}
