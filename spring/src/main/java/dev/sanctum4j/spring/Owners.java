package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.Authentication;
import org.springframework.transaction.TransactionException;

/**
 * All owner types of the application. An unknown type has no owners; its name is never loaded as a class.
 *
 * <p>Thread-safe.
 */
final class Owners {

    private final Map<String, OwnerLoader> loaders = new HashMap<>();
    private final SanctumCache cache;
    private final Function<Owner, Optional<LoadedOwner>> read = this::read;

    Owners(Collection<OwnerLoader> loaders, SanctumCache cache) {
        this.cache = cache;
        for (OwnerLoader loader : loaders) {
            if (this.loaders.put(loader.type(), loader) != null) {
                throw new IllegalStateException("two OwnerLoader beans answer for the type '" + loader.type() + "'");
            }
        }
    }

    /**
     * The owner of a token if the token may act for it.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> load(AccessToken token) {
        return load(token.owner()).filter(owner -> !owner.isYoungerThan(token));
    }

    /**
     * The same, asking the application whatever is in memory.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> loadNow(AccessToken token) {
        return loadNow(token.owner()).filter(owner -> !owner.isYoungerThan(token));
    }

    /**
     * An owner that exists and is let in.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> load(Owner owner) {
        return cache.owner(owner, read);
    }

    /**
     * The same, asking the application whatever is in memory.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> loadNow(Owner owner) {
        cache.forget(owner);
        return read(owner);
    }

    /**
     * A token that was just issued, for giving out. One whose owner was deleted or disabled meanwhile is revoked instead: whoever
     * ended the owner's tokens did not see it yet.
     *
     * @throws ProblemException with 401 if it was revoked
     * @throws TokenStoreException if the owner could not be asked for
     */
    NewToken stillOwned(NewToken made, Tokens tokens) {
        if (loadNow(made.token()).isEmpty()) {
            tokens.revoke(made.token().id());
            throw new ProblemException(Problem.unauthenticated(false));
        }
        return made;
    }

    private Optional<LoadedOwner> read(Owner owner) {
        OwnerLoader loader = loaders.get(owner.type());
        if (loader == null) {
            return Optional.empty();
        }
        try {
            return loader.load(owner.id()).filter(LoadedOwner::enabled);
        } catch (DataAccessException | TransactionException e) {
            throw new TokenStoreException("the owner " + owner + " could not be loaded", e);
        }
    }

    /** Whom tokens made by this authentication belong to; empty if no loader knows its principal. */
    Optional<Owner> of(Authentication authentication) {
        if (authentication instanceof TokenAuthentication token) {
            return Optional.of(token.token().owner());
        }
        Object principal = authentication.getPrincipal();
        if (principal == null) {
            return Optional.empty();
        }
        for (OwnerLoader loader : loaders.values()) {
            Optional<Owner> owner = loader.idOf(principal).map(id -> Owner.of(loader.type(), id));
            if (owner.isPresent()) {
                return owner;
            }
        }
        return Optional.empty();
    }
}
