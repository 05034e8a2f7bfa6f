package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sanctum4j.Internal;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.Sanctum;
import dev.sanctum4j.spring.mcp.SanctumMcpAutoConfiguration;
import dev.sanctum4j.test.TokenFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/**
 * {@code docs/api.txt} is what other programs can compile against: every public type of the jars but the internal ones, each with the reason
 * why it is public, and its members. {@code ./mvnw -pl samples/docs -am test -Dtest=ApiPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write} writes it anew and keeps the reasons.
 */
class ApiPageTest {

    private static final Path FILE = Page.ROOT.resolve("docs/api.txt");
    private static final String BECAUSE = "  -- ";
    private static final String ORDER = "others order themselves before or after it";
    private static final Map<String, Class<?>> JARS = Map.of(
            "sanctum4j-core",
            Tokens.class,
            "sanctum4j-spring-boot",
            Sanctum.class,
            "sanctum4j-spring-boot-mcp",
            SanctumMcpAutoConfiguration.class,
            "sanctum4j-test",
            TokenFactory.class);
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
    private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

    @Test
    void everyPublicTypeIsListedWithItsMembersAndAReason() throws IOException {
        Map<String, String> reasons = reasons();
        List<String> lines = new ArrayList<>(List.of(
                "What other programs can compile against, and why each type is public. Written by ApiPageTest, which says how;",
                "the reasons are written by people. Anything public that is not listed is marked @Internal."));
        List<String> unexplained = new ArrayList<>();
        for (String jar : new TreeSet<>(JARS.keySet())) {
            lines.add("");
            lines.add("== " + jar);
            for (JavaClass type : api(JARS.get(jar))) {
                lines.add("");
                lines.add(head(type) + reason(type, reasons, unexplained));
                lines.addAll(members(type));
            }
        }
        if (System.getProperty("docs.write") != null) {
            Files.write(FILE, lines);
        }
        assertThat(Files.readAllLines(FILE))
                .as("the API has changed. If it is meant: ./mvnw -pl samples/docs -am test -Dtest=ApiPageTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write, and a line in CHANGELOG.md."
                        + " If not: make it package-private, or mark it @Internal")
                .isEqualTo(lines);
        assertThat(unexplained)
                .as("say in docs/api.txt, behind the type and ' -- ', why it is public")
                .isEmpty();
    }

    /** The reason of each outermost type by its simple name, which a move to another package leaves as it is. */
    private static Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new HashMap<>();
        for (String line : Files.exists(FILE) ? Files.readAllLines(FILE) : List.<String>of()) {
            String[] parts = line.split(BECAUSE, 2);
            if (parts.length == 2 && !parts[1].isBlank()) {
                reasons.put(parts[0].replaceAll("^.*?\\.([A-Z]\\w*).*$", "$1"), parts[1]);
            }
        }
        return reasons;
    }

    private static String reason(JavaClass type, Map<String, String> reasons, List<String> unexplained) {
        if (type.getEnclosingClass().isPresent()) {
            return "";
        }
        String reason = type.isAnnotatedWith(AutoConfiguration.class) ? ORDER : reasons.get(type.getSimpleName());
        if (reason == null) {
            unexplained.add(type.getName());
            return BECAUSE.stripTrailing();
        }
        return BECAUSE + reason;
    }

    private static List<JavaClass> api(Class<?> one) {
        return new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation()).stream()
                        .filter(type -> enclosing(type).allMatch(ApiPageTest::isApi))
                        .sorted(Comparator.comparing(JavaClass::getName))
                        .toList();
    }

    private static boolean isApi(JavaClass type) {
        return isVisible(type.getModifiers())
                && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !type.isAnnotatedWith(Internal.class)
                && !type.isAnonymousClass()
                && !type.getSimpleName().equals("package-info");
    }

    /** The type and all that it is nested in. */
    private static Stream<JavaClass> enclosing(JavaClass type) {
        return Stream.iterate(
                        Optional.of(type), Optional::isPresent, nested -> nested.flatMap(JavaClass::getEnclosingClass))
                .map(Optional::orElseThrow);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static String head(JavaClass type) {
        String kind = type.isAnnotation()
                ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        boolean open = kind.equals("class") && !type.getModifiers().contains(JavaModifier.FINAL);
        String above = Stream.concat(
                        type.getSuperclass().stream()
                                .filter(superclass -> !Set.of("java.lang.Object", "java.lang.Record", "java.lang.Enum")
                                        .contains(superclass.toErasure().getName())),
                        type.isAnnotation() ? Stream.of() : type.getInterfaces().stream())
                .map(ApiPageTest::name)
                .collect(Collectors.joining(", "));
        return (type.getModifiers().contains(JavaModifier.ABSTRACT) && kind.equals("class") ? "abstract " : "")
                + (open ? "open " : "") + kind + " " + type.getName().replace('$', '.')
                + (above.isEmpty() ? "" : " : " + above);
    }

    private static List<String> members(JavaClass type) {
        return type.getMembers().stream()
                .filter(member -> isVisible(member.getModifiers()))
                .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !member.getModifiers().contains(JavaModifier.BRIDGE))
                .filter(member -> !OF_EVERY_OBJECT.contains(member.getName())
                        && !(type.isEnum() && OF_EVERY_ENUM.contains(member.getName())))
                .map(member -> "    " + line(member))
                .sorted()
                .distinct()
                .toList();
    }

    private static String line(JavaMember member) {
        String modifiers = member.getModifiers().contains(JavaModifier.STATIC) ? "static " : "";
        if (member.getModifiers().contains(JavaModifier.PROTECTED)) {
            modifiers = "protected " + modifiers;
        }
        if (member instanceof JavaField field) {
            return modifiers + field.getName() + ": " + name(field.getType());
        }
        JavaCodeUnit unit = (JavaCodeUnit) member;
        String parameters =
                unit.getParameterTypes().stream().map(ApiPageTest::name).collect(Collectors.joining(", "));
        if (unit instanceof JavaConstructor) {
            return modifiers + "new(" + parameters + ")";
        }
        boolean optional = unit.getOwner().isInterface()
                && !unit.getModifiers().contains(JavaModifier.ABSTRACT)
                && modifiers.isEmpty();
        return modifiers + (optional ? "default " : "") + unit.getName() + "(" + parameters + "): "
                + name(((JavaMethod) unit).getReturnType());
    }

    private static String name(JavaType type) {
        return type.getName()
                .replaceAll("\\[L(.*);", "$1[]")
                .replaceAll("(?:[a-z]\\w*\\.)+([A-Z])", "$1")
                .replace('$', '.');
    }
}
