package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program in PHP on the database of a server: a call is a process, with connections of its own. */
final class Php {

    /** Laravel's settings, as environment variables. */
    final Map<String, String> settings = new HashMap<>(Map.of("DB_SEARCH_PATH", "laravel"));

    private final String program;
    private final String dsn;
    private final String user;

    Php(String program, String url) {
        this.program = program;
        URI uri = URI.create(url.replaceFirst("^jdbc:", ""));
        if (uri.isOpaque() || uri.getHost() == null) {
            dsn = uri.toString();
            user = "";
        } else {
            dsn = (uri.getScheme().equals("postgresql") ? "pgsql" : "mysql") + ":host=" + uri.getHost() + ";port="
                    + uri.getPort() + ";dbname=" + uri.getPath().substring(1);
            user = uri.getQuery().replaceAll("(^|.*&)user=([^&]*).*", "$2");
        }
    }

    /** What plays Laravel; {@code SANCTUM_TEST_LARAVEL} names another program with the same commands, a real Laravel for one. */
    static Php laravel(String url) {
        return new Php(Objects.requireNonNullElse(System.getenv("SANCTUM_TEST_LARAVEL"), resource("laravel.php")), url);
    }

    /** Laravel's own components. */
    static Php illuminate(String url) {
        return new Php(resource("illuminate.php"), url);
    }

    static String resource(String name) {
        return Path.of("src", "test", "resources", name).toString();
    }

    JsonNode ask(String command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("php", program, dsn, user, command));
        line.addAll(List.of(arguments));
        return JsonMapper.shared().readTree(run(line, settings));
    }

    static void assumeInstalled(LaravelDatabase database) throws InterruptedException {
        String driver = switch (database) {
            case MARIADB -> "mysql";
            case POSTGRESQL -> "pgsql";
            case SQLITE -> "sqlite";
        };
        assume(
                "in_array('" + driver + "', PDO::getAvailableDrivers())",
                "php with its PDO driver " + driver + " to test beside a PHP");
    }

    static void assumeIlluminate() throws InterruptedException {
        assume(
                "(bool) stream_resolve_include_path('Illuminate/autoload.php') && extension_loaded('mbstring')",
                "php-laravel-framework and php-mbstring (Debian has them) to test beside Laravel's own components");
    }

    private static void assume(String condition, String what) throws InterruptedException {
        String why = "install " + what;
        try {
            if (run(List.of("php", "-r", "echo json_encode(" + condition + ");"), Map.of())
                    .equals("true")) {
                return;
            }
        } catch (IOException e) {
            why += ": " + e.getMessage();
        }
        if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
            fail(why);
        }
        Assumptions.abort(why);
    }

    private static String run(List<String> line, Map<String, String> settings)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().putAll(settings);
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(answer).isZero();
        return answer;
    }
}
