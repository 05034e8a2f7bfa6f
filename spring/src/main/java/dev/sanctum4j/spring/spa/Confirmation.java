package dev.sanctum4j.spring.spa;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * A kind of proof, beside a password, that a person is there now: what {@code sanctum.spa.confirm-within} asks for. A bean, and any number
 * of them.
 *
 * <p>Must be thread-safe.
 */
public interface Confirmation {

    /**
     * A way to prove it again, which a page offers.
     *
     * @param method the kind: {@code password}, {@code passkey}, {@code one-time-token}, {@code provider}, or a word of the application's own
     * @param name what people call it, if there are several of a kind
     * @param href where, as a path of this host
     */
    record Way(String method, @Nullable String name, String href) {}

    /** Whether anybody can, so that it is no dead end to ask for a confirmation. */
    boolean isPossible();

    /** The ways of whoever is signed in. */
    List<Way> ways(HttpServletRequest request, Authentication caller);

    /** When whoever is signed in proved it, as the sign-in itself tells; never when that was noted on arrival. Empty if it does not tell. */
    default Optional<Instant> provenAt(Authentication caller) {
        return Optional.empty();
    }
}
