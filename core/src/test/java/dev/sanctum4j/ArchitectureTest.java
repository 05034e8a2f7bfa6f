package dev.sanctum4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String ROOT = "dev.sanctum4j";
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void rootKnowsNoPackageBesideIt() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".*..")
                .because("packages point inwards: a store, a cache or a page rule can be left out, the root cannot")
                .check(CORE);
    }

    @Test
    void packagesBesideTheRootDoNotKnowEachOther() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .notDependOnEachOther()
                .because("each of jdbc, cache and spa is used without the others")
                .check(CORE);
    }

    @Test
    void noClassesGoInACircle() {
        slices().assignedFrom(new SliceAssignment() {
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
                        return "classes, each with what is nested in it,";
                    }
                })
                .should()
                .beFreeOfCycles()
                .because("what is in a circle can only be read, tested and changed as one")
                .check(CORE);
    }

    @Test
    void pageRuleKnowsNoTokens() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".spa..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .because("which request is first-party is strings in, boolean out")
                .check(CORE);
    }

    @Test
    void coreNeedsNothingButTheJdk() {
        classes()
                .that()
                .resideOutsideOfPackage(ROOT + ".jdbc..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", ROOT + "..")
                .because("a user of the core takes no other dependency")
                .check(CORE);
        classes()
                .that()
                .resideInAPackage(ROOT + ".jdbc..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "javax.sql..", "org.jspecify..", ROOT + "..", "org.postgresql..")
                .because("the PostgreSQL driver is optional, and only its feed asks it for more than JDBC has")
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void timeComesFromTheClockThatWasHandedIn() {
        noClasses()
                .should()
                .callMethodWhere(readsTheTime())
                .because("tests move the clock; they do not sleep")
                .check(CORE);
        noClasses()
                .that()
                .doNotBelongToAnyOf(Tokens.Builder.class)
                .should()
                .callMethodWhere(makesAClock())
                .because("the clock is chosen once, when Tokens are built")
                .check(CORE);
    }

    @Test
    void secretsAreHashedInOnePlace() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(SecretHash.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(MessageDigest.class)
                .because("how a secret is hashed and compared is read in one class")
                .check(CORE);
    }

    @Test
    void nothingStartsAThread() {
        noClasses()
                .should()
                .callConstructorWhere(describe(
                        "a thread or a timer",
                        call -> call.getTargetOwner().isAssignableTo(Thread.class)
                                || call.getTargetOwner().isAssignableTo(Timer.class)))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executors.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(CompletableFuture.class)
                .because("periodic work runs on a scheduler that belongs to the application")
                .check(CORE);
    }

    @Test
    void nothingPrints() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethodWhere(describe(
                        "a stack trace printed",
                        call -> call.getName().equals("printStackTrace")
                                && call.getTargetOwner().isAssignableTo(Throwable.class)))
                .because("a log line goes where the application sends its logs")
                .check(CORE);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = CORE.stream()
                .map(type -> type.getPackage())
                .distinct()
                .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();

        assertThat(unmarked)
                .as("packages without @NullMarked in their package-info, where null would mean anything")
                .isEmpty();
    }

    private static DescribedPredicate<JavaCall<?>> readsTheTime() {
        return describe("the time of the machine", call -> {
            String owner = call.getTargetOwner().getName();
            return owner.startsWith("java.time.") && call.getName().equals("now")
                    || owner.equals("java.lang.System") && call.getName().equals("currentTimeMillis")
                    || owner.equals("java.util.Date") && call.getName().equals("<init>");
        });
    }

    private static DescribedPredicate<JavaCall<?>> makesAClock() {
        Set<String> factories =
                Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds", "tickMinutes");
        return describe(
                "a clock of the machine",
                call -> call.getTargetOwner().isEquivalentTo(Clock.class) && factories.contains(call.getName()));
    }
}
