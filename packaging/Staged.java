import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Says what a staged repository lacks of what Maven Central and the applications that take it ask for, and fails if that is
 * anything.
 *
 * <pre>java packaging/Staged.java REPOSITORY SOURCES VERSION</pre>
 */
final class Staged {

    private static final List<String> ASKED =
            List.of("name", "description", "url", "licenses/license/name", "licenses/license/url",
                    "developers/developer/name", "scm/connection", "scm/developerConnection", "scm/url",
                    "issueManagement/url");
    private static final Set<String> PASSED_ON = Set.of("compile", "runtime", "provided");
    /** Of the folders with a pom, those that are handed out without being in the list of the BOM. */
    private static final Set<String> BESIDES = Set.of("sanctum4j-bom", "sanctum4j-server");

    private final Path group;
    private final String version;
    private final List<String> missing = new ArrayList<>();

    private Staged(Path repository, String version) {
        this.group = repository.resolve("dev/sanctum4j");
        this.version = version;
    }

    public static void main(String... args) throws Exception {
        Staged staged = new Staged(Path.of(args[0]), args[2]);
        staged.check(Path.of(args[1]));
        staged.missing.forEach(System.err::println);
        if (!staged.missing.isEmpty()) {
            System.exit(1);
        }
    }

    private void check(Path sources) throws Exception {
        Map<String, Element> poms = poms(sources);
        Set<String> expected = new TreeSet<>(BESIDES);
        for (Element one : all(poms.get("sanctum4j-bom"), "dependencyManagement/dependencies/dependency")) {
            expected.add(text(one, "artifactId"));
        }
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.list(group)) {
            files.forEach(file -> found.add(file.getFileName().toString()));
        }
        want(found.equals(expected), "staged are " + found + ", published " + expected);
        found.retainAll(expected);
        for (String artifact : found) {
            check(artifact, poms.get(artifact));
        }
        if (found.contains("sanctum4j-server")) {
            materials(group.resolve("sanctum4j-server/" + version + "/sanctum4j-server-" + version + ".jar"));
        }
    }

    private void check(String artifact, Element source) throws Exception {
        Path folder = group.resolve(artifact).resolve(version);
        String name = artifact + "-" + version;
        Path file = folder.resolve(name + ".pom");
        Element pom = read(file);
        pom(artifact, pom, source, Files.readString(file));

        Set<String> wanted = new TreeSet<>(Set.of(name + ".pom"));
        if (!"pom".equals(text(pom, "packaging"))) {
            wanted.addAll(List.of(name + ".jar", name + "-sources.jar", name + "-javadoc.jar"));
            embedded(artifact, folder.resolve(name + ".jar"), file);
        }
        for (String one : wanted) {
            want(Files.exists(folder.resolve(one)), one + " is missing");
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path one : files.filter(each -> !each.toString().matches(".*\\.(asc|md5|sha1)")).toList()) {
                want(Files.exists(Path.of(one + ".asc")), one.getFileName() + " is not signed");
                checksum(one, ".md5", "MD5");
                checksum(one, ".sha1", "SHA-1");
            }
        }
    }

    private void pom(String artifact, Element pom, Element source, String text) {
        for (String path : ASKED) {
            want(!text(pom, path).isBlank(), artifact + ": its pom has no " + path);
        }
        want(version.equals(text(pom, "version")), artifact + ": its pom is of version " + text(pom, "version"));
        for (String path : List.of("parent", "modules", "build", "profiles", "repositories")) {
            want(all(pom, path).isEmpty(), artifact + ": its pom has " + path);
        }
        want(!text.contains("${"), artifact + ": its pom has a variable");
        want(!text.contains("SNAPSHOT"), artifact + ": its pom names a snapshot");

        Map<String, String> kept = new TreeMap<>();
        for (Element one : all(pom, "dependencies/dependency")) {
            want(!text(one, "version").isEmpty(), artifact + ": no version of " + text(one, "artifactId"));
            kept.put(key(one), terms(one));
        }
        Map<String, String> declared = new TreeMap<>();
        for (Element one : all(source, "dependencies/dependency")) {
            if (PASSED_ON.contains(scope(one))) {
                declared.put(key(one), terms(one));
            }
        }
        want(kept.equals(declared), artifact + ": its pom depends on " + kept + ", and its source on " + declared);
        for (Element one : all(pom, "dependencyManagement/dependencies/dependency")) {
            want(version.equals(text(one, "version")), artifact + ": manages another version of " + text(one, "artifactId"));
        }
    }

    /** Maven leaves plugins out without a word where it is offline; so it is looked whether this one was there. */
    private void materials(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            want(zip.getEntry("META-INF/sbom/application.cdx.json") != null, jar.getFileName() + " has no bill of materials");
        }
    }

    /** Tools read the pom in the jar, so it is that of the repository. */
    private void embedded(String artifact, Path jar, Path pom) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            var entry = zip.getEntry("META-INF/maven/dev.sanctum4j/" + artifact + "/pom.xml");
            want(entry != null && Arrays.equals(zip.getInputStream(entry).readAllBytes(), Files.readAllBytes(pom)),
                    artifact + ": the pom in its jar is another");
        }
    }

    private void checksum(Path file, String suffix, String algorithm) throws Exception {
        Path sum = Path.of(file + suffix);
        String is = HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
        want(Files.exists(sum) && Files.readString(sum).strip().equals(is), file.getFileName() + ": no " + suffix + " of it");
    }

    private void want(boolean there, String message) {
        if (!there) {
            missing.add(message);
        }
    }

    private static Map<String, Element> poms(Path sources) throws IOException {
        try (Stream<Path> files = Files.list(sources)) {
            return files.map(folder -> folder.resolve("pom.xml"))
                    .filter(Files::exists)
                    .map(Staged::read)
                    .collect(Collectors.toMap(pom -> text(pom, "artifactId"), pom -> pom));
        }
    }

    private static Element read(Path pom) {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(pom + " cannot be read", e);
        }
    }

    private static String key(Element dependency) {
        return text(dependency, "groupId") + ":" + text(dependency, "artifactId");
    }

    private static String scope(Element dependency) {
        String scope = text(dependency, "scope");
        return scope.isEmpty() ? "compile" : scope;
    }

    private static String terms(Element dependency) {
        return scope(dependency)
                + ("true".equals(text(dependency, "optional")) ? ", optional" : "")
                + all(dependency, "exclusions/exclusion").stream().map(one -> ", without " + key(one)).sorted()
                        .collect(Collectors.joining());
    }

    private static String text(Element from, String path) {
        List<Element> found = all(from, path);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    private static List<Element> all(Element from, String path) {
        List<Element> found = List.of(from);
        for (String name : path.split("/")) {
            List<Element> next = new ArrayList<>();
            for (Element one : found) {
                for (Node node = one.getFirstChild(); node != null; node = node.getNextSibling()) {
                    if (node instanceof Element child && child.getTagName().equals(name)) {
                        next.add(child);
                    }
                }
            }
            found = next;
        }
        return found;
    }
}
