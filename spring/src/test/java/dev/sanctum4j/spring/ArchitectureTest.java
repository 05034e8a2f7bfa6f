package dev.sanctum4j.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import org.springframework.stereotype.Controller;

/** Where the starter stands in the house. */
@AnalyzeClasses(packages = "dev.sanctum4j.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule STARTER_IS_FLAT = classes()
            .should()
            .resideInAPackage("dev.sanctum4j.spring")
            .because("one package shows all of it, and keeps what is not API package-private");

    @ArchTest
    static final ArchRule STARTER_KNOWS_THE_CORE_ONLY = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sanctum4j.server..", "dev.sanctum4j.test..")
            .because("what only the server needs stays in the server");

    @ArchTest
    static final ArchRule TIME_COMES_FROM_A_CLOCK = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("tests move the clock; they do not sleep");

    @ArchTest
    static final ArchRule CONTROLLERS_ARE_NOT_API = classes()
            .that()
            .areMetaAnnotatedWith(Controller.class)
            .should()
            .notBePublic()
            .because("applications switch endpoints on and off; they do not extend them");
}
