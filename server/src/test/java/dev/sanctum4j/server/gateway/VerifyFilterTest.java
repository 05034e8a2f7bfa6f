package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.gateway.OriginalRequest.Source;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What the filter makes of answers that nobody planned, and whom it believes. */
class VerifyFilterTest {

    private final VerifyFilter filter = new VerifyFilter(
            new GatewayProperties(Source.X_ORIGINAL, List.of("10.0.0.0/8"), "", "", false),
            Proxies.of(List.of("10.0.0.0/8")),
            null,
            ProblemWriter.json());
    private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/verify/orders:read");
    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private final AtomicReference<Question> asked = new AtomicReference<>();

    @BeforeEach
    void comeFromAGateway() {
        from("10.0.0.7", "10.0.0.7");
        request.addHeader("X-Original-Method", "GET");
        request.addHeader("X-Original-URI", "/orders/7");
    }

    private void from(String peer, String remoteAddress) {
        request.setAttribute(PeerAddress.class.getName(), peer);
        request.setRemoteAddr(remoteAddress);
    }

    /** The rest of the chain, with an answer. */
    private interface Rest {
        void answer(Question question, HttpServletResponse response) throws IOException, ServletException;
    }

    private void ask(Rest rest) throws Exception {
        FilterChain chain = (question, answer) -> {
            asked.set((Question) question);
            rest.answer((Question) question, (HttpServletResponse) answer);
        };
        filter.doFilter(request, response, chain);
    }

    @Test
    void onlyWhoIsAllowedGets200() throws Exception {
        ask((question, answer) -> {
            question.allow();
            answer.getWriter().write("something");
        });
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getContentAsString()).isEmpty();
    }

    @Test
    void answerThatNobodyGaveIsNo() throws Exception {
        ask((question, answer) -> {});
        assertThat(response.getStatus()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "200,403", "204,403", "302,403", "304,403", "400,401", "401,401", "403,403", "404,403", "405,403", "419,403",
        "422,403", "423,403", "429,403", "500,503", "502,503", "503,503"
    })
    void everyStatusBecomesOneThatGatewaysKnow(int inside, int outside) throws Exception {
        ask((question, answer) -> {
            answer.setStatus(inside);
            answer.getWriter().write("inside");
        });
        assertThat(response.getStatus()).isEqualTo(outside);
        assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(response.getHeader("WWW-Authenticate") != null).isEqualTo(outside == 401);
        if (inside != outside) {
            assertThat(response.getContentAsString())
                    .contains("\"status\":" + outside)
                    .doesNotContain("inside");
            assertThat(response.getContentType()).isEqualTo("application/problem+json");
        }
    }

    @ParameterizedTest
    @CsvSource({"400,401", "404,403", "500,503"})
    void errorsOfTheContainerAreAnswersToo(int inside, int outside) throws Exception {
        ask((question, answer) -> answer.sendError(inside, "secret reason"));
        assertThat(response.getStatus()).isEqualTo(outside);
        assertThat(response.getContentAsString()).doesNotContain("secret reason");
    }

    @Test
    void redirectFromInsideIsNo() throws Exception {
        ask((question, answer) -> {
            question.allow();
            answer.sendRedirect("/elsewhere");
        });
        assertThat(response.getStatus()).isEqualTo(403);
    }

    @Test
    void failureIs503() throws Exception {
        ask((question, answer) -> {
            question.allow();
            throw new IllegalStateException("a secret");
        });
        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isEqualTo("1");
        assertThat(response.getContentAsString()).doesNotContain("a secret");
    }

    /** R12: what headers say about the client does not make it a gateway. */
    @Test
    void onlyTheOtherEndOfTheConnectionIsBelieved() throws Exception {
        ask((question, answer) -> {});
        assertThat(asked.get().refusal()).isNull();

        from("203.0.113.9", "10.0.0.7"); // as RemoteIpValve leaves it behind X-Forwarded-For: 10.0.0.7
        ask((question, answer) -> {});
        assertThat(asked.get().refusal())
                .isEqualTo("The question does not come from a gateway in sanctum.gateway.trusted-proxies.");
        assertThat(asked.get().original()).isEqualTo(OriginalRequest.UNKNOWN);
        assertThat(asked.get().getMethod()).isEqualTo("POST");
    }

    @Test
    void clientIsReadFromTheRightAndOnlyBehindAGateway() throws Exception {
        request.addHeader("X-Forwarded-For", "6.6.6.6, 203.0.113.9, 10.0.0.8");
        ask((question, answer) -> {});
        assertThat(asked.get().getRemoteAddr()).isEqualTo("203.0.113.9");

        from("203.0.113.1", "203.0.113.1");
        ask((question, answer) -> {});
        assertThat(asked.get().getRemoteAddr()).isEqualTo("203.0.113.1");
    }

    /** R13, R14: a gateway that passes these on may pass them to the service, too. */
    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
                    Connection=X-Original-URI
                    Connection=close, x-original-method
                    Connection=keep-alive,X-Auth-Subject
                    Connection=Authorization
                    Connection=Cookie
                    Connection=X-Forwarded-For
                    Connection=Host
                    Connection=Upgrade, HTTP2-Settings
                    Upgrade=h2c
                    Upgrade=websocket, h2c
                    Upgrade=H2C
                    Upgrade=TLS/1.2
                    Upgrade=websocket/13
                    X_Original_URI=/public
                    X-Original_URI=/public
                    X.Original.URI=/public
                    X~Original~Method=GET
                    x_original-method=GET
                    X_Forwarded_Uri=/public
                    X_Forwarded_For=127.0.0.1
                    X_HTTP_Method_Override=DELETE
                    X-Method_Override=DELETE
                    X_Auth_Subject=user:1
                    X_Auth_Actor=root
                    Mcp_Name=orders_list
                    Connection=Mcp-Name
                    X.Auth.Abilities=*
                    X_Original=/public
                    """)
    void whatReadersReadDifferentlyIsNeverAllowed(String name, String value) throws Exception {
        request.addHeader(name, value);

        ask((question, answer) -> answer.setStatus(question.refusal() == null ? 503 : 403));

        assertThat(response.getStatus()).isEqualTo(403);
        assertThat(asked.get().refusal())
                .isEqualTo("The gateway passes on what Connection or Upgrade ask for, or a second name of a header.");
    }

    /** The second line of a header says as much as the first. */
    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
                    Connection=keep-alive=X-Original-URI
                    Upgrade=websocket=h2c
                    X-Original-URI=/orders/7=/public
                    X-Original-URI=/orders/7=/orders/7
                    X-Original-Method=GET=POST
                    """)
    void secondLineOfAHeaderIsNeverAllowed(String name, String first, String second) throws Exception {
        request.removeHeader(name);
        request.addHeader(name, first);
        request.addHeader(name, second);

        ask((question, answer) -> answer.setStatus(question.refusal() == null ? 503 : 403));

        assertThat(response.getStatus()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
                    Connection=keep-alive, Upgrade
                    Connection=TE, close
                    Connection=close,
                    Upgrade=WebSocket
                    X_Request_Id=7
                    X-Authority=7
                    Upgrade-Insecure-Requests=1
                    """)
    void whatClientsSendInGoodFaithIsJudged(String name, String value) throws Exception {
        request.addHeader(name, value);

        ask((question, answer) -> question.allow());

        assertThat(response.getStatus()).isEqualTo(200);
    }

    @Test
    void otherPathsAreNotItsBusiness() throws Exception {
        for (String path : List.of("/verifyx", "/api/user", "/", "/VERIFY", "/x/verify")) {
            request.setRequestURI(path);
            AtomicReference<Object> passed = new AtomicReference<>();
            filter.doFilter(request, response, (question, answer) -> passed.set(question));
            assertThat(passed.get()).as(path).isSameAs(request);
        }
    }
}
