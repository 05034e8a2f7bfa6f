package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.test.context.TestPropertySource;

/**
 * R42: what a sibling host plants beside or instead of the session cookie, byte by byte as a browser may send it. The victim
 * is who they are or nobody, and never the attacker, whose session is a valid one.
 */
@Import(PlantedCookiesTest.SpringSession.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:planted;DB_CLOSE_DELAY=-1",
            "server.forward-headers-strategy=native"
        })
class PlantedCookiesTest extends AppTest {

    @TestConfiguration(proxyBeanMethods = false)
    @EnableSpringHttpSession
    static class SpringSession {
        @Bean
        MapSessionRepository sessions(SessionIdGenerator ids) {
            MapSessionRepository sessions = new MapSessionRepository(new ConcurrentHashMap<>());
            sessions.setSessionIdGenerator(ids);
            return sessions;
        }
    }

    private static final String NAME = "__Host-SESSION";
    /** U+2000 in UTF-8, which browsers do not take for a space and some servers trim. */
    private static final String WIDE_SPACE = "\u00e2\u0080\u0080";

    @Autowired
    ServletWebServerApplicationContext server;

    private String own = "";
    private String planted = "";

    @BeforeEach
    void bothSignIn() {
        own = signIn("ada@example.test");
        planted = signIn("bob@example.test");
    }

    private String signIn(String email) {
        Http browser = new Http(port);
        signIn(browser, email, false);
        return String.valueOf(browser.cookies.get(NAME));
    }

    private Http.Answer signIn(Http browser, String email, boolean remember) {
        String[] https = {"X-Forwarded-Proto: https", "Origin: https://app.example.test"};
        browser.withCookies("GET", "/sanctum/csrf-cookie", "", https);
        List<String> headers = new ArrayList<>(List.of(https));
        headers.add("X-XSRF-TOKEN: " + browser.cookies.get("XSRF-TOKEN"));
        headers.add("Content-Type: application/json");
        String body =
                "{\"email\":\"" + email + "\",\"password\":\"" + App.PASSWORD + "\",\"remember\":" + remember + "}";
        Http.Answer answer = browser.withCookies("POST", "/login", body, headers.toArray(String[]::new));
        assertThat(answer.status()).isEqualTo(204);
        return answer;
    }

    @Test
    void sessionOfTheNextSignInIsNotRememberedForTheOneBefore() {
        Http browser = new Http(port);
        for (boolean remember : new boolean[] {true, false, true, false}) {
            Http.Answer answer = signIn(browser, remember ? "ada@example.test" : "bob@example.test", remember);
            assertThat(answer.cookies().stream().filter(line -> line.startsWith(NAME + "=")))
                    .singleElement(as(STRING))
                    .matches(line -> line.contains("; Max-Age=") == remember, "outlives the browser: " + remember);
        }
    }

    private String who(String... cookies) {
        List<String> headers = new ArrayList<>(List.of("X-Forwarded-Proto: https", "Origin: https://app.example.test"));
        for (String line : cookies) {
            headers.add("Cookie: " + line.replace("OWN", own).replace("PLANTED", planted));
        }
        Http.Answer answer = http.get("/api/whoami", headers.toArray(String[]::new));
        return answer.status() == 200 ? answer.json().get("name").asString() : Integer.toString(answer.status());
    }

    @Test
    void containerIsTheOneThatIsMeant() {
        assertThat(server.getWebServer().getClass().getSimpleName())
                .startsWith(getClass().isAnnotationPresent(OnJetty.class) ? "Jetty" : "Tomcat");
    }

    @Test
    void oneCookieIsTheSession() {
        assertThat(who(NAME + "=OWN")).isEqualTo("ada@example.test");
        assertThat(who("a=b; " + NAME + "=OWN; c=d")).isEqualTo("ada@example.test");
        assertThat(who("a=b", NAME + "=OWN")).isEqualTo("ada@example.test");
    }

    @Test
    void nothingElseIsTakenForTheSessionCookie() {
        for (String line : List.of(
                "SESSION=PLANTED",
                "__host-SESSION=PLANTED",
                "__HOST-SESSION=PLANTED",
                "__Host-session=PLANTED",
                "__Secure-SESSION=PLANTED",
                WIDE_SPACE + NAME + "=PLANTED",
                NAME + WIDE_SPACE + "=PLANTED",
                "\u0085" + NAME + "=PLANTED",
                "\u00a0" + NAME + "=PLANTED",
                "=" + NAME + "=PLANTED",
                "$Version=1; SESSION=PLANTED",
                "$Version=1; $" + NAME + "=PLANTED",
                "$" + NAME + "=PLANTED",
                "a=b, " + NAME + "=PLANTED",
                "a=\"b, " + NAME + "=PLANTED\"",
                "a=" + NAME + "=PLANTED",
                NAME + "=",
                NAME,
                NAME + "=\"PLANTED\"",
                NAME + "=PLANTED; " + NAME + "=PLANTED")) {
            assertThat(who(line)).as(line).isEqualTo("401");
        }
    }

    /** Of two with its name none counts; what has another name changes nothing. */
    @Test
    void whatIsPlantedBesideItNeverWins() {
        for (String line : List.of(
                NAME + "=PLANTED; " + NAME + "=OWN",
                NAME + "=OWN; " + NAME + "=PLANTED",
                NAME + "=\"PLANTED\"; " + NAME + "=OWN",
                NAME + "=; " + NAME + "=OWN",
                "$Version=1; " + NAME + "=\"PLANTED\"; $Path=/; " + NAME + "=OWN",
                "$Version=\"1\"; " + NAME + "=\"PLANTED\"; $Path=/; $Domain=localhost; " + NAME + "=OWN",
                "a=\"b; " + NAME + "=PLANTED; " + NAME + "=OWN; c=d\"",
                NAME + "=OWN; a=\"; " + NAME + "=PLANTED; b=\"",
                "a=\"; " + NAME + "=OWN; b=\"; " + NAME + "=PLANTED",
                NAME + "\t=PLANTED; " + NAME + "=OWN",
                NAME + " = PLANTED; " + NAME + "=OWN")) {
            assertThat(who(line)).as(line).isEqualTo("401");
        }
        assertThat(who(NAME + "=PLANTED", NAME + "=OWN")).isEqualTo("401");
        assertThat(who(NAME + "=OWN", NAME + "=PLANTED")).isEqualTo("401");
        for (String line : List.of(
                WIDE_SPACE + NAME + "=PLANTED; " + NAME + "=OWN",
                NAME + "=OWN; " + WIDE_SPACE + NAME + "=PLANTED",
                "=" + NAME + "=PLANTED; " + NAME + "=OWN",
                "SESSION=PLANTED; " + NAME + "=OWN",
                "a=b, " + NAME + "=PLANTED; " + NAME + "=OWN",
                "a=\"; " + NAME + "=OWN", // a quote that is never closed takes nothing away
                "a=\"; " + NAME + "=OWN; b=\"")) {
            assertThat(who(line)).as(line).isEqualTo("ada@example.test");
        }
    }
}
