package dev.sanctum4j.spring;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * Knows the owners of one type. Declare a bean for each type of owner; with none, a {@code UserDetailsService} is used and
 * the id is the user name: whoever is given the name of somebody else gets the tokens, too.
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
     * @throws org.springframework.security.core.AuthenticationException in place of empty, as a user service says that there is
     *     nobody, or nobody who is let in: the token is refused, and the log has a line
     */
    Optional<LoadedOwner> load(String id);

    /**
     * The id of a signed-in principal.
     *
     * @return the id, for which {@link #load} finds the same owner; empty if the principal is none of this type
     */
    Optional<String> idOf(Object principal);

    /**
     * A loader of people who have an id that stays, beside a name that may change:
     * {@code OwnerLoader.of("user", User.class, User::getId, UUID::fromString, users::findById)}.
     *
     * @param type what {@link #type} answers
     * @param principal what people are signed in as
     * @param idOf the id of one, or null if there is none; its {@code toString} is what the table has
     * @param read an id from what the table has; it throws {@code IllegalArgumentException} if that is none
     * @param find whom the store knows by an id, with all that {@code UserDetails} tell: nothing is loaded later
     */
    static <P, I> OwnerLoader of(
            String type,
            Class<P> principal,
            Function<? super P, ? extends @Nullable I> idOf,
            Function<String, I> read,
            Function<? super I, ? extends Optional<? extends UserDetails>> find) {
        return new OwnerLoader() {
            @Override
            public String type() {
                return type;
            }

            @Override
            public Optional<LoadedOwner> load(String id) {
                I key;
                try {
                    key = read.apply(id);
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
                Optional<? extends UserDetails> found = find.apply(key);
                return found.map(LoadedOwner::of);
            }

            @Override
            public Optional<String> idOf(Object signedIn) {
                return Optional.of(signedIn)
                        .filter(principal::isInstance)
                        .map(principal::cast)
                        .map(idOf::apply)
                        .map(Object::toString);
            }
        };
    }
}
