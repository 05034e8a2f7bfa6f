package dev.sanctum4j.mcpapp;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Running applications, one for each set of settings that a test class asks for. */
abstract class McpTest {

    static final Owner ANN = Owner.of("user", "ann");
    static final Owner BOB = Owner.of("user", "bob");

    /** Each starts once for a test class. */
    private static final Map<List<String>, ConfigurableApplicationContext> RUNNING = new ConcurrentHashMap<>();

    /** An application. */
    record Server(ConfigurableApplicationContext context) {

        int port() {
            return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        }

        Mcp client() {
            return new Mcp(port());
        }

        /** A client with a new token, and in a session, if it has one. */
        Mcp client(Owner owner, String... abilities) {
            return client().as(issue(owner, abilities).plainText().reveal()).inSession();
        }

        NewToken issue(Owner owner, String... abilities) {
            return tokens().issue(TokenRequest.of(owner, "agent", abilities));
        }

        Tokens tokens() {
            return context.getBean(Tokens.class);
        }

        List<List<String>> denied() {
            return context.getBean(Shop.Heard.class).denied.stream()
                    .map(event -> event.missing())
                    .toList();
        }

        void forget() {
            context.getBean(Shop.Heard.class).denied.clear();
        }
    }

    static Server server(String protocol, String... settings) {
        List<String> all = new ArrayList<>(List.of("spring.ai.mcp.server.protocol=" + protocol));
        all.addAll(List.of(settings));
        return new Server(RUNNING.computeIfAbsent(all, McpTest::start));
    }

    static ConfigurableApplicationContext start(List<String> settings, Class<?>... more) {
        List<String> all = new ArrayList<>(List.of(
                "server.port=0",
                "spring.datasource.url=jdbc:h2:mem:mcp" + RUNNING.size() + System.nanoTime(),
                "server.tomcat.max-swallow-size=-1", // or who still sends sees a reset, and no answer
                "spring.main.banner-mode=off"));
        all.addAll(settings);
        return new SpringApplicationBuilder(
                        Stream.concat(Stream.of(Shop.class), Stream.of(more)).toArray(Class<?>[]::new))
                .properties(all.toArray(String[]::new))
                .run();
    }

    private static ConfigurableApplicationContext start(List<String> settings) {
        return start(settings, new Class<?>[0]);
    }

    @AfterAll
    static void stop() {
        RUNNING.values().forEach(ConfigurableApplicationContext::close);
        RUNNING.clear();
    }
}
