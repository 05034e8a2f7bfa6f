package dev.sanctum4j.docs;

import static dev.sanctum4j.spring.Sanctum.can;
import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.spring.broadcasting.ChannelMember;
import dev.sanctum4j.spring.broadcasting.ChannelRule;
import dev.sanctum4j.spring.http.ErrorWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;

/** What the guides show and needs no running application. */
class GuidesTest {

    private static final Authentication ADA = new TestingAuthenticationToken("ada", null, "ROLE_USER");

    static class Beans {

        // tag::socket-rules
        @Bean
        AuthorizationManager<Message<?>> rules() {
            return MessageMatcherDelegatingAuthorizationManager.builder()
                    .simpSubscribeDestMatchers("/topic/orders")
                    .access(hasAbility("orders:read"))
                    .anyMessage()
                    .authenticated()
                    .build();
        }
        // end::socket-rules

        // tag::channels
        @Bean
        ChannelRule channels() {
            return (caller, channel) -> channel.equals("orders." + caller.getName()) && can("orders:read")
                    ? Optional.of(ChannelMember.of(caller.getName()))
                    : Optional.empty();
        }
        // end::channels

        // tag::token-policy
        @Bean
        TokenPolicy limits() {
            return new TokenPolicy() {
                @Override
                public @Nullable Duration maxLifetime(Owner owner) {
                    return owner.type().equals("customer") ? Duration.ofDays(30) : null;
                }

                @Override
                public int maxTokens(Owner owner) {
                    return 10;
                }
            };
        }
        // end::token-policy

        // tag::ability-policy
        @Bean
        TokenPolicy permitted() {
            return new TokenPolicy() {
                @Override
                public Abilities permitted(Owner owner) {
                    return owner.type().equals("customer") ? Abilities.of("orders:read") : Abilities.EVERYTHING;
                }
            };
        }
        // end::ability-policy

        // tag::error-form
        @Bean
        ErrorWriter errors() {
            return (response, body) -> {
                response.setContentType("text/plain;charset=UTF-8");
                response.getOutputStream()
                        .write(String.valueOf(body.get("message")).getBytes(StandardCharsets.UTF_8));
            };
        }
        // end::error-form
    }

    private final Beans beans = new Beans();

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void socketRulesAskForAbilities() {
        SimpMessageHeaderAccessor subscribe = SimpMessageHeaderAccessor.create(SimpMessageType.SUBSCRIBE);
        subscribe.setDestination("/topic/orders");
        Message<byte[]> message = MessageBuilder.createMessage(new byte[0], subscribe.getMessageHeaders());

        assertThat(beans.rules().authorize(() -> ADA, message)).matches(result -> result.isGranted());
        assertThat(beans.rules().authorize(() -> new TestingAuthenticationToken("nobody", null), message))
                .matches(result -> !result.isGranted());
    }

    @Test
    void channelIsForItsOwner() {
        SecurityContextHolder.getContext().setAuthentication(ADA);

        assertThat(beans.channels().join(ADA, "orders.ada")).isPresent();
        assertThat(beans.channels().join(ADA, "orders.bob")).isEmpty();
    }

    @Test
    void policyLimits() {
        Tokens tokens =
                Tokens.builder(new InMemoryTokenStore()).policy(beans.limits()).build();
        TokenRequest request = TokenRequest.of(Owner.of("customer", "ada"), "laptop", "*");

        assertThat(tokens.issue(request).token().expiresAt()).isNotNull();
        assertThatThrownBy(() -> tokens.issue(request.lifetime(Duration.ofDays(31))))
                .isInstanceOf(InvalidTokenRequestException.class);
        assertThat(beans.permitted().permitted(Owner.of("customer", "ada")).can("orders:write"))
                .isFalse();
    }

    @Test
    void errorsHaveTheApplicationsForm() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();

        beans.errors().write(response, Map.of("message", "Unauthenticated."));

        assertThat(response.getContentAsString()).isEqualTo("Unauthenticated.");
    }

    @Test
    void listenerCountsRefusals() {
        // tag::token-listener
        AtomicInteger refused = new AtomicInteger();
        Tokens tokens = Tokens.builder(new InMemoryTokenStore())
                .listeners(List.of(event -> {
                    if (event instanceof TokenEvent.Rejected) {
                        refused.incrementAndGet();
                    }
                }))
                .build();
        // end::token-listener
        tokens.authenticate("nonsense");

        assertThat(refused).hasValue(1);
    }

    @Test
    void flywayMakesTheTable() throws Exception {
        DataSource dataSource = dataSource("flyway");
        // tag::flyway
        Flyway.configure()
                .dataSource(dataSource)
                .locations(JdbcSchema.location(dataSource))
                .table("sanctum_token_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .placeholders(Map.of("table", "personal_access_tokens", "name", "personal_access_tokens"))
                .load()
                .migrate();
        // end::flyway

        assertThat(Tokens.of(JdbcTokenStore.of(dataSource)).list(Owner.of("user", "ada")))
                .isEmpty();
    }

    @Test
    void coreNeedsADataSourceOnly() throws Exception {
        DataSource dataSource = dataSource("core");
        // tag::core
        JdbcSchema.of(dataSource, JdbcTokenStore.DEFAULT_TABLE).createIfMissing();
        Tokens tokens = Tokens.of(JdbcTokenStore.of(dataSource));

        String text = tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "CI", "orders:read"))
                .plainText()
                .reveal();
        Verdict verdict = tokens.authenticate(text); // Accepted(token) or Rejected(reason)
        // end::core

        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        AccessToken token = ((Verdict.Accepted) verdict).token();
        assertThat(token.can("orders:read")).isTrue();
    }

    private static DataSource dataSource(String name) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:guides-" + name + ";DB_CLOSE_DELAY=-1");
        return dataSource;
    }

    @Test
    void runHasATokenOfItsOwn() {
        Tokens tokens = Tokens.of(new InMemoryTokenStore());
        AccessToken parent = tokens.issue(
                        TokenRequest.of(Owner.of("user", 1), "harness", "orders:read", "tokens:delegate"))
                .token();

        // tag::run-token
        NewToken run = tokens.issue(
                TokenRequest.of(parent.owner(), "run", "orders:read").actor("claude-code, run 8f3c"), parent);
        // end::run-token

        assertThat(run.token().actor()).isEqualTo("claude-code, run 8f3c");
        assertThat(run.token().issuedBy()).isEqualTo(parent.id());
        assertThat(run.token().expiresAt()).isNotNull();
    }
}
