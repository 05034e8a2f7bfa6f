package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.Sanctum;
import dev.sanctum4j.spring.broadcasting.BroadcastingProperties;
import dev.sanctum4j.spring.broadcasting.ChannelMember;
import dev.sanctum4j.spring.broadcasting.ChannelRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Clients of Pusher's protocol. Key, secret, socket and the private channel's signature are those
 * of Pusher's documentation; the presence channel's was made by OpenSSL. */
@Import(BroadcastingTest.Rules.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:broadcasting;DB_CLOSE_DELAY=-1",
            "sanctum.broadcasting.key=278d425bdf160c739803",
            "sanctum.broadcasting.secret=7ad3773142a6692b25b8"
        })
class BroadcastingTest extends AppTest {

    private static final String JOIN = "{\"socket_id\":\"1234.1234\",\"channel_name\":\"%s\"}";

    @TestConfiguration(proxyBeanMethods = false)
    static class Rules {
        @Bean
        ChannelRule channels() {
            return (caller, channel) -> channel.startsWith("foo") && Sanctum.can("chat")
                    ? Optional.of(new ChannelMember("10", Map.of("name", "Mr. Channels")))
                    : Optional.empty();
        }
    }

    @Autowired
    BroadcastingProperties properties;

    private String token() {
        return bearer(issue(ADA, "chat"));
    }

    @Test
    void privateChannelIsSignedAsPusherDoes() {
        Http.Answer answer = http.post("/broadcasting/auth", JOIN.formatted("private-foobar"), token());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("auth").asString())
                .isEqualTo("278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
        assertThat(answer.json().has("channel_data")).isFalse();
    }

    @Test
    void presenceChannelIsSignedWithItsMember() {
        JsonNode answer = http.post("/api/broadcasting/auth", JOIN.formatted("presence-foobar"), token())
                .json();

        assertThat(answer.get("channel_data").asString())
                .isEqualTo("{\"user_id\":\"10\",\"user_info\":{\"name\":\"Mr. Channels\"}}");
        assertThat(answer.get("auth").asString())
                .isEqualTo("278d425bdf160c739803:4c6d8fc42a207ba96a0779844171b0bb819d96ffceef9609f5cce596ab17a800");
    }

    @Test
    void formAndSessionWorkAsWell() {
        assertThat(http.send(
                                "POST",
                                "/broadcasting/auth",
                                "socket_id=1234.1234&channel_name=private-foobar",
                                "Content-Type: application/x-www-form-urlencoded",
                                token())
                        .json()
                        .get("auth")
                        .asString())
                .endsWith("58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
        http.signIn("ada@example.test");
        assertThat(http.page("POST", "/broadcasting/auth", JOIN.formatted("private-foobar"))
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies(
                                "POST",
                                "/broadcasting/auth",
                                JOIN.formatted("private-foobar"),
                                "Content-Type: application/json",
                                http.origin())
                        .status())
                .isEqualTo(419);
    }

    @Test
    void nobodyElseJoins() {
        assertThat(http.post("/broadcasting/auth", JOIN.formatted("private-foobar"))
                        .status())
                .isEqualTo(401);
        assertThat(http.post("/broadcasting/auth", JOIN.formatted("private-other"), token())
                        .status())
                .isEqualTo(403);
        assertThat(http.post("/broadcasting/auth", JOIN.formatted("private-foobar"), bearer(issue(ADA, "a")))
                        .status())
                .isEqualTo(403);
    }

    /** What is signed is text with colons between; none may come from the client. */
    @Test
    void whatCouldBeSignedForSomethingElseIsRefused() {
        for (String channel : List.of(
                "foobar", "private-", "private-foo:bar", "private-encrypted", "private-foo\\nbar", "private-foo bar")) {
            Http.Answer answer = http.post("/broadcasting/auth", JOIN.formatted(channel), token());
            assertThat(answer.status()).as(channel).isIn(403, 422);
            assertThat(answer.body()).doesNotContain("278d425bdf160c739803");
        }
        for (String socket : List.of("1234", "1.2:private-foobar", "1.2\\n", "a.b", "")) {
            assertThat(http.post(
                                    "/broadcasting/auth",
                                    "{\"socket_id\":\"" + socket + "\",\"channel_name\":\"private-foobar\"}",
                                    token())
                            .status())
                    .as(socket)
                    .isEqualTo(422);
        }
    }

    @Test
    void secretIsNotShown() {
        assertThat(properties.toString()).doesNotContain("7ad3773142a6692b25b8");
    }
}
