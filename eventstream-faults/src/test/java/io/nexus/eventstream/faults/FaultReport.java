package io.nexus.eventstream.faults;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Gives each scenario its {@link Figures}, prints them when it ends, and all of them at the end of the run: on the console, and
 * in {@code target/faults.json} and {@code target/faults.md}. With {@code -Dfaults.docs=true} they go into
 * docs/how-it-is-tested.md too. All of them together are to end within the {@link TimeLimit}.
 */
final class FaultReport
        implements ParameterResolver, BeforeTestExecutionCallback, AfterTestExecutionCallback, InvocationInterceptor {

    private static final Namespace NAMESPACE = Namespace.create(FaultReport.class);
    private static final String BEGIN = "<!-- figures of the fault suite: -Dfaults.docs=true writes them -->";
    private static final String END = "<!-- end of the figures -->";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Figures.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return figures(context);
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        context.getStore(NAMESPACE).put("begin", System.nanoTime());
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        TimeLimit.within(context.getDisplayName(), invocation);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        long begin = context.getStore(NAMESPACE).getOrDefault("begin", Long.class, System.nanoTime());
        String how = context.getExecutionException()
                .map(failure ->
                        first(failure).startsWith(Prerequisite.NOT_RUN) ? first(failure) : "FAILED: " + first(failure))
                .orElse("passed");
        if (context.getRequiredTestMethod().getParameterCount() == 0) {
            return;
        }
        Figures figures = figures(context);
        figures.ended(how, Duration.ofNanos(System.nanoTime() - begin));
        print(figures.line());
        context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Run.class, key -> new Run(), Run.class)
                .add(figures);
    }

    private static Figures figures(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .computeIfAbsent(Figures.class, key -> new Figures(context.getDisplayName()), Figures.class);
    }

    private static String first(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    @SuppressWarnings("SystemOut") // figures are for people to read
    private static void print(String line) {
        System.out.println(line);
    }

    /** All scenarios of this run. */
    private static final class Run implements AutoCloseable {

        private final List<Figures> scenarios = Collections.synchronizedList(new ArrayList<>());

        void add(Figures figures) {
            scenarios.add(figures);
        }

        @Override
        public void close() throws IOException {
            String markdown = Figures.header() + "\n"
                    + String.join(
                            "\n", scenarios.stream().map(Figures::markdown).toList()) + "\n";
            String json = "[\n  "
                    + String.join(",\n  ", scenarios.stream().map(Figures::json).toList())
                    + "\n]\n";
            Path target = Files.createDirectories(Path.of("target"));
            Files.writeString(target.resolve("faults.md"), markdown);
            Files.writeString(target.resolve("faults.json"), json);
            print("");
            print(markdown);
            print("%d scenarios, %,d appends, %,d faults, %,d facts checked"
                    .formatted(
                            scenarios.size(),
                            scenarios.stream().mapToLong(Figures::appends).sum(),
                            scenarios.stream().mapToLong(Figures::faults).sum(),
                            scenarios.stream().mapToLong(Figures::checked).sum()));
            if (Boolean.getBoolean("faults.docs")) {
                writeDocs(markdown);
            }
        }

        private static void writeDocs(String markdown) throws IOException {
            Path page = Path.of("../docs/how-it-is-tested.md");
            String text = Files.readString(page, StandardCharsets.UTF_8);
            int from = text.indexOf(BEGIN) + BEGIN.length();
            int to = text.indexOf(END);
            Files.writeString(page, text.substring(0, from) + "\n\n" + markdown + "\n" + text.substring(to));
        }
    }
}
