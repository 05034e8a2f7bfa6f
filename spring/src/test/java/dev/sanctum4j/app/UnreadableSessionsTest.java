package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.app.EndpointsBesideChainsTest.InSession;
import dev.sanctum4j.spring.spa.Tries;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;

/** Sessions that the application keeps in its database by Spring Session, and that cannot be read: at our doors they are none. */
class UnreadableSessionsTest {

    private static final List<byte[]> DAMAGES = List.of(
            new byte[0],
            "nothing of the kind".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r'},
            new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 't', 0, 1, 'x'}); // a text, where another class may be expected

    /** What may be a text, and what nobody takes for one without looking. */
    private static final Pattern TEXTS =
            Pattern.compile("sanctum\\..*|dev\\.sanctum4j\\..*|.*PRINCIPAL_NAME_INDEX_NAME");

    @Configuration(proxyBeanMethods = false)
    @EnableJdbcHttpSession
    static class Kept {}

    @Configuration(proxyBeanMethods = false)
    @EnableJdbcHttpSession
    @Import(InSession.class)
    static class KeptBesideAChain {}

    private static ConfigurableApplicationContext start(Class<?> chains, String... more) {
        String[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = "spring.sql.init.schema-locations=classpath:org/springframework/session/jdbc/schema-h2.sql";
        return EndpointsBesideChainsTest.start(chains, all);
    }

    @Test
    void sessionOfTheApplicationThatCannotBeReadIsNobodyAtOurEndpoints() {
        try (var context = start(KeptBesideAChain.class)) {
            Set<String> attributes = everyDamage(
                    context,
                    http -> {
                        EndpointsBesideChainsTest.signIn(http, "ada@example.test");
                        return http.withCookies("GET", "/api/tokens", "");
                    },
                    http -> {
                        Http.Answer read = http.withCookies("GET", "/api/tokens", "");
                        assertThat(EndpointsBesideChainsTest.create(http).status())
                                .isBetween(400, 499);
                        return read;
                    });
            assertThat(attributes).hasSize(2);
        }
    }

    @Test
    void sessionOfAPageThatCannotBeReadIsNoneAndAnotherBegins() {
        try (var context = start(Kept.class, "sanctum.spa.stateful=self", "sanctum.spa.cookie.session-name=SESSION")) {
            Set<String> attributes = everyDamage(
                    context,
                    http -> {
                        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
                        return http.page("GET", "/api/whoami", "");
                    },
                    http -> {
                        Http.Answer read = http.page("GET", "/api/whoami", "");
                        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
                        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
                        assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
                        return read;
                    });
            assertThat(attributes).hasSizeGreaterThan(5);
        }
    }

    /** Damages each attribute in each way, and one that the application put there; returns which there were. */
    private static Set<String> everyDamage(
            ConfigurableApplicationContext context,
            Function<Http, Http.Answer> signIn,
            Function<Http, Http.Answer> goOn) {
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        Set<String> all = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        do {
            String name = "";
            for (byte[] bytes : DAMAGES) {
                Tries.forget(context);
                jdbc.update("delete from SPRING_SESSION");
                Http http = EndpointsBesideChainsTest.http(context);
                assertThat(signIn.apply(http).status()).isEqualTo(200);
                all.addAll(jdbc.queryForList(
                        "select distinct ATTRIBUTE_NAME from SPRING_SESSION_ATTRIBUTES", String.class));
                name = all.stream()
                        .filter(one -> !seen.contains(one))
                        .findFirst()
                        .orElseThrow();
                jdbc.update(
                        "update SPRING_SESSION_ATTRIBUTES set ATTRIBUTE_BYTES = ? where ATTRIBUTE_NAME = ?",
                        bytes,
                        name);
                boolean readable = bytes.length == 8 && TEXTS.matcher(name).matches();
                Http.Answer read = goOn.apply(http);
                assertThat(read.status())
                        .as("%s %s", name, List.of(bytes.length))
                        .isIn(readable ? List.of(200, 401) : List.of(401));
                if (!readable) {
                    assertThat(read.header("Content-Type")).isEqualTo("application/problem+json");
                    assertThat(read.header("WWW-Authenticate")).startsWith("Bearer");
                    assertThat(jdbc.queryForList(
                                    "select ATTRIBUTE_BYTES from SPRING_SESSION_ATTRIBUTES where ATTRIBUTE_NAME = ?",
                                    byte[].class,
                                    name))
                            .as("it is the application's: " + name)
                            .contains(bytes);
                }
            }
            seen.add(name);
        } while (!seen.containsAll(all));
        return all;
    }
}
