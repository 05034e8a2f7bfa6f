package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.spring.http.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A further check of a token that is genuine and valid, for instance of the address it comes from, or of how often it came; a
 * bean, and any number of them. It can only refuse: nothing makes a revoked or expired token valid again.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface AdmissionRule {

    /**
     * What to answer instead of letting the token in. An answer other than {@link Problem#unauthenticated} tells a caller that its
     * token is valid.
     *
     * @param request the request; absent for a frame on a socket, and where another server asks about the token
     * @return empty if the token may be used here
     * @throws dev.sanctum4j.TokenStoreException if it could not be asked: the caller answers 503
     */
    Optional<Problem> refusal(AccessToken token, @Nullable HttpServletRequest request);

    /** A rule that says yes or no. Of a no its caller learns nothing: the answer is 401, as for any other token that is not valid. */
    static AdmissionRule admitting(BiPredicate<AccessToken, @Nullable HttpServletRequest> rule) {
        return (token, request) ->
                rule.test(token, request) ? Optional.empty() : Optional.of(Problem.unauthenticated(true));
    }
}
