package dev.sanctum4j.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The pages of the samples: real clients from the npm registry, in a real browser, against the running application. Those whose
 * tools are large, vue, angular and next, have to be named: {@code -Dpages=react,next}.
 */
class PagesTest {

    private static final Path SAMPLES = Path.of("..");
    private static final Path WORK = Path.of("target", "npm");

    /** Where samples look for it, beside {@link #WORK} as beside themselves. */
    private static final Path PACKAGE = Path.of("ui", "target", "sanctum4j-ui-npm.tgz");

    private static String npm = "";
    private static int pagePort;
    private static ConfigurableApplicationContext server;
    private static HttpServer late;

    @BeforeAll
    static void start() throws IOException {
        for (String needed : List.of("SANCTUM_TEST_NPM", "SANCTUM_TEST_CHROMIUM")) {
            if (System.getenv(needed) == null) {
                String why = "set " + needed + " to the path of the program to test the clients from npm";
                if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                    fail(why);
                }
                Assumptions.abort(why);
            }
        }
        npm = System.getenv("SANCTUM_TEST_NPM");
        pagePort = freePort();
        server = new SpringApplicationBuilder(Orders.class)
                .properties("PORT=0", "SANCTUM_STATEFUL=http://app.dev.localhost:" + pagePort)
                .run();
        late = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        late.createContext("/", PagesTest::passTheTime);
        late.start();
        copy(SAMPLES.resolve("stage.js"));
        Path packed = WORK.resolveSibling(PACKAGE);
        Files.createDirectories(packed.getParent());
        Files.copy(
                Path.of("../..").resolve(PACKAGE),
                packed,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Whatever programs have asked for is over. */
    private static void passTheTime(HttpExchange asked) throws IOException {
        int over = server.getBean(JdbcTemplate.class)
                .update("update sanctum_requests set expires_at = ?", System.currentTimeMillis() - 1);
        asked.sendResponseHeaders(over > 0 ? 204 : 404, -1);
        asked.close();
    }

    /** One that no client is given meanwhile: those begin at 32768. */
    private static int freePort() throws IOException {
        for (int port = ThreadLocalRandom.current().nextInt(20_000, 30_000); ; port++) {
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                // somebody has it
            }
        }
    }

    @AfterAll
    static void stop() {
        if (late != null) {
            late.stop(0);
        }
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @MethodSource
    void sampleWorks(String sample) throws Exception {
        try (Stream<Path> files = Files.walk(SAMPLES.resolve(sample))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*/(node_modules|\\.nuxt|\\.output)/.*"))
                    .toList()) {
                copy(file);
            }
        }
        Path folder = WORK.resolve(sample);
        Path installed = folder.resolve("node_modules");
        if (!Files.exists(installed)
                || lastChanged(installed).compareTo(lastChanged(WORK.resolveSibling(PACKAGE))) < 0) {
            run(folder, npm, "ci", "--no-audit", "--no-fund");
        }
        assertThat(run(folder, npm, "test"))
                .contains("\nok  ")
                .contains(sample.equals("ask") ? "\nok  nobody answers in time" : "");
    }

    static List<String> sampleWorks() {
        return List.of(System.getProperty("pages", "spa,echo,nuxt,react,ask").split(",", -1));
    }

    private static FileTime lastChanged(Path file) throws IOException {
        return Files.getLastModifiedTime(file);
    }

    private static void copy(Path file) throws IOException {
        Path target = WORK.resolve(SAMPLES.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String run(Path folder, String... command) throws Exception {
        Path output = WORK.resolve(folder.getFileName() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .put(
                        "SANCTUM_URL",
                        "http://api.dev.localhost:" + server.getEnvironment().getRequiredProperty("local.server.port"));
        builder.environment()
                .put("SANCTUM_LATE", "http://localhost:" + late.getAddress().getPort());
        builder.environment().put("SAMPLE_PORT", Integer.toString(pagePort));
        builder.environment().put("NUXT_TELEMETRY_DISABLED", "1");
        builder.environment().put("NEXT_TELEMETRY_DISABLED", "1");
        Process process = builder.start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s%n%s", String.join(" ", command), Files.readString(output))
                .isTrue();
        return Files.readString(output);
    }
}
