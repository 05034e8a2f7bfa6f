package dev.sanctum4j.samples.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Real clients, from the npm registry, against the running application. */
class ClientsTest {

    private static final Path CLIENTS = Path.of("clients");
    private static final Path WORK = Path.of("target", "npm");

    @ParameterizedTest
    @ValueSource(strings = {"stateless", "streamable"})
    void clientsListCallAndAreRefused(String protocol) throws Exception {
        String npm = System.getenv("SANCTUM_TEST_NPM");
        if (npm == null) {
            String why = "set SANCTUM_TEST_NPM to the path of npm to test the clients from its registry";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        Files.createDirectories(WORK);
        for (String file : List.of("package.json", "package-lock.json", "check.js")) {
            Files.copy(CLIENTS.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(WORK.resolve("node_modules"))) {
            // not "ci", which wants parts for other systems that the registry has not
            run("", "", npm, "install", "--no-audit", "--no-fund", "--ignore-scripts");
        }
        try (ConfigurableApplicationContext shop = new SpringApplicationBuilder(Shop.class)
                .properties("PORT=0")
                .run("--spring.ai.mcp.server.protocol=" + protocol)) {
            String base = "http://localhost:" + shop.getEnvironment().getRequiredProperty("local.server.port");
            String token = shop.getBean(Tokens.class)
                    .issue(TokenRequest.of(Owner.of("user", "ada"), "agent", "orders:read"))
                    .plainText()
                    .reveal();
            assertThat(run(base, token, npm, "test")).contains("\nok  ");
        }
    }

    private static String run(String base, String token, String... command) throws Exception {
        Path output = WORK.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("MCP_URL", base + "/mcp");
        builder.environment().put("MCP_TOKEN", token);
        builder.environment().put("MCP_TOKEN_PAGE", base + "/tokens.html");
        Process process = builder.start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
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
