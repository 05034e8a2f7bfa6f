package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token and its owner together, as every request with a token is checked; a bean, for doors of the application's
 * own.
 *
 * <p>Thread-safe.
 */
public final class TokenCheck {

    private final Tokens tokens;
    private final Owners owners;
    private final List<AdmissionRule> rules;
    private final Set<String> ownerTypes;
    private final SanctumProperties properties;
    private final @Nullable Counts counts;

    /**
     * @param ownerTypes the types that are let in; empty means all
     * @param counts who counts; absent if nobody asks
     */
    TokenCheck(
            Tokens tokens,
            Owners owners,
            List<AdmissionRule> rules,
            Set<String> ownerTypes,
            SanctumProperties properties,
            @Nullable Counts counts) {
        this.tokens = tokens;
        this.owners = owners;
        this.rules = List.copyOf(rules);
        this.ownerTypes = Set.copyOf(ownerTypes);
        this.properties = properties;
        this.counts = counts;
    }

    /** The same for owners of these types; none means all. */
    TokenCheck onlyOf(Set<String> types) {
        return new TokenCheck(tokens, owners, rules, types, properties, counts);
    }

    /**
     * What came out.
     *
     * @param authentication who it is; absent if the token is refused
     * @param refusal why it is refused; meaningless otherwise
     */
    record Result(@Nullable TokenAuthentication authentication, Verdict.Reason refusal) {}

    /**
     * Who a token lets in.
     *
     * @param presented what the caller sent, without the scheme; any text
     * @param request the request that the token was sent with; absent if another server asks about it
     * @return who it is; empty if the token is refused
     * @throws dev.sanctum4j.TokenStoreException if the token or its owner could not be asked for
     */
    public Optional<TokenAuthentication> authenticate(String presented, @Nullable HttpServletRequest request) {
        return Optional.ofNullable(of(presented, request).authentication());
    }

    /** @throws dev.sanctum4j.TokenStoreException if the token or its owner could not be asked for */
    Result of(String presented, @Nullable HttpServletRequest request) {
        return counts == null ? check(presented, request) : counts.of(() -> check(presented, request));
    }

    private Result check(String presented, @Nullable HttpServletRequest request) {
        Admission admission = new Admission(request);
        Verdict verdict =
                tokens.authenticate(presented, request == null ? null : request.getRemoteAddr(), admission::test);
        if (verdict instanceof Verdict.Accepted accepted && admission.owner != null) {
            AccessToken token = accepted.token();
            boolean authorities = properties.token().narrowedCarriesAuthorities();
            return new Result(TokenAuthentication.of(token, admission.owner, authorities), Verdict.Reason.OWNER);
        }
        return new Result(
                null, verdict instanceof Verdict.Rejected rejected ? rejected.reason() : Verdict.Reason.OWNER);
    }

    /** Loads the owner while the token is checked, once. */
    private final class Admission {

        private final @Nullable HttpServletRequest request;
        private @Nullable LoadedOwner owner;

        Admission(@Nullable HttpServletRequest request) {
            this.request = request;
        }

        boolean test(AccessToken token) {
            if (!ownerTypes.isEmpty() && !ownerTypes.contains(token.owner().type())) {
                return false;
            }
            for (AdmissionRule rule : rules) {
                if (!rule.admits(token, request)) {
                    return false;
                }
            }
            owner = owners.load(token).orElse(null);
            return owner != null;
        }
    }
}
