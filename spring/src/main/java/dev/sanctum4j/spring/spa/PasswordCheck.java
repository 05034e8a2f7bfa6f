package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Characters;
import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.NoAnswer;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.Events;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.util.function.SingletonSupplier;

/**
 * Checks a name and a password with the application's own {@link AuthenticationManager}: throttled, at most as many at once
 * as there are processors, and with one answer for everything that is wrong.
 *
 * <p>Thread-safe.
 */
@Internal
@Lazy
public final class PasswordCheck implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(PasswordCheck.class);

    private static final int MAX_NAME = 255;

    private final Supplier<@Nullable AuthenticationManager> manager;
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

    /** Says at start that nobody can be asked; Spring has none where there are two user services, for instance. */
    @Override
    public void afterSingletonsInstantiated() {
        if (manager.get() == null) {
            LOG.warn(
                    "No password can be checked, so /login and /sanctum/token answer 503: there is no AuthenticationManager bean,"
                            + " and not one UserDetailsService bean that Spring Security could make one of. Declare one.");
        }
    }

    /**
     * Who it is.
     *
     * @param field the field under which to tell, in {@code errors}, that anything is wrong
     * @param failure what to tell
     * @throws ProblemException with 422, with 429 after too many tries, with 503 if it cannot be checked now, with 500 if
     *     whoever is asked has a fault
     */
    public Authentication check(String email, String password, String address, String field, String failure) {
        if (!running.tryAcquire()) { // and no try is counted: nothing was checked
            throw new ProblemException(Problem.unavailable("Too many sign-ins at once. Try again in a moment."));
        }
        try {
            Optional<Duration> wait = throttle.attempt(email, address);
            if (wait.isPresent()) {
                events.publish(new AccessEvent.LockedOut(Characters.cut(email, MAX_NAME)));
                throw new ProblemException(Problem.tooMany(wait.get()));
            }
            Authentication who = authenticate(email, password, field, failure);
            throttle.succeeded(email, address);
            return who;
        } finally {
            running.release();
        }
    }

    private Authentication authenticate(String email, String password, String field, String failure) {
        AuthenticationManager asked = manager.get();
        if (asked == null) {
            throw unavailable("there is nobody to ask");
        }
        try {
            return asked.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(email, password));
        } catch (ProblemException e) {
            throw e;
        } catch (RuntimeException e) {
            throw switch (NoAnswer.of(e)) {
                case REFUSED -> {
                    if (e instanceof InternalAuthenticationServiceException) { // not Spring's own look at the account
                        LOG.info(
                                "Not let in by password: {}",
                                NestedExceptionUtils.getMostSpecificCause(e)
                                        .getClass()
                                        .getName());
                    }
                    events.publish(new AccessEvent.SignInFailed(Characters.cut(email, MAX_NAME)));
                    yield new ProblemException(Problem.invalid(
                            field, field.equals("email") ? "credentials" : "password-incorrect", failure));
                }
                case OUTAGE -> unavailable(e.getClass().getName());
                case FAULT -> {
                    LOG.error("A password could not be checked", e);
                    yield new ProblemException(Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
                }
            };
        }
    }

    private static ProblemException unavailable(String why) {
        LOG.warn("A password could not be checked: {}", why);
        return new ProblemException(Problem.unavailable("Passwords cannot be checked at the moment."));
    }
}
