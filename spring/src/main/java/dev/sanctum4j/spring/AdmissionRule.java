package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A further check of a token that is genuine and valid, for instance of the address it comes from; a bean, and any number of
 * them. It can only refuse: nothing makes a revoked or expired token valid again.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface AdmissionRule {

    /**
     * Whether the token may be used here. Its caller is told no reason.
     *
     * @param request the request; absent for a frame on a socket, and where another server asks about the token
     * @throws dev.sanctum4j.TokenStoreException if it could not be asked: the caller answers 503
     */
    boolean admits(AccessToken token, @Nullable HttpServletRequest request);
}
