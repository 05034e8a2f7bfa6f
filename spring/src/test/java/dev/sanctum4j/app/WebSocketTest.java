package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.spring.Sanctum;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.stereotype.Controller;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** Sockets: by the cookie of a listed page or by a token in CONNECT, and no longer than either is valid. */
@ExtendWith(OutputCaptureExtension.class)
@Import({WebSocketTest.Broker.class, StepUpTest.Time.class})
@TestPropertySource(
        locations = "classpath:logs-without-secrets.properties",
        properties = {
            "spring.datasource.url=jdbc:h2:mem:sockets;DB_CLOSE_DELAY=-1",
            "sanctum.websocket.path=/ws",
            "sanctum.websocket.recheck=200ms",
            "logging.level.root=trace"
        })
class WebSocketTest extends AppTest {

    @TestConfiguration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Broker implements WebSocketMessageBrokerConfigurer {

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Bean
        AuthorizationManager<Message<?>> rules() {
            return MessageMatcherDelegatingAuthorizationManager.builder()
                    .simpSubscribeDestMatchers("/topic/orders")
                    .access(hasAbility("orders:read"))
                    .anyMessage()
                    .authenticated()
                    .build();
        }

        @Bean
        Echo echo() {
            return new Echo();
        }
    }

    @Controller
    static class Echo {
        @MessageMapping("/who")
        @SendTo("/topic/answers")
        String who(Principal caller) {
            return caller.getName() + " " + Sanctum.can("orders:read");
        }
    }

    /**
     * Spring answers a refused frame with ERROR and closes the socket. If the answer to CONNECT is still being written by
     * another thread, ERROR waits behind it and the closing comes first, so that a client may see only that. A socket whose
     * token or session is over is closed without ERROR, unless a frame that was still under way is refused first.
     */
    private static final String REFUSED = "ERROR .*|closed";

    @Autowired
    SimpMessagingTemplate broker;

    @Autowired
    StepUpTest.MovedClock clock;

    private final WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @AfterEach
    void stopClient() {
        client.stop();
    }

    private StompSession connect(WebSocketHttpHeaders handshake, StompHeaders connect) throws Exception {
        return client.connectAsync(
                        "ws://localhost:" + port + "/ws", handshake, connect, new StompSessionHandlerAdapter() {
                            @Override
                            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                                ended.complete("ERROR " + headers.getFirst("message"));
                            }

                            @Override
                            public void handleTransportError(StompSession session, Throwable failure) {
                                ended.complete("closed");
                            }
                        })
                .get(60, TimeUnit.SECONDS);
    }

    private StompSession withToken(String text) throws Exception {
        StompHeaders connect = new StompHeaders();
        connect.set("Authorization", "Bearer " + text);
        return connect(new WebSocketHttpHeaders(), connect);
    }

    private StompSession withToken(NewToken token) throws Exception {
        return withToken(token.plainText().reveal());
    }

    private WebSocketHttpHeaders cookies(String origin) {
        WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
        headers.set("Cookie", "SESSION=" + http.cookies.get("SESSION"));
        if (!origin.isEmpty()) {
            headers.setOrigin(origin);
        }
        return headers;
    }

    private StompSession withSession() throws Exception {
        return connect(cookies("http://localhost:" + port), new StompHeaders());
    }

    private void subscribe(StompSession session, String destination) {
        session.subscribe(destination, new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return byte[].class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                received.add(new String((byte[]) payload, StandardCharsets.UTF_8));
            }
        });
    }

    private String whoAmI(StompSession session) throws InterruptedException {
        subscribe(session, "/topic/answers");
        for (int i = 0; i < 300; i++) { // the subscription takes effect at some moment
            session.send("/app/who", new byte[0]);
            String answer = received.poll(200, TimeUnit.MILLISECONDS);
            if (answer != null) {
                return answer;
            }
        }
        return "nothing";
    }

    private String end() throws Exception {
        return ended.get(60, TimeUnit.SECONDS);
    }

    @Test
    void frameHasAsManyHeadersAsOneNeeds() throws Exception {
        StompSession session = withToken(issue(ADA, "*"));
        StompHeaders send = new StompHeaders();
        send.setDestination("/app/who");
        for (int i = 0; i < 64; i++) {
            send.add("x" + i, "x");
        }

        session.send(send, "");

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void headerHasALength() throws Exception {
        StompSession session = withToken(issue(ADA, "*"));
        StompHeaders send = new StompHeaders();
        send.setDestination("/app/who");
        send.add("x", "x".repeat(8 * 1024 + 1));

        session.send(send, "");

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void socketHasAsManySubscriptionsAsOneNeeds() throws Exception {
        StompSession session = withToken(issue(ADA, "*"));
        for (int i = 0; i < 1_500; i++) { // never more than two at a time
            StompSession.Subscription one = session.subscribe("/topic/n" + i, new StompSessionHandlerAdapter() {});
            one.unsubscribe();
        }
        assertThat(whoAmI(session)).isEqualTo("ada@example.test true");

        for (int i = 0; i < 999; i++) {
            subscribe(session, "/topic/n" + i);
        }
        session.send("/app/who", new byte[0]);
        assertThat(received.poll(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(ended).isNotDone();

        subscribe(session, "/topic/one-too-many");
        assertThat(end()).matches("ERROR There may be at most 1000 subscriptions of a socket.|closed");
    }

    @Test
    void subscriptionHasALength() throws Exception {
        subscribe(withToken(issue(ADA, "*")), "/topic/" + "x".repeat(1_000));

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void tokenInConnectSpeaksForItsOwnerAndIsInNoLog(CapturedOutput output) throws Exception {
        NewToken token = issue(ADA, "orders:read");

        assertThat(whoAmI(withToken(token))).isEqualTo("ada@example.test true");

        assertThat(output).contains("TRACE");
        assertThat(output.toString().contains(token.plainText().reveal())).isFalse();
    }

    @Test
    void sessionOfAListedPageSpeaksForItsOwner() throws Exception {
        http.signIn("ada@example.test");

        assertThat(whoAmI(withSession())).isEqualTo("ada@example.test true");
    }

    /** Nothing is merged: the token decides, though the session could do more. */
    @Test
    void tokenBesideASessionDecidesAlone() throws Exception {
        http.signIn("ada@example.test");
        StompHeaders connect = new StompHeaders();
        connect.set("Authorization", "Bearer " + issue(BOB, "a").plainText().reveal());

        assertThat(whoAmI(connect(cookies("http://localhost:" + port), connect)))
                .isEqualTo("bob@example.test false");
    }

    @Test
    void wrongTokenIsNotRescuedByASession() {
        http.signIn("ada@example.test");
        StompHeaders connect = new StompHeaders();
        connect.set("Authorization", "Bearer wrong");

        assertThatThrownBy(() -> connect(cookies("http://localhost:" + port), connect))
                .isNotNull();
    }

    /** R45. */
    @Test
    void foreignPageDoesNotGetTheHandshake() {
        http.signIn("ada@example.test");

        for (String origin : new String[] {"https://evil.test", "null", "http://localhost.evil.test"}) {
            assertThatThrownBy(() -> connect(cookies(origin), new StompHeaders()))
                    .as(origin)
                    .hasRootCauseMessage(
                            "The HTTP response from the server [403] did not permit the HTTP upgrade to WebSocket");
        }
    }

    @Test
    void sessionWithoutAnOriginDoesNotCount() {
        http.signIn("ada@example.test");

        assertThatThrownBy(() -> connect(cookies(""), new StompHeaders())).isNotNull();
    }

    @Test
    void nobodyIsNotConnected() {
        assertThatThrownBy(() -> connect(new WebSocketHttpHeaders(), new StompHeaders()))
                .isNotNull();
        String token = issue(ADA, "*").plainText().reveal();
        assertThatThrownBy(() -> client.connectAsync(
                                "ws://localhost:" + port + "/ws?access_token=" + token,
                                new StompSessionHandlerAdapter() {})
                        .get(60, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void subscriptionWithTheAbilityIsServed() throws Exception {
        subscribe(withToken(issue(ADA, "orders:read")), "/topic/orders");

        String news = null;
        for (int i = 0; i < 300 && news == null; i++) { // the subscription takes effect at some moment
            broker.convertAndSend("/topic/orders", "tea");
            news = received.poll(200, TimeUnit.MILLISECONDS);
        }
        assertThat(news).isEqualTo("tea");
        assertThat(ended).isNotDone();
    }

    @Test
    void subscriptionWithoutTheAbilityIsRefused() throws Exception {
        subscribe(withToken(issue(ADA, "orders:write")), "/topic/orders");

        assertThat(end()).matches(REFUSED);
    }

    /** The broker would take a pattern for every topic that it matches. */
    @Test
    void subscriptionToAPatternIsRefused() throws Exception {
        subscribe(withToken(issue(ADA, "orders:write")), "/topic/*");

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void socketEndsWithItsToken() throws Exception {
        NewToken token = issue(ADA, "orders:read");
        whoAmI(withToken(token));

        tokens.revoke(token.token().id());

        assertThat(end()).matches(REFUSED);
    }

    /** Else what the first token may see would go on after its end, for the socket would be the second one's. Spring sees to it. */
    @Test
    void socketIsConnectedOnce() throws Exception {
        for (String again : List.of("CONNECT", "STOMP")) {
            BlockingQueue<String> frames = new LinkedBlockingQueue<>();
            CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
            WebSocketSession socket = new StandardWebSocketClient()
                    .execute(
                            new TextWebSocketHandler() {
                                @Override
                                protected void handleTextMessage(WebSocketSession session, TextMessage frame) {
                                    frames.add(frame.getPayload());
                                }

                                @Override
                                public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
                                    closed.complete(status);
                                }
                            },
                            "ws://localhost:" + port + "/ws")
                    .get(60, TimeUnit.SECONDS);

            socket.sendMessage(connectFrame("CONNECT", issue(ADA, "orders:read")));
            assertThat(frames.poll(60, TimeUnit.SECONDS)).startsWith("CONNECTED");
            socket.sendMessage(connectFrame(again, issue(BOB, "a")));

            assertThat(closed.get(60, TimeUnit.SECONDS)).as(again).isEqualTo(CloseStatus.PROTOCOL_ERROR);
            assertThat(frames).as(again).allMatch(frame -> frame.startsWith("ERROR")); // or overtaken: see REFUSED
        }
    }

    /** The beginning of a frame is all that keeps it open for Spring, and nobody has to be anybody for that. */
    @Test
    void socketOfNobodyEndsAfterAMinute() throws Exception {
        CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
        WebSocketSession socket = new StandardWebSocketClient()
                .execute(
                        new TextWebSocketHandler() {
                            @Override
                            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
                                closed.complete(status);
                            }
                        },
                        "ws://localhost:" + port + "/ws")
                .get(60, TimeUnit.SECONDS);
        socket.sendMessage(new TextMessage("C"));

        for (int i = 0; i < 300 && !closed.isDone(); i++) { // the server notes at some moment that it is open
            clock.now = clock.now.plusSeconds(61);
            closed.copy()
                    .completeOnTimeout(CloseStatus.NO_STATUS_CODE, 200, TimeUnit.MILLISECONDS)
                    .get();
        }

        assertThat(closed).isCompletedWithValue(CloseStatus.POLICY_VIOLATION.withReason("Nobody has signed in."));
    }

    private static TextMessage connectFrame(String command, NewToken token) {
        return new TextMessage(command + "\naccept-version:1.2\nhost:localhost\nAuthorization:Bearer "
                + token.plainText().reveal() + "\n\n\0");
    }

    @Test
    void socketEndsWhenItsTokenIsNarrowed() throws Exception {
        NewToken token = issue(ADA, "orders:read", "a");
        whoAmI(withToken(token));

        tokens.narrow(token.token().id(), Abilities.of("a"));

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void socketEndsWithItsSession() throws Exception {
        http.signIn("ada@example.test");
        whoAmI(withSession());

        http.page("POST", "/logout", "");

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void socketEndsWithItsOwner() throws Exception {
        http.signIn("ada@example.test");
        whoAmI(withSession());

        people.change("ada@example.test", false);

        assertThat(end()).matches(REFUSED);
    }

    @Test
    void socketEndsWithTheRoleItWasOpenedWith() throws Exception {
        http.signIn("ada@example.test");
        whoAmI(withSession());

        people.change("ada@example.test", true, "ROLE_USER");

        assertThat(end()).matches(REFUSED);
    }
}
