package dev.sanctum4j.spring;

import java.util.Optional;

/**
 * Knows the owners of one type. Declare a bean for each type of owner; with none, a {@code UserDetailsService} is used and
 * the id is the user name.
 *
 * <p>Must be thread-safe.
 */
public interface OwnerLoader {

    /** The type it answers for, {@code tokenable_type} in the table: {@code user}, {@code App\Models\User}, … */
    String type();

    /**
     * Loads an owner by stable id. Called on every request with a token, unless owners are kept in memory: then what it
     * returns is shared by requests, and an application that changes an owner calls {@link Owners#invalidate}.
     *
     * @return the owner; empty if there is none, and then the token is refused
     * @throws org.springframework.dao.DataAccessException if it could not be asked: the caller answers 503
     */
    Optional<LoadedOwner> load(String id);

    /**
     * The id of a signed-in principal.
     *
     * @return the id, for which {@link #load} finds the same owner; empty if the principal is none of this type
     */
    Optional<String> idOf(Object principal);
}
