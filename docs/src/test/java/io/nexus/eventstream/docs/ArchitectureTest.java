package io.nexus.eventstream.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nexus.eventstream.EventStreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Who may know whom, and which shapes of class there are. */
@AnalyzeClasses(packages = "io.nexus.eventstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] API = {
        "io.nexus.eventstream",
        "io.nexus.eventstream.access",
        "io.nexus.eventstream.projection",
        "io.nexus.eventstream.proof",
        "io.nexus.eventstream.snapshot",
        "io.nexus.eventstream.statistics",
        "io.nexus.eventstream.spi"
    };

    @ArchTest
    static final ArchRule API_KNOWS_NOTHING_BUT_JAVA = noClasses()
            .that()
            .resideInAnyPackage(API)
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "io.nexus.eventstream",
                    "io.nexus.eventstream.access",
                    "io.nexus.eventstream.projection",
                    "io.nexus.eventstream.proof",
                    "io.nexus.eventstream.snapshot",
                    "io.nexus.eventstream.statistics",
                    "io.nexus.eventstream.spi",
                    "java.io..",
                    "java.lang..",
                    "java.math..",
                    "java.nio..",
                    "java.security..",
                    "java.time..",
                    "java.util..",
                    "com.github.f4b6a3.ulid..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_DATABASE = noClasses()
            .that()
            .resideInAPackage("io.nexus.eventstream.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.nexus.eventstream.jdbc..", "java.sql..", "javax.sql..", "org.flywaydb..");

    @ArchTest
    static final ArchRule JDBC_KNOWS_NO_DRIVER_AND_NO_JSON = noClasses()
            .that()
            .resideInAPackage("io.nexus.eventstream.jdbc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.postgresql..", "com.zaxxer..", "tools.jackson..");

    @ArchTest
    static final ArchRule TCK_KNOWS_THE_API_AND_THE_TEST_FRAMEWORK = noClasses()
            .that()
            .resideInAPackage("io.nexus.eventstream.tck..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "io.nexus.eventstream",
                    "io.nexus.eventstream.access",
                    "io.nexus.eventstream.projection",
                    "io.nexus.eventstream.proof",
                    "io.nexus.eventstream.snapshot",
                    "io.nexus.eventstream.statistics",
                    "io.nexus.eventstream.spi",
                    "io.nexus.eventstream.tck..",
                    "java..",
                    "org.assertj..",
                    "org.junit.jupiter.api..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule FLYWAY_STAYS_IN_THE_MIGRATOR = noClasses()
            .that()
            .resideOutsideOfPackage("io.nexus.eventstream.jdbc.schema..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.flywaydb..");

    @ArchTest
    static final ArchRule TINK_STAYS_IN_ONE_MODULE = noClasses()
            .that()
            .resideOutsideOfPackage("io.nexus.eventstream.privacy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CIRCLES =
            slices().matching("io.nexus.eventstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_PUBLIC_CLASS_IS_OPEN = classes()
            .that()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotRecords()
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    @ArchTest
    static final ArchRule NO_CLASS_IS_NAMED_BY_WHAT_IT_IS_NOT = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveSimpleNameStartingWith("Base");

    @ArchTest
    static final ArchRule SQL_EXCEPTIONS_STAY_INSIDE = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.nexus.eventstream.jdbc..")
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .areTopLevelClasses()
            .and()
            .arePublic()
            .should()
            .notDeclareThrowableOfType(SQLException.class);

    @ArchTest
    static final ArchRule WHAT_USERS_CATCH_HAS_ONE_ROOT = classes()
            .that()
            .areAssignableTo(RuntimeException.class)
            .and()
            .resideInAnyPackage(API)
            .and()
            .doNotHaveSimpleName("CommitInDoubtException")
            .should()
            .beAssignableTo(EventStreamException.class);

    @ArchTest
    static final ArchRule NOBODY_PRINTS_BUT_PROGRAMS = noClasses()
            .that()
            .resideOutsideOfPackages("io.nexus.eventstream.examples..", "io.nexus.eventstream.benchmarks..")
            .and()
            .doNotHaveSimpleName("ExportVerifier")
            .and()
            .haveNameNotMatching(".*\\.ExportVerifier\\$.*")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @Test
    void everyModuleDescribesItself() {
        for (Path module : Sources.modules()) {
            Path descriptor = module.resolve("src/main/java/module-info.java");

            assertThat(descriptor).exists();
            assertThat(String.join("\n", Sources.lines(descriptor)))
                    .as(Sources.name(descriptor))
                    .startsWith("/**");
            if (!module.endsWith("docs")) {
                assertThat(String.join("\n", Sources.lines(descriptor)))
                        .as(Sources.name(descriptor))
                        .contains("@org.jspecify.annotations.NullMarked");
            }
        }
    }

    @Test
    void modulesExportOnlyPackagesThatBelongToTheirName() {
        assertThat(Files.exists(Sources.ROOT.resolve("pom.xml"))).isTrue();
        for (Path module : Sources.modules()) {
            for (String line : Sources.lines(module.resolve("src/main/java/module-info.java"))) {
                if (line.strip().startsWith("exports ")) {
                    String exported = line.strip().replaceAll("exports |;", "");
                    assertThat(module.resolve("src/main/java").resolve(exported.replace('.', '/')))
                            .as("%s exports %s", Sources.name(module), exported)
                            .exists();
                }
            }
        }
    }
}
