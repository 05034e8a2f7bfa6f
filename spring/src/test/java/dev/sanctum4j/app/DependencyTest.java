package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.plain.PlainApplication;
import com.example.undecided.Undecided;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the dependency does by itself. */
class DependencyTest {

    private static ConfigurableApplicationContext start(String... properties) {
        return start(PlainApplication.class, properties);
    }

    private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
        return new SpringApplicationBuilder(application)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "spring.security.user.name=user", // or Boot makes none beside an OAuth2 client
                        "spring.datasource.url=jdbc:h2:mem:dependency" + Math.random())
                .run(Stream.of(properties).map(one -> "--" + one).toArray(String[]::new));
    }

    private static List<String> ours(ConfigurableApplicationContext context) {
        return Stream.of(context.getBeanDefinitionNames())
                .filter(name -> name.contains("anctum"))
                .toList();
    }

    /** Those of other applications in this JVM, and ours if there are any. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("sanctum"))
                .collect(Collectors.toSet());
    }

    private static long tables(ConfigurableApplicationContext context) {
        return context
                .getBean(JdbcTemplate.class)
                .queryForList("select table_name from information_schema.tables", String.class)
                .stream()
                .filter(name -> name.equalsIgnoreCase("personal_access_tokens"))
                .count();
    }

    @Test
    void dependencyByItselfBringsAChainThatRefusesAndNothingElse() {
        Set<Thread> before = threads();
        try (var context = start()) {
            assertThat(ours(context))
                    .containsExactlyInAnyOrder(
                            "dev.sanctum4j.spring.chain.SanctumClosedAutoConfiguration", "sanctumClosedChain");
            assertThat(tables(context)).isZero();
            assertThat(threads()).isEqualTo(before);
            Http http = new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            Http.Answer answer = http.get("/api/anything", "Authorization: Bearer 1|anything");
            assertThat(answer.status()).isEqualTo(401);
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void whatWouldEndTheStartIsToldOnceAndOnlyThere(CapturedOutput output) {
        start(Undecided.class).close();
        assertThat(output.getOut().lines().filter(line -> line.contains("nothing says which one tokens would mean")))
                .singleElement()
                .asString()
                .contains("WARN", "There are 2 UserDetailsService beans", "OwnerLoader");

        start().close();
        assertThat(output.getOut().lines().filter(line -> line.contains("nothing says which one tokens would mean")))
                .hasSize(1);
    }

    @Test
    void endpointThatIsSwitchedOnBringsTheRest() {
        try (var context = start("sanctum.endpoints.tokens=true")) {
            assertThat(ours(context))
                    .contains("sanctumTokens", "sanctumTokenStore", "sanctumSecurityFilterChain")
                    .doesNotContain("sanctumClosedChain");
            assertThat(tables(context)).isOne();
        }
    }
}
