package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * Who asks and answers: people in a session, and never a token.
 *
 * <p>Thread-safe.
 */
final class People {

    private final Owners owners;
    private final @Nullable String administrators;

    /** @param administrators the authority of those who answer people; {@code null} if nobody does */
    People(Owners owners, @Nullable String administrators) {
        this.owners = owners;
        this.administrators = administrators;
    }

    /** Whoever calls; 401 or 403 if that is no person. */
    Owner require(@Nullable Authentication caller) {
        if (caller == null) { // a chain of the application's own lets anybody through to here
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Requests are answered by people, not by tokens."));
        }
        return owners.require(caller);
    }

    /** The same; 403 if that is no administrator. */
    Owner requireAdministrator(@Nullable Authentication caller) {
        Owner person = require(caller);
        if (!isAdministrator(person)) {
            throw new ProblemException(Problem.forbidden());
        }
        return person;
    }

    /** Whether somebody is let in and an administrator, now and not at sign-in. */
    boolean isAdministrator(Owner owner) {
        return administrators != null
                && owners.loadNow(owner)
                        .filter(known ->
                                known.authorities().stream().anyMatch(one -> administrators.equals(one.getAuthority())))
                        .isPresent();
    }
}
