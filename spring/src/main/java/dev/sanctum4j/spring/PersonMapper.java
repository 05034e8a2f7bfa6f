package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import java.util.Optional;
import org.springframework.security.core.Authentication;

/**
 * Knows which owner somebody is who was signed in by other means than a password: an OpenID Connect provider, SAML, a passkey. A
 * bean of an application that has users of its own, beside the {@link OwnerLoader} that loads them; without one, the principal is
 * shown to every loader.
 *
 * <p>Whoever writes one compares what the provider promises never to give to another, issuer and subject, and never an e-mail
 * address or a user name: those are given again. Called on every request of a session. Must be thread-safe.
 */
@FunctionalInterface
public interface PersonMapper {

    /**
     * The owner that a signed-in person is.
     *
     * @param authentication how the person was signed in; never a token
     * @return the owner; empty if this is for others to tell
     * @throws org.springframework.dao.DataAccessException if it could not be asked: the caller answers 503
     */
    Optional<Owner> ownerOf(Authentication authentication);
}
