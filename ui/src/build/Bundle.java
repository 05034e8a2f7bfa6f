import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the bundles out of the modules, with the esbuild that is on the class path (Linux x64) or the one that {@code
 * -Desbuild=PATH} names.
 *
 * <pre>
 * ./mvnw -Pbundle -pl ui process-sources                        writes them anew
 * ./mvnw -Pbundle -Dbundle.do=check -pl ui process-sources      fails if one is not what its modules make
 * </pre>
 *
 * The modules of the ui jar and of the server's pages find each other by the addresses they have in a browser, so both are
 * bundled in one folder that holds them as a browser sees them. The one that others load later tells its version, which is a hash of it;
 * the others ask for it by that, and look whether they have got it.
 */
final class Bundle {

    private static final String RESOURCES = "src/main/resources/META-INF/resources";
    private static final String ELEMENTS = """
            export * from './tokens.js'
            export * from './account.js'
            export * from './approve.js'
            export { SanctumRequests } from './requests.js'
            export { texts } from './texts.js'
            """;

    /** What the others load when it is needed; where a module of theirs says so, they keep these words. */
    private static final String LATER = "./more.js";

    /**
     * @param module whose resources it belongs to
     * @param file what is made
     * @param entry what it is made of, beside the modules in {@code src}; empty if one of them is all of it
     */
    private record Target(String module, String file, String entry) {

        boolean isLoadedLater() {
            return file.endsWith(LATER.substring(1));
        }

        Path in(Path root) {
            return root.resolve(module).resolve(RESOURCES).resolve(file);
        }
    }

    /** What is loaded later comes first, for the others know its version. */
    private static final List<Target> TARGETS = List.of(
            new Target("ui", "sanctum4j/more.js", ""),
            new Target("ui", "sanctum4j/tokens.en.js", ELEMENTS),
            new Target("ui", "sanctum4j/tokens.js", "import './de.js'\n" + ELEMENTS),
            new Target("server", "sanctum4j-server/page.js", "export * from './page.js'\n"));

    private Bundle() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        boolean check = arguments[1].equals("check");
        Path work = Files.createTempDirectory("bundle");
        try {
            Path esbuild = esbuild(work);
            Path web = work.resolve("web");
            copy(root.resolve("ui").resolve(RESOURCES), web);
            copy(root.resolve("server").resolve(RESOURCES), web);
            List<String> different = new ArrayList<>();
            String version = "";
            for (Target target : TARGETS) {
                bundle(esbuild, web, target, version);
                if (target.isLoadedLater()) {
                    version = stamp(web.resolve(target.file));
                }
                for (String ending : List.of("", ".map")) {
                    Path made = web.resolve(target.file + ending);
                    Path place = target.in(root).resolveSibling(made.getFileName());
                    if (!check) {
                        Files.copy(made, place, StandardCopyOption.REPLACE_EXISTING);
                    } else if (!Files.exists(place) || Files.mismatch(made, place) != -1) {
                        different.add(root.relativize(place).toString());
                    }
                }
            }
            if (!different.isEmpty()) {
                System.err.println("Not what their modules make; run ./mvnw -Pbundle -pl ui process-sources: " + different);
                System.exit(1);
            }
        } finally {
            delete(work);
        }
    }

    private static Path esbuild(Path work) throws IOException {
        String named = System.getProperty("esbuild", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux amd64")) {
            throw new IllegalStateException("No esbuild for " + system + "; name one with -Desbuild=PATH");
        }
        String packed = "/META-INF/resources/_static/linux-x64/" + System.getProperty("esbuild.version") + "/bin/esbuild";
        Path binary = work.resolve("esbuild");
        try (InputStream content = Bundle.class.getResourceAsStream(packed)) {
            Files.copy(Objects.requireNonNull(content, packed), binary);
        }
        if (!binary.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + binary + " executable");
        }
        return binary;
    }

    private static void bundle(Path esbuild, Path web, Target target, String version) throws IOException, InterruptedException {
        Path file = web.resolve(target.file);
        Path source = file.resolveSibling("src");
        List<String> command = new ArrayList<>(List.of(
                esbuild.toString(),
                "--bundle",
                "--minify",
                "--target=es2022",
                "--charset=utf8",
                "--legal-comments=none",
                "--sourcemap=linked",
                "--log-level=warning",
                "--outfile=" + file));
        String made = "// Made from the modules in src by ui/src/build/Bundle.java.";
        if (target.isLoadedLater()) { // a function of the modules that it shares with whoever loads it
            command.addAll(List.of(
                    LATER,
                    "--format=cjs",
                    "--banner:js=" + made + "\nexport default (require, module = {}) => {",
                    "--footer:js=return module.exports }"));
            shared(source).forEach(module -> command.add("--external:" + module));
        } else {
            command.addAll(List.of("--format=esm", "--banner:js=" + made, "--external:" + LATER + "?v=" + version));
            command.add("--define:import.meta.version=\"" + version + "\"");
            command.add("--sourcefile=bundle.js"); // a name that no module has
        }
        Process process = new ProcessBuilder(command)
                .directory(source.toFile())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(target.entry.getBytes(StandardCharsets.UTF_8));
        }
        if (process.waitFor() != 0) {
            throw new IOException("esbuild failed at " + target.file);
        }
    }

    /** Lets a file tell its version, in the line of its banner: what stands below keeps its place in the map. */
    private static String stamp(Path file) throws IOException {
        String text = Files.readString(file);
        String version;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            version = HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        Files.writeString(file, text.replaceFirst("(?m)^export default", "export const version = '" + version + "'; $0"));
        return version;
    }

    /** The modules that are handed over, by the names that modules give them. */
    private static List<String> shared(Path source) throws IOException {
        return Pattern.compile("(?m)^import \\* as \\w+ from '([^']+)'")
                .matcher(Files.readString(source.resolve("later.js")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path place = to.resolve(from.relativize(file));
                Files.createDirectories(place.getParent());
                Files.copy(file, place);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.reverse(all);
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
