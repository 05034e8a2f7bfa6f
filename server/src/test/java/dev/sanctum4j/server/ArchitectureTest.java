package dev.sanctum4j.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.sanctum4j.Internal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The server is built by feature. */
@AnalyzeClasses(packages = "dev.sanctum4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String SERVER = "dev.sanctum4j.server";

    @ArchTest
    static final ArchRule FEATURES_FORM_NO_CYCLE = slices().matching("dev.sanctum4j.server.(*)..")
            .should()
            .beFreeOfCycles()
            .because("data flows one way");

    @ArchTest
    static final ArchRule TRANSACTIONS_ARE_RUN_AGAIN = noClasses()
            .that()
            .resideInAPackage(SERVER + "..")
            .and()
            .doNotHaveSimpleName("SessionStores")
            .should()
            .callConstructor(TransactionTemplate.class, PlatformTransactionManager.class)
            .because("what a database gives up in favour of another is run again by the bean TransactionOperations");

    @ArchTest
    static final ArchRule FEATURES_STAND_ON_OTHERS_IN_ONE_DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("root")
            .definedBy(SERVER)
            .layer("cli")
            .definedBy(SERVER + ".cli..")
            .layer("audit")
            .definedBy(SERVER + ".audit..")
            .layer("gateway")
            .definedBy(SERVER + ".gateway..")
            .layer("accounts")
            .definedBy(SERVER + ".accounts..")
            .layer("oauth")
            .definedBy(SERVER + ".oauth..")
            .layer("web")
            .definedBy(SERVER + ".web..")
            .layer("provider")
            .definedBy(SERVER + ".provider..")
            .layer("pages")
            .definedBy(SERVER + ".pages..")
            .whereLayer("root")
            .mayOnlyAccessLayers("cli")
            .whereLayer("cli")
            .mayOnlyAccessLayers("accounts", "oauth", "web")
            .whereLayer("audit")
            .mayOnlyAccessLayers("accounts", "web")
            .whereLayer("gateway")
            .mayOnlyAccessLayers("accounts", "web")
            .whereLayer("accounts")
            .mayOnlyAccessLayers("web")
            .whereLayer("provider")
            .mayOnlyAccessLayers("accounts", "web")
            .whereLayer("oauth")
            .mayOnlyAccessLayers("web")
            .whereLayer("web")
            .mayNotAccessAnyLayer()
            .whereLayer("pages")
            .mayNotAccessAnyLayer()
            .because("a feature can be read with what it stands on, and nothing else");

    @ArchTest
    static final ArchRule EVERY_FEATURE_HAS_ITS_DIRECTION = classes()
            .that()
            .resideInAPackage(SERVER + "..")
            .should()
            .resideInAnyPackage(
                    SERVER,
                    SERVER + ".cli..",
                    SERVER + ".audit..",
                    SERVER + ".gateway..",
                    SERVER + ".accounts..",
                    SERVER + ".oauth..",
                    SERVER + ".provider..",
                    SERVER + ".web..",
                    SERVER + ".pages..")
            .because("a new package gets a line in the rule before this one");

    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_THE_SERVER = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sanctum4j.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sanctum4j.server..")
            .because("the server is the last in the house");

    @ArchTest
    static final ArchRule API_IS_ENOUGH_FOR_THE_SERVER = noClasses()
            .that()
            .resideInAPackage("dev.sanctum4j.server..")
            .should()
            .dependOnClassesThat(describe(
                    "are internal to the starter",
                    type -> Stream.iterate(
                                    Optional.of(type),
                                    Optional::isPresent,
                                    nested -> nested.flatMap(JavaClass::getEnclosingClass))
                            .anyMatch(one -> one.orElseThrow().isAnnotatedWith(Internal.class))))
            .because("what the server cannot do with the API, no application can");

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_SPRING = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.sanctum4j.server..",
                    "dev.sanctum4j.spring..",
                    "dev.sanctum4j.test..",
                    "dev.sanctum4j.provider..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "jakarta..")
            .because("the starter, and the test kit where it is there, are the only published jars that see Spring");

    @ArchTest
    static final ArchRule COMMANDS_FOR_A_SERVER_ELSEWHERE_START_NO_SPRING = noClasses()
            .that()
            .haveNameMatching(Pattern.quote(SERVER)
                    + "\\.cli\\.(Asking|Browser|Given|KeptTokens|Keyring|Remote|RemoteCommands|ServerUrl)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework.beans..",
                    "org.springframework.boot",
                    "org.springframework.context..",
                    "org.springframework.jdbc..",
                    "org.springframework.web..")
            .because("whoami answers before a context would have started");

    @ArchTest
    static final ArchRule CONTROLLERS_ARE_PACKAGE_PRIVATE = classes()
            .that()
            .areMetaAnnotatedWith(Controller.class)
            .should()
            .bePackagePrivate()
            .because("nobody calls a controller but the web");

    @ArchTest
    static final ArchRule ANSWERS_HAVE_ONE_ORDER = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sanctum4j.provider..", "dev.sanctum4j.test..")
            .and()
            .doNotHaveSimpleName("Migrations") // for Flyway, which looks names up
            .should()
            .callMethodWhere(describe(
                    "makes a map of several entries where it is not kept for looking them up",
                    call -> call.getTargetOwner().isEquivalentTo(Map.class)
                            && call.getTarget().getName().equals("of")
                            && call.getTarget().getRawParameterTypes().size() >= 4
                            && !call.getOrigin().getName().equals("<clinit>")))
            .because("its order is another in every process, and so would be what is made of it");

    @ArchTest
    static final ArchRule TIME_COMES_FROM_A_CLOCK = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sanctum4j.provider..")
            .should()
            .callMethod(Instant.class, "now")
            .because("tests move the clock; they do not sleep");
}
