import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the bundles as a package for npm has them. They ask for the rest of them by its version, against caches; bundlers look for a file of that
 * very name, and give it names of their own. Blanks stand for what is left out, so that the source maps hold.
 *
 * <pre>java ui/src/build/ForNpm.java ui/src/main/resources/META-INF/resources/sanctum4j ui/target/npm</pre>
 */
final class ForNpm {

    private static final Pattern ASKED = Pattern.compile("\"\\./more\\.js(\\?v=[0-9a-f]{12})\"");

    private ForNpm() {}

    public static void main(String... args) throws IOException {
        Path web = Path.of(args[0]);
        Path npm = Files.createDirectories(Path.of(args[1]));
        for (String file : List.of("tokens.js", "tokens.en.js")) {
            Matcher asked = ASKED.matcher(Files.readString(web.resolve(file)));
            if (!asked.find()) {
                throw new IOException(file + " does not ask for more.js by a version");
            }
            Files.writeString(
                    npm.resolve(file),
                    asked.replaceAll("\"./more.js\"" + " ".repeat(asked.group(1).length())));
        }
    }
}
