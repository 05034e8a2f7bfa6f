package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** Which cookies end where a browser has sent two of one name. */
class ExpiredCookiesTest {

    private final MockHttpServletRequest request = new MockHttpServletRequest();

    private List<String> expired(String host, String domain, String path) {
        Cookies cookies = new Cookies(new SpaProperties.Cookie("S", "X", domain, path, null, null));
        request.setServerName(host);
        MockHttpServletResponse response = new MockHttpServletResponse();
        cookies.expire("S", request, response);
        return response.getHeaders("Set-Cookie").stream()
                .map(line -> line.replaceAll("; (Max-Age=0|Expires=[^;]*)", ""))
                .toList();
    }

    @Test
    void ofThisHostAloneAndOfThoseItIsPartOf() {
        assertThat(expired("app.example.test", "", null))
                .containsExactly(
                        "S=; Path=/",
                        "S=; Path=/; Domain=app.example.test",
                        "S=; Path=/; Domain=example.test",
                        "X=; Path=/",
                        "X=; Path=/; Domain=app.example.test",
                        "X=; Path=/; Domain=example.test");
    }

    @Test
    void atOurPathAndAtThoseBefore() {
        request.setContextPath("/shop");
        assertThat(expired("localhost", "", "/api"))
                .contains(
                        "S=; Path=/api",
                        "S=; Path=/shop",
                        "S=; Path=/",
                        "X=; Path=/api",
                        "X=; Path=/shop",
                        "X=; Path=/")
                .hasSize(6);
        assertThat(expired("localhost", "", null))
                .contains("S=; Path=/shop", "S=; Path=/")
                .hasSize(4);
    }

    @Test
    void whateverTheContainerIsTold() {
        var container = request.getServletContext().getSessionCookieConfig();
        container.setDomain("example.org");
        container.setPath("/elsewhere");

        assertThat(expired("localhost", "", null)).contains("S=; Path=/elsewhere; Domain=example.org", "S=; Path=/");
    }

    /** Anybody may send any host: it is not for that to end in an error. */
    @Test
    void whateverIsSentForAHost() {
        for (String odd : List.of(
                "192.0.2.1",
                "[2001:db8::1]",
                "2001:db8::1",
                "localhost",
                "",
                ".",
                "a.",
                ".a",
                "a..b",
                "-a.b",
                "a-.b",
                "a;b.c",
                "caf\u00e9.test",
                "a.".repeat(100) + "b",
                "x".repeat(70) + "." + "y".repeat(70))) {
            assertThat(expired(odd, "", null)).as(odd).containsExactly("S=; Path=/", "X=; Path=/");
        }
        assertThat(expired("a.b.c.d.e.f.g.h.example.test", "", null)).hasSize(10);
    }
}
