package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * The words of Sanctum4j in an application. Import them statically:
 *
 * <pre>{@code
 * http.securityMatcher("/api/**")
 *     .with(sanctum(), withDefaults())
 *     .authorizeHttpRequests(routes -> routes
 *         .requestMatchers(GET, "/api/orders").access(hasAbility("orders:read"))
 *         .anyRequest().authenticated());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Sanctum {

    private Sanctum() {}

    /** Token authentication for a filter chain of the application's own. */
    public static SanctumConfigurer sanctum() {
        return new SanctumConfigurer();
    }

    /** For routes: lets callers pass who have all of these abilities. A session has every ability. */
    public static <T> AuthorizationManager<T> hasAbility(String... abilities) {
        return new AbilityRule<>(List.of(abilities), false);
    }

    /** For routes: lets callers pass who have one of these abilities. A session has every ability. */
    public static <T> AuthorizationManager<T> hasAnyAbility(String... abilities) {
        return new AbilityRule<>(List.of(abilities), true);
    }

    /** Whether whoever makes the current request has {@code ability}: by token, or by any other sign-in. */
    public static boolean can(String ability) {
        return AbilityRule.can(SecurityContextHolder.getContext().getAuthentication(), ability);
    }

    /** The opposite of {@link #can}. */
    public static boolean cannot(String ability) {
        return !can(ability);
    }

    /**
     * Refuses the current request unless whoever makes it has all of these abilities, which may be known only now: the answer
     * is 403 and names what is missing, as with {@link RequiresAbility}. Asks for nothing if there are none.
     *
     * @throws AuthorizationDeniedException if one is missing; Spring Security turns it into the answer
     */
    public static void require(Collection<String> abilities) {
        if (abilities.isEmpty()) {
            return;
        }
        AbilityRule.Decision decision = new AbilityRule<>(List.copyOf(abilities), false)
                .decide(SecurityContextHolder.getContext().getAuthentication());
        if (!decision.isGranted()) {
            throw decision.denied();
        }
    }

    /** The abilities of whoever makes the current request. */
    public static Abilities abilities() {
        return abilities(SecurityContextHolder.getContext().getAuthentication());
    }

    /**
     * The abilities of a caller.
     *
     * @return those of the token; {@link Abilities#ALL} for every other sign-in; {@link Abilities#NONE} for nobody
     */
    public static Abilities abilities(@Nullable Authentication caller) {
        return AbilityRule.abilitiesOf(caller);
    }

    /** The token that the current request was made with; empty for a session and for nobody. */
    public static Optional<AccessToken> currentToken() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller
                ? Optional.of(caller.token())
                : Optional.empty();
    }
}
