package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token and its owner together.
 *
 * <p>Thread-safe.
 */
final class TokenCheck {

    private final Tokens tokens;
    private final Owners owners;
    private final Set<String> ownerTypes;
    private final boolean narrowedCarriesAuthorities;

    /** @param ownerTypes the types that are let in; empty means all */
    TokenCheck(Tokens tokens, Owners owners, Collection<String> ownerTypes, SanctumProperties properties) {
        this.tokens = tokens;
        this.owners = owners;
        this.ownerTypes = Set.copyOf(ownerTypes);
        this.narrowedCarriesAuthorities = properties.token().narrowedCarriesAuthorities();
    }

    /**
     * What came out.
     *
     * @param authentication who it is; absent if the token is refused
     * @param refusal why it is refused; meaningless otherwise
     */
    record Result(@Nullable TokenAuthentication authentication, Verdict.Reason refusal) {}

    /** @throws dev.sanctum4j.TokenStoreException if the token or its owner could not be asked for */
    Result of(String presented) {
        Admission admission = new Admission();
        Verdict verdict = tokens.authenticate(presented, admission::test);
        if (verdict instanceof Verdict.Accepted accepted && admission.owner != null) {
            AccessToken token = accepted.token();
            boolean authorities =
                    narrowedCarriesAuthorities || token.abilities().lists("*");
            return new Result(new TokenAuthentication(token, admission.owner, authorities), Verdict.Reason.OWNER);
        }
        return new Result(
                null, verdict instanceof Verdict.Rejected rejected ? rejected.reason() : Verdict.Reason.OWNER);
    }

    /** Loads the owner while the token is checked, once. */
    private final class Admission {

        private @Nullable LoadedOwner owner;

        boolean test(AccessToken token) {
            if (ownerTypes.isEmpty() || ownerTypes.contains(token.owner().type())) {
                owner = owners.load(token).orElse(null);
            }
            return owner != null;
        }
    }
}
