package dev.sanctum4j.spring;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.stereotype.Controller;

/** Where the starter stands in the house, and which of its packages knows which. */
@AnalyzeClasses(packages = "dev.sanctum4j.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "dev.sanctum4j.spring";

    /** A package and those that it may import, from the ground up. Who adds a package adds a line. */
    private record Floor(String name, List<String> mayImport) {

        static Floor of(String name, String... mayImport) {
            return new Floor(name, List.of(mayImport));
        }

        String pattern() {
            return name.equals("root") ? ROOT : ROOT + "." + name + "..";
        }
    }

    private static final List<Floor> FLOORS = List.of(
            Floor.of("http"),
            Floor.of("store"),
            Floor.of("root", "http", "store"),
            Floor.of("chain", "root", "http", "store"),
            Floor.of("ability", "root", "http", "store"),
            Floor.of("spa", "root", "http", "store", "chain"),
            Floor.of("tokens", "root", "http", "store", "ability", "spa"),
            Floor.of("approval", "root", "http", "store", "ability", "spa"),
            Floor.of("sockets", "root", "http", "store", "spa"),
            Floor.of("broadcasting", "root", "http", "store"),
            Floor.of("people", "root", "http", "store"),
            Floor.of("actuator", "root", "store"),
            Floor.of("oidc", "root", "http", "store", "spa"),
            Floor.of("openapi", "root", "http", "store", "ability"));

    @ArchTest
    static final ArchRule PACKAGES_STAND_ON_WHAT_IS_BELOW_THEM = floors();

    @ArchTest
    static final ArchRule EVERY_PACKAGE_HAS_ITS_LINE = classes()
            .should()
            .resideInAnyPackage(FLOORS.stream().map(Floor::pattern).toArray(String[]::new))
            .because("a package that no rule knows may import anything");

    @ArchTest
    static final ArchRule CLASSES_FORM_NO_CIRCLE = slices().assignedFrom(new OutermostClass())
            .should()
            .beFreeOfCycles()
            .because("of two classes one can be read, and tested, without the other");

    @ArchTest
    static final ArchRule AUTO_CONFIGURATIONS_ARE_SORTED_LAST = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .beAnnotatedWith(AutoConfigureOrder.class)
            .because(
                    "what we are after would be drawn forward, and of two of Boot's of which one gives way the other would win");

    @ArchTest
    static final ArchRule SANCTUM_IS_FOR_APPLICATIONS = noClasses()
            .that()
            .doNotBelongToAnyOf(Sanctum.class)
            .should()
            .dependOnClassesThat(belongToAnyOf(Sanctum.class))
            .because("its static methods are what an application writes; ours know what they return");

    @ArchTest
    static final ArchRule AUTO_CONFIGURATIONS_CAN_BE_NAMED_AND_NO_MORE = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL)
            .because("others order themselves before or after one, and call nothing of it");

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

    private static LayeredArchitecture floors() {
        LayeredArchitecture house =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (Floor floor : FLOORS) {
            house = house.layer(floor.name()).definedBy(floor.pattern());
        }
        for (Floor floor : FLOORS) {
            house = floor.mayImport().isEmpty()
                    ? house.whereLayer(floor.name()).mayNotAccessAnyLayer()
                    : house.whereLayer(floor.name())
                            .mayOnlyAccessLayers(floor.mayImport().toArray(String[]::new));
        }
        return house;
    }

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
