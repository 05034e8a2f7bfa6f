package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;

/** Abilities that are asked for by name in the middle of things. */
class SanctumTest {

    @AfterEach
    void forget() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void whoIsSignedInWithoutATokenHasThem() {
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "", "ROLE_USER"));

        assertThatCode(() -> Sanctum.require(List.of("orders:read", "orders:write")))
                .doesNotThrowAnyException();
    }

    /** Abilities about tokens are never had by {@code *}; a session needs no list. */
    @Test
    void abilitiesAboutTokensAreListedByTokens() {
        LoadedOwner ada = LoadedOwner.of(User.withUsername("ada").password("").build());
        for (String name : List.of("tokens:manage", "tokens:delegate", "tokens:x")) {
            SecurityContextHolder.getContext().setAuthentication(TokenAuthentication.of(token("*"), ada, false));
            assertThat(Sanctum.can(name)).isFalse();
            assertThat(Sanctum.can("orders:read")).isTrue();
            assertThat(catchThrowableOfType(
                            AuthorizationDeniedException.class, () -> Sanctum.require(List.of(name, "orders:read"))))
                    .isNotNull();

            SecurityContextHolder.getContext().setAuthentication(TokenAuthentication.of(token(name), ada, false));
            assertThat(Sanctum.can(name)).isTrue();

            SecurityContextHolder.getContext()
                    .setAuthentication(new TestingAuthenticationToken("ada", "", "ROLE_USER"));
            assertThat(Sanctum.can(name)).isTrue();
            assertThatCode(() -> Sanctum.require(List.of(name))).doesNotThrowAnyException();

            SecurityContextHolder.clearContext();
            assertThat(Sanctum.can(name)).isFalse();
        }
    }

    private static AccessToken token(String... abilities) {
        return Tokens.of(new InMemoryTokenStore())
                .issue(TokenRequest.of(Owner.of("user", "1"), "ci").lifetime(Duration.ofDays(1)))
                .token()
                .with("ci", Abilities.of(abilities));
    }

    @Test
    void whatIsMissingIsTold() {
        AuthorizationDeniedException denied = catchThrowableOfType(
                AuthorizationDeniedException.class, () -> Sanctum.require(List.of("orders:read", "orders:write")));

        assertThat(denied.getAuthorizationResult())
                .isInstanceOfSatisfying(
                        AbilityRule.Decision.class,
                        decision -> assertThat(decision.missing()).containsExactly("orders:read", "orders:write"));
    }

    @Test
    void nothingIsAskedForByNoNames() {
        assertThatCode(() -> Sanctum.require(List.of())).doesNotThrowAnyException();
    }
}
