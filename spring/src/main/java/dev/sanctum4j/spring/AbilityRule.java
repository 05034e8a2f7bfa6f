package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Internal;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;

/** Asks whether the caller has all of some abilities, or any of them. */
@Internal
public record AbilityRule<T>(List<String> abilities, boolean any) implements AuthorizationManager<T> {

    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

    public AbilityRule {
        if (abilities.isEmpty()) {
            throw new IllegalArgumentException("name at least one ability");
        }
        abilities = List.copyOf(abilities);
    }

    @Override
    public Decision authorize(Supplier<? extends @Nullable Authentication> authentication, T object) {
        return decide(authentication.get());
    }

    /** Whether a caller has them, and which it lacks. */
    public Decision decide(@Nullable Authentication caller) {
        List<String> missing =
                abilities.stream().filter(ability -> !can(caller, ability)).toList();
        boolean granted = any ? missing.size() < abilities.size() : missing.isEmpty();
        return new Decision(granted, missing, any);
    }

    /** The exception for a caller without {@code ability}, for what must be listed and is not in {@code *}. */
    public static AuthorizationDeniedException missing(String ability) {
        return new Decision(false, List.of(ability), false).denied();
    }

    /** Whether a caller has an ability: by its token, or because it is somebody without one, who has those about tokens, too. */
    static boolean can(@Nullable Authentication caller, String ability) {
        Abilities has = abilitiesOf(caller);
        return caller instanceof TokenAuthentication ? has.can(ability) : has.lists("*");
    }

    /** What a caller may do by itself: all without a token, nothing if it is nobody. */
    static Abilities abilitiesOf(@Nullable Authentication caller) {
        if (caller instanceof TokenAuthentication token) {
            return token.token().abilities();
        }
        return caller != null && TRUST.isAuthenticated(caller) ? Abilities.ALL : Abilities.NONE;
    }

    /** The answer, which remembers what was missing. */
    public static final class Decision extends AuthorizationDecision {

        private static final long serialVersionUID = 1L;

        private final transient List<String> missing;
        private final boolean any;
        private transient boolean told;

        private Decision(boolean granted, List<String> missing, boolean any) {
            super(granted);
            this.missing = missing;
            this.any = any;
        }

        /** What was missing. */
        public List<String> missing() {
            return missing;
        }

        /** Whether one of them would have been enough. */
        public boolean any() {
            return any;
        }

        /** What is missing, for people. */
        public String sentence() {
            String which = missing.size() == 1 ? "the ability " : any ? "one of the abilities " : "the abilities ";
            return "The token needs " + which + String.join(" ", missing) + ".";
        }

        /** Whether it is asked for the first time, for whoever publishes it. */
        boolean isNews() {
            boolean news = !told;
            told = true;
            return news;
        }

        /** The exception by which it ends a call, if it is not granted. */
        public AuthorizationDeniedException denied() {
            return new AuthorizationDeniedException(sentence(), this);
        }
    }
}
