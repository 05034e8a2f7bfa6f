package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.context.SecurityContextHolder;

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
