package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.http.Diagnosis;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;
import org.springframework.test.context.TestPropertySource;

/** An application that brings its own repository of CSRF tokens keeps it, and clients notice nothing. */
@Import(OwnCsrfRepositoryTest.Own.class)
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:owncsrf;DB_CLOSE_DELAY=-1")
class OwnCsrfRepositoryTest extends AppTest {

    @TestConfiguration(proxyBeanMethods = false)
    static class Own {
        @Bean
        CsrfTokenRepository csrfTokens() {
            HttpSessionCsrfTokenRepository repository = new HttpSessionCsrfTokenRepository();
            repository.setHeaderName("X-OWN");
            return repository;
        }
    }

    @Autowired
    Diagnosis diagnosis;

    @Test
    void isUsedAndToldInTheCookie() {
        Http.Answer unknown = http.get("/api/whoami", http.origin());
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.cookies()).isEmpty(); // whom its sessions are for, the application knows

        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
        String token = http.cookies.get("XSRF-TOKEN");
        assertThat(token).matches("[0-9a-f-]{36}"); // theirs, not ours
        String json = "Content-Type: application/json";

        assertThat(http.page("POST", "/api/orders", "{}").status()).isEqualTo(200);
        assertThat(http.withCookies("POST", "/api/orders", "{}", json, http.origin(), "X-OWN: " + token)
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies(
                                "POST",
                                "/api/orders",
                                "{}",
                                json,
                                http.origin(),
                                "X-XSRF-TOKEN: " + token.replace("-", "%2D"))
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies("POST", "/api/orders", "{}", json, http.origin())
                        .status())
                .isEqualTo(419);
        assertThat(diagnosis.findings()).isEmpty();
    }
}
