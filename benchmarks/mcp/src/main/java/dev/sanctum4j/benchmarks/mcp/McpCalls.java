package dev.sanctum4j.benchmarks.mcp;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.RequiresAbility;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;

/**
 * Calls one tool in turns, of applications in one process: open, with tokens and without the guards, and with the guards; and one that is
 * refused. Counts what the server's threads work, not what they wait for. Ends with 1 if the guards cost more than they may, or a refused call
 * costs no less than one that is allowed.
 */
@SpringBootApplication
public class McpCalls {

    private static final int WARM_UP = 3_000;
    private static final int ROUNDS = 60;
    private static final int CALLS = 100;

    /** Times a call with tokens only. */
    private static final double LIMIT = 1.15;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ann").password("{noop}secret").build());
    }

    /** Everything else as with the others, and nobody asked. */
    @Bean
    @ConditionalOnBooleanProperty("benchmark.open")
    SecurityFilterChain open(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }

    /** What is called. */
    @Component
    static class OrderTools {

        @McpTool(name = "order", description = "Reads an order.")
        public String open(@McpToolParam(description = "its id") String id) {
            return "order " + id;
        }

        @McpTool(name = "orders_read", description = "Reads an order.")
        @RequiresAbility("orders:read")
        public String read(@McpToolParam(description = "its id") String id) {
            return "order " + id;
        }

        @McpTool(name = "orders_refund", description = "Gives the money of an order back.")
        @RequiresAbility("orders:refund")
        public String refund(@McpToolParam(description = "its id") String id) {
            return "refunded " + id;
        }
    }

    /** One of what is compared. */
    private record Kind(String name, HttpRequest request, int status, String threads, List<Double> micros) {

        double median() {
            return micros.stream().sorted().toList().get(micros.size() / 2);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        List<ConfigurableApplicationContext> applications = new ArrayList<>();
        Map<String, List<String>> settings = new LinkedHashMap<>();
        settings.put("open", List.of("--sanctum.mcp.enabled=false", "--benchmark.open=true"));
        settings.put("tokens only", List.of("--sanctum.mcp.enabled=false", "--sanctum.paths=/api/**,/mcp"));
        settings.put("guarded", List.of());
        List<Kind> kinds = new ArrayList<>();
        for (Map.Entry<String, List<String>> one : settings.entrySet()) {
            List<String> all = new ArrayList<>(List.of(
                    "--server.port=0",
                    "--server.tomcat.threads.max=4",
                    "--spring.main.banner-mode=off",
                    "--logging.level.root=warn",
                    "--spring.ai.mcp.server.protocol=stateless",
                    "--spring.datasource.url=jdbc:h2:mem:" + kinds.size()));
            all.addAll(one.getValue());
            ConfigurableApplicationContext application =
                    new SpringApplicationBuilder(McpCalls.class).run(all.toArray(String[]::new));
            applications.add(application);
            String threads = "http-nio-auto-" + applications.size() + "-exec-";
            if (one.getKey().equals("open")) {
                kinds.add(kind("open", application, "order", 200, threads));
            } else {
                kinds.add(kind(one.getKey(), application, "orders_read", 200, threads));
            }
        }
        kinds.add(kind("guarded, refused", applications.get(2), "orders_refund", 403, "http-nio-auto-3-exec-"));
        for (Kind kind : kinds) {
            call(kind, WARM_UP);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (Kind kind : kinds) {
                long before = worked(kind);
                call(kind, CALLS);
                kind.micros().add((worked(kind) - before) / 1_000.0 / CALLS);
            }
        }
        Kind tokens = kinds.get(1);
        Kind guarded = kinds.get(2);
        Kind refused = kinds.get(3);
        for (Kind kind : kinds) {
            System.out.printf(
                    "%-18s %6.1f us of the server's processor a call, %.2f of a call with tokens only%n",
                    kind.name(), kind.median(), kind.median() / tokens.median());
        }
        applications.forEach(ConfigurableApplicationContext::close);
        if (guarded.median() > LIMIT * tokens.median() || refused.median() >= guarded.median()) {
            System.err.printf(
                    "a guarded call may cost %.2f of a call with tokens only, and a refused one less than it%n", LIMIT);
            System.exit(1);
        }
    }

    private static Kind kind(
            String name, ConfigurableApplicationContext application, String tool, int status, String threads) {
        String token = application
                .getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", "ann"), "agent", "orders:read"))
                .plainText()
                .reveal();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:"
                        + application.getEnvironment().getRequiredProperty("local.server.port") + "/mcp"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                                + "\",\"arguments\":{\"id\":\"7\"}}}"));
        if (!name.equals("open")) {
            request.header("Authorization", "Bearer " + token);
        }
        return new Kind(name, request.build(), status, threads, new ArrayList<>());
    }

    private static void call(Kind kind, int times) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            HttpResponse<String> answer = HTTP.send(kind.request(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != kind.status()
                    || kind.status() == 200 && !answer.body().contains("order 7")) {
                throw new IllegalStateException(kind.name() + ": " + answer.statusCode() + " " + answer.body());
            }
        }
    }

    /** Nanoseconds that the threads of its connector have worked so far. */
    private static long worked(Kind kind) {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            var thread = THREADS.getThreadInfo(id);
            if (thread != null && thread.getThreadName().startsWith(kind.threads())) {
                sum += Math.max(0, THREADS.getThreadCpuTime(id));
            }
        }
        return sum;
    }
}
