package dev.sanctum4j.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Where the test kit stands in the house. */
@AnalyzeClasses(packages = "dev.sanctum4j.test", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule SPRING_IS_OPTIONAL = noClasses()
            .that()
            .resideInAPackage("dev.sanctum4j.test")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "dev.sanctum4j.spring..", "dev.sanctum4j.test.spring..")
            .because("whoever tests a store or a program on the core alone has no Spring");
}
