package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** Sessions of nobody, which one address may make so many of and no more. */
@Import(StepUpTest.Time.class) // whose minute does not end
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:anonymous;DB_CLOSE_DELAY=-1")
class AnonymousSessionTest extends AppTest {

    @Test
    void firstLoadsCountAmongThem() {
        int made = 0;
        while (!new Http(port).page("GET", "/api/whoami", "").cookies().isEmpty() && made < 1_000) {
            made++;
        }
        assertThat(made).isLessThanOrEqualTo(120);
        assertThat(new Http(port).page("GET", "/sanctum/csrf-cookie", "").status())
                .isEqualTo(429);
    }

    @Test
    void anonymousSessionsOfOneAddressAreBounded() {
        int made = 0;
        int status = 204;
        while (status == 204 && made < 1_000) {
            status = new Http(port).page("GET", "/sanctum/csrf-cookie", "").status();
            made++;
        }
        assertThat(status).isEqualTo(429);
        Http.Answer unknown = new Http(port).page("GET", "/api/whoami", "");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.cookies()).isEmpty();
        Http.Answer refused = new Http(port).page("POST", "/login", "{}");
        assertThat(refused.status()).isEqualTo(419);
        assertThat(refused.cookies()).isEmpty();
    }
}
