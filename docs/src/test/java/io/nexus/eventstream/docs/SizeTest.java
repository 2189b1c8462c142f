package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** No file has more than 500 lines and no method more than 70: there is no attic. */
class SizeTest {

    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 70;

    @Test
    void noFileIsAnAttic() {
        List<Path> files = Stream.of(".java", ".sql")
                .flatMap(end -> Sources.filesEndingWith(end).stream())
                .toList();

        assertThat(files).hasSizeGreaterThan(50);
        assertThat(files)
                .filteredOn(file -> Sources.lines(file).size() > MAX_FILE_LINES)
                .extracting(Sources::name)
                .isEmpty();
    }

    @Test
    void noMethodIsLongerThanItsThought() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> tooLong = new ArrayList<>();
        int[] methods = {0};
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    manager,
                    null,
                    null,
                    null,
                    manager.getJavaFileObjectsFromPaths(Sources.filesEndingWith(".java")));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void nothing) {
                        if (method.getBody() != null) {
                            methods[0]++;
                            int lines = line(positions.getEndPosition(unit, method))
                                    - line(positions.getStartPosition(unit, method.getBody()));
                            if (lines > MAX_METHOD_LINES) {
                                tooLong.add("%s %s: %d lines"
                                        .formatted(unit.getSourceFile().getName(), method.getName(), lines));
                            }
                        }
                        return super.visitMethod(method, null);
                    }

                    private int line(long position) {
                        return (int) unit.getLineMap().getLineNumber(position);
                    }
                }.scan(unit, null);
            }
        }

        assertThat(methods[0]).isGreaterThan(300);
        assertThat(tooLong).isEmpty();
    }
}
