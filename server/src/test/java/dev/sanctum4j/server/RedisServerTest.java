package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/** Two servers that keep their sessions in one Redis. */
@ExtendWith(TestDatabases.class)
class RedisServerTest {

    private static final String EMAIL = "root@example.test";
    private static final String PASSWORD = "correct horse battery staple";

    private static String url() {
        String url = TestDatabases.url("SANCTUM_TEST_REDIS_URL");
        if (url == null) {
            String why = "set SANCTUM_TEST_REDIS_URL to test sessions in Redis";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
            throw new IllegalStateException(why);
        }
        return url;
    }

    private static ConfigurableApplicationContext start(String redis) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .profiles("redis")
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:redis;DB_CLOSE_DELAY=-1",
                        "SANCTUM_REDIS_URL=" + redis,
                        "SANCTUM_ADMIN_EMAIL=" + EMAIL,
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run();
    }

    private static Client client(ConfigurableApplicationContext context) {
        return new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    @Test
    void signInOnOneIsASignInOnBothAndSoIsItsEnd() {
        String url = url();
        try (ConfigurableApplicationContext one = start(url);
                ConfigurableApplicationContext other = start(url)) {
            Client here = client(one);
            Client there = client(other);
            assertThat(here.signIn(EMAIL, PASSWORD)).isEqualTo(204);
            there.cookies.putAll(here.cookies);

            assertThat(there.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
            Client phone = client(other);
            phone.signIn(EMAIL, PASSWORD);
            JsonNode sessions = Client.json(here.page("GET", "/api/sessions", ""));
            assertThat(sessions).hasSize(2);
            assertThat(here.page("DELETE", "/api/sessions", "").statusCode()).isEqualTo(204);
            assertThat(phone.page("GET", "/api/user", "").statusCode()).isEqualTo(401);

            Set<String> keys = one.getBean(StringRedisTemplate.class).keys("*");
            assertThat(keys).isNotEmpty().anyMatch(key -> key.contains(":~"));
            assertThat(String.join(" ", keys)).doesNotContain(String.valueOf(here.cookies.get("sanctum_session")));

            assertThat(there.page("POST", "/logout", "").statusCode()).isEqualTo(204);
            assertThat(here.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        }
    }
}
