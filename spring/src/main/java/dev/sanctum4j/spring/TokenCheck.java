package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.spring.http.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;

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
    private final boolean narrowedCarriesAuthorities;
    private final Timer timer;

    /**
     * @param ownerTypes the types that are let in; empty means all
     * @param narrowedCarriesAuthorities whether a token without {@code *} carries the owner's authorities too
     * @param timer told of every check
     */
    TokenCheck(
            Tokens tokens,
            Owners owners,
            List<AdmissionRule> rules,
            Set<String> ownerTypes,
            boolean narrowedCarriesAuthorities,
            Timer timer) {
        this.tokens = tokens;
        this.owners = owners;
        this.rules = List.copyOf(rules);
        this.ownerTypes = Set.copyOf(ownerTypes);
        this.narrowedCarriesAuthorities = narrowedCarriesAuthorities;
        this.timer = timer;
    }

    /** Told of every check. */
    @FunctionalInterface
    public interface Timer {

        /** Makes a check, once, and passes on what comes of it or is thrown. */
        Verdict time(Supplier<Verdict> check);
    }

    /** The same for owners of these types; none means all. */
    TokenCheck onlyOf(Set<String> types) {
        return new TokenCheck(tokens, owners, rules, types, narrowedCarriesAuthorities, timer);
    }

    boolean admits(Owner owner) {
        return ownerTypes.isEmpty() || ownerTypes.contains(owner.type());
    }

    /**
     * What came out.
     *
     * @param authentication who it is; absent if the token is refused
     * @param refusal why it is refused; meaningless otherwise
     * @param answer what an {@link AdmissionRule} answers; absent if none refused
     * @param asleep whether it is refused because its owner is asleep
     */
    record Result(
            @Nullable TokenAuthentication authentication,
            Verdict.Reason refusal,
            @Nullable Problem answer,
            boolean asleep) {

        static Result refused(Verdict.Reason refusal) {
            return new Result(null, refusal, null, false);
        }
    }

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
        Admission admission = new Admission(request);
        String address = request == null ? null : request.getRemoteAddr();
        Verdict verdict = timer.time(() -> tokens.authenticate(presented, address, admission::test));
        if (verdict instanceof Verdict.Accepted accepted && admission.owner != null) {
            return new Result(
                    TokenAuthentication.of(accepted.token(), admission.owner, narrowedCarriesAuthorities),
                    Verdict.Reason.OWNER,
                    null,
                    false);
        }
        return new Result(
                null,
                verdict instanceof Verdict.Rejected rejected ? rejected.reason() : Verdict.Reason.OWNER,
                admission.answer,
                admission.asleep);
    }

    /**
     * Whether a caller who was let in some time ago may stay, for what lasts longer than a request: its token is valid and
     * may do what it might, its owner is let in and has every role that it had. Asks the store and the application,
     * whatever is in memory, and no {@link AdmissionRule}, for there is no request.
     *
     * @param credentialVersion for a caller without a token, the version of the password that it signed in with; absent if
     *     that is not known
     * @throws dev.sanctum4j.TokenStoreException if the token or its owner could not be asked for
     */
    public boolean recheck(Authentication caller, @Nullable String credentialVersion) {
        if (caller instanceof TokenAuthentication sent) {
            return tokens.recheck(sent.token().id())
                    .filter(now -> now.abilities().equals(sent.token().abilities()))
                    .flatMap(owners::loadNow)
                    .filter(owner -> hasStill(owner, caller))
                    .isPresent();
        }
        Optional<Owner> owner = owners.of(caller);
        return owner.isEmpty() // the application's own, and its own business
                || owners.loadNow(owner.get())
                        .filter(fresh -> fresh.knows(credentialVersion) && hasStill(fresh, caller))
                        .isPresent();
    }

    private static boolean hasStill(LoadedOwner fresh, Authentication caller) {
        Set<String> roles =
                fresh.authorities().stream().map(GrantedAuthority::getAuthority).collect(Collectors.toSet());
        return caller.getAuthorities().stream()
                .filter(authority -> !(authority instanceof FactorGrantedAuthority))
                .allMatch(authority -> roles.contains(authority.getAuthority()));
    }

    /** Loads the owner while the token is checked, once. */
    private final class Admission {

        private final @Nullable HttpServletRequest request;
        private @Nullable LoadedOwner owner;
        private @Nullable Problem answer;
        private boolean asleep;

        Admission(@Nullable HttpServletRequest request) {
            this.request = request;
        }

        boolean test(AccessToken token) {
            if (!admits(token.owner())) {
                return false;
            }
            for (AdmissionRule rule : rules) {
                var said = Owners.ask(() -> "the token " + token.id(), () -> Optional.of(rule.refusal(token, request)));
                answer = said.flatMap(refusal -> refusal).orElse(null);
                if (said.isEmpty() || answer != null) {
                    return false;
                }
            }
            owner = owners.load(token).orElse(null);
            asleep = owner == null && owners.isAsleep(token.owner());
            return owner != null;
        }
    }
}
