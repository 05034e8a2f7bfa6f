package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.Events;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.function.SingletonSupplier;

/**
 * Checks a name and a password with the application's own {@link AuthenticationManager}: throttled, at most as many at once
 * as there are processors, and with one answer for everything that is wrong.
 *
 * <p>Thread-safe.
 */
@Internal
@Lazy
public final class PasswordCheck {

    private static final int MAX_NAME = 255;

    private final Supplier<AuthenticationManager> manager;
    private final LoginThrottle throttle;
    private final Semaphore running;
    private final Events events;

    PasswordCheck(
            ObjectProvider<AuthenticationManager> managers,
            AuthenticationConfiguration configuration,
            LoginThrottle throttle,
            Events events) {
        this.manager = SingletonSupplier.of(() -> managers.getIfUnique(configuration::getAuthenticationManager));
        this.throttle = throttle;
        this.running = new Semaphore(Runtime.getRuntime().availableProcessors());
        this.events = events;
    }

    /**
     * Who it is.
     *
     * @param field the field under which to tell, in {@code errors}, that anything is wrong
     * @param failure what to tell
     * @throws ProblemException with 422, with 429 after too many tries, with 503 if it cannot be checked now
     */
    public Authentication check(String email, String password, String address, String field, String failure) {
        if (!running.tryAcquire()) { // and no try is counted: nothing was checked
            throw new ProblemException(Problem.unavailable("Too many sign-ins at once. Try again in a moment."));
        }
        try {
            Optional<Duration> wait = throttle.attempt(email, address);
            if (wait.isPresent()) {
                events.publish(new AccessEvent.LockedOut(cut(email)));
                throw new ProblemException(Problem.tooMany(wait.get()));
            }
            Authentication who =
                    manager.get().authenticate(UsernamePasswordAuthenticationToken.unauthenticated(email, password));
            throttle.succeeded(email, address);
            return who;
        } catch (InternalAuthenticationServiceException | DataAccessException | TransactionException e) {
            throw new ProblemException(Problem.unavailable("Passwords cannot be checked at the moment."));
        } catch (AuthenticationException e) {
            events.publish(new AccessEvent.SignInFailed(cut(email)));
            throw new ProblemException(
                    Problem.invalid(field, field.equals("email") ? "credentials" : "password-incorrect", failure));
        } finally {
            running.release();
        }
    }

    private static String cut(String name) {
        return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
    }
}
