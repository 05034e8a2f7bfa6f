package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.provider.Browser;
import dev.sanctum4j.provider.Provider;
import dev.sanctum4j.spring.people.People;
import dev.sanctum4j.spring.people.Person;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.Authentication;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The record of people, with a provider that signs them in and a browser that goes there and back. */
class PeopleOfAProviderTest {

    private static final Provider PROVIDER = new Provider();
    private static ConfigurableApplicationContext shop;
    private static String base;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableJdbcHttpSession
    static class Shop {

        @Bean
        StepUpTest.MovedClock clock() {
            return new StepUpTest.MovedClock();
        }

        @RestController
        static class Routes {

            @GetMapping("/hello")
            String hello(Authentication caller) {
                return "hello " + caller.getName();
            }

            @GetMapping("/api/me")
            String me(Authentication caller) {
                return caller.getName() + " by "
                        + caller.getPrincipal().getClass().getSimpleName();
            }
        }
    }

    @BeforeAll
    static void start() {
        Map<String, String> settings = new HashMap<>(PROVIDER.settings("idp"));
        settings.putAll(Map.of(
                "server.port", "0",
                "spring.sql.init.schema-locations", "classpath:org/springframework/session/jdbc/schema-h2.sql",
                "spring.datasource.url", "jdbc:h2:mem:people-of-a-provider",
                "sanctum.people", "on",
                "sanctum.endpoints.tokens", "true",
                "sanctum.spa.stateful", "self"));
        shop = new SpringApplicationBuilder(Shop.class)
                .run(settings.entrySet().stream()
                        .map(one -> "--" + one.getKey() + "=" + one.getValue())
                        .toArray(String[]::new));
        base = "http://localhost:" + shop.getEnvironment().getRequiredProperty("local.server.port");
    }

    @AfterAll
    static void stop() {
        shop.close();
        PROVIDER.close();
    }

    private static Person person(String subject) {
        return shop.getBean(People.class).find(PROVIDER.issuer(), subject).orElseThrow();
    }

    private static int status(String token) {
        return new Http(Integer.parseInt(base.substring(base.lastIndexOf(':') + 1)))
                .get("/api/me", "Authorization: Bearer " + token)
                .status();
    }

    @Test
    void sessionAndTokenOfWhoeverSignsInHaveOneOwnerAndOneName() {
        PROVIDER.put("ann", "00u-1", Map.of("name", "Ann Lee", "email", "ann@acme.test"));
        Browser browser = new Browser();

        assertThat(browser.signIn(base + "/hello", "ann").body()).isEqualTo("hello 00u-1");

        assertThat(person("00u-1").displayName()).isEqualTo("Ann Lee");
        assertThat(browser.call("GET", base + "/api/me", "").body()).startsWith("00u-1 by ");
        browser.call("GET", base + "/sanctum/csrf-cookie", "");
        Browser.Page made =
                browser.call("POST", base + "/api/tokens", "{\"name\":\"ci\",\"abilities\":[\"orders:read\"]}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        Owner owner = Owner.of("user", person("00u-1").id());
        assertThat(shop.getBean(Tokens.class).list(owner)).hasSize(1);
    }

    @Test
    void tokensSleepWhenThePersonStaysAwayAndASessionThatLastsLongerDoesToo() {
        PROVIDER.put("bob", "00u-2", Map.of());
        Browser browser = new Browser();
        browser.signIn(base + "/hello", "bob");
        Owner bob = Owner.of("user", person("00u-2").id());
        String token = shop.getBean(Tokens.class)
                .issue(TokenRequest.of(bob, "ci", "*"))
                .plainText()
                .reveal();
        assertThat(status(token)).isEqualTo(200);

        StepUpTest.MovedClock clock = shop.getBean(StepUpTest.MovedClock.class);
        clock.now = clock.now.plus(Duration.ofDays(31));

        assertThat(status(token)).isEqualTo(401);
        assertThat(browser.call("GET", base + "/api/me", "").status()).isEqualTo(401);
        new Browser().signIn(base + "/hello", "bob");
        assertThat(status(token)).isEqualTo(200);
    }

    @Test
    void whoIsDisabledComesBackFromTheProviderWithoutASession() {
        PROVIDER.put("cay", "00u-3", Map.of());
        Browser before = new Browser();
        assertThat(before.signIn(base + "/hello", "cay").body()).isEqualTo("hello 00u-3");
        shop.getBean(People.class).disable(person("00u-3").id());
        assertThat(before.look(base + "/hello").status())
                .as("a session of a chain that is not ours")
                .isEqualTo(302);
        Browser browser = new Browser();

        Browser.Page page = browser.signIn(base + "/hello", "cay");

        assertThat(page.address().getPath()).isEqualTo("/login");
        assertThat(browser.look(base + "/hello").status()).isEqualTo(302);
    }

    @Test
    void twoBrowsersAtTheSameMomentAreOnePerson() throws Exception {
        PROVIDER.put("dee", "00u-4", Map.of());
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService browsers = Executors.newFixedThreadPool(2);
        try {
            List<Future<String>> both =
                    List.of(browsers.submit(() -> hello(start)), browsers.submit(() -> hello(start)));
            for (Future<String> one : both) {
                assertThat(one.get()).isEqualTo("hello 00u-4");
            }
        } finally {
            browsers.shutdownNow();
        }
        assertThat(shop.getBean(JdbcTemplate.class)
                        .queryForObject("select count(*) from sanctum_people where subject = '00u-4'", Integer.class))
                .isEqualTo(1);
    }

    private static String hello(CyclicBarrier start) throws Exception {
        start.await();
        return new Browser().signIn(base + "/hello", "dee").body();
    }
}
