package dev.sanctum4j.spring.mcp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** Where the module stands in the house. */
@AnalyzeClasses(packages = "dev.sanctum4j.spring.mcp", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String SPRING = "dev.sanctum4j.spring.";

    @ArchTest
    static final ArchRule STANDS_ON_THE_STARTER = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sanctum4j.server..",
                    "dev.sanctum4j.test..",
                    "dev.sanctum4j.jdbc..",
                    "dev.sanctum4j.cache..",
                    SPRING + "chain..",
                    SPRING + "spa..",
                    SPRING + "tokens..",
                    SPRING + "sockets..",
                    SPRING + "broadcasting..",
                    SPRING + "actuator..",
                    SPRING + "openapi..")
            .because("a feature imports no feature but the abilities that it asks for");

    @ArchTest
    static final ArchRule ONLY_THE_GATE_AND_THE_LIST_KNOW_THE_SDK = noClasses()
            .that()
            .haveSimpleNameNotStartingWith("McpToolGate")
            .and()
            .haveNameNotMatching(".*\\.McpListing.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.modelcontextprotocol..")
            .because("it changes with each revision of the protocol");

    @ArchTest
    static final ArchRule ONLY_THE_SETTINGS_ARE_API = classes()
            .that()
            .areNotAnnotatedWith(AutoConfiguration.class)
            .and()
            .doNotHaveSimpleName("McpProperties")
            .should()
            .notBePublic()
            .because("whoever adds the module writes annotations of the starter's");

    @ArchTest
    static final ArchRule CLASSES_FORM_NO_CIRCLE = slices().assignedFrom(new OutermostClass())
            .should()
            .beFreeOfCycles()
            .because("of two classes one can be read, and tested, without the other");

    /** A class with all that is nested in it. */
    private static final class OutermostClass implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            JavaClass outermost = type;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return SliceIdentifier.of(outermost.getName());
        }

        @Override
        public String getDescription() {
            return "outermost classes";
        }
    }
}
