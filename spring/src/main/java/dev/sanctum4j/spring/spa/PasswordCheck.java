package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Characters;
import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.NoAnswer;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.Events;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.util.function.SingletonSupplier;

/**
 * Checks a name and a password with the application's own {@link AuthenticationManager}: throttled, at most as many at once
 * as there are processors while others wait their turn, and with one answer for everything that is wrong.
 *
 * <p>Thread-safe.
 */
@Internal
@Lazy
public final class PasswordCheck implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(PasswordCheck.class);

    private static final int MAX_NAME = 255;
    private static final int USUAL_THREADS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<@Nullable AuthenticationManager> manager;
    private final ObjectProvider<UserDetailsService> users;
    private final SpentTime spent;
    private final LoginThrottle throttle;
    private final CheckQueue queue;
    private final HeldAnswers held = new HeldAnswers();
    private final Events events;

    PasswordCheck(
            ObjectProvider<AuthenticationManager> managers,
            AuthenticationConfiguration configuration,
            ObjectProvider<UserDetailsService> users,
            ObjectProvider<PasswordEncoder> encoders,
            LoginThrottle throttle,
            Events events,
            Environment environment) {
        this.manager = SingletonSupplier.of(() -> managers.getIfUnique(configuration::getAuthenticationManager));
        this.users = users;
        this.spent = new SpentTime(encoders);
        this.throttle = throttle;
        this.queue = queue(environment);
        this.events = events;
    }

    /** Who waits does so on a thread of the container: at most half of these, and a fifth for one address. */
    private static CheckQueue queue(Environment environment) {
        int threads = Stream.of("server.tomcat.threads.max", "server.jetty.threads.max")
                .map(name -> environment.getProperty(name, Integer.class))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(USUAL_THREADS);
        return new CheckQueue(
                Runtime.getRuntime().availableProcessors(),
                Math.max(2, threads / 2),
                Math.max(1, threads / 5),
                PATIENCE);
    }

    /** Says at start that nobody can be asked; Spring has none where there are two user services, for instance. */
    @Override
    public void afterSingletonsInstantiated() {
        if (manager.get() == null && users.stream().findAny().isPresent()) {
            LOG.warn(
                    "No password can be checked, so /login and /sanctum/token answer 503: there is no AuthenticationManager bean,"
                            + " and not one UserDetailsService bean that Spring Security could make one of. Declare one.");
        }
    }

    /** Whether passwords are checked here at all; where people have none, there is nobody to ask, and no door for it. */
    boolean isPossible() {
        return manager.get() != null || users.stream().findAny().isPresent();
    }

    /**
     * Answers as if there were no such route where there is nobody to ask.
     *
     * @throws ProblemException with 404
     */
    public void require() {
        if (!isPossible()) {
            throw new ProblemException(Problem.notFound());
        }
    }

    /**
     * Somebody whose password was right.
     *
     * @param who as the application's manager says
     * @param still throws what a wrong password is told if the password has been changed since it was checked: whoever lets somebody in
     *     by it asks this afterwards, and takes back what a change has not seen
     * @param refusal what a wrong password is told
     */
    public record Passed(Authentication who, Runnable still, Supplier<ProblemException> refusal) {}

    /**
     * Who it is.
     *
     * @param field the field under which to tell, in {@code errors}, that anything is wrong
     * @param failure what to tell
     * @throws ProblemException with 422, with 429 after too many tries, with 503 if it cannot be checked now, with 500 if
     *     whoever is asked has a fault
     */
    public Passed check(String email, String password, String address, String field, String failure) {
        throttle.refusal(email, address).ifPresent(wait -> refuse(email, wait)); // before it costs anything
        if (!isItsTurn(address)) { // and no try is counted: nothing was checked
            held.hold();
            throw new ProblemException(Problem.unavailable("Too many sign-ins at once. Try again in a moment."));
        }
        try {
            Known known = known(email);
            throttle.attempt(known.account(), address).ifPresent(wait -> refuse(email, wait));
            Authentication who = authenticate(email, password, field, failure);
            throttle.succeeded(known.account(), address);
            return new Passed(
                    who,
                    () -> {
                        if (!known.equals(known(email))) { // or its hash alone is another, of a stronger encoder
                            var unused = authenticate(email, password, field, failure);
                        }
                    },
                    () -> refusal(field, failure));
        } finally {
            queue.leave();
        }
    }

    private void refuse(String email, Duration wait) {
        events.publish(new AccessEvent.LockedOut(Characters.cut(email, MAX_NAME)));
        if (queue.isBusy()) {
            held.hold();
        }
        throw new ProblemException(Problem.tooMany(wait));
    }

    /** Somebody who is signed in by now waits for nobody who is not; and nobody for all the addresses that one customer has. */
    private boolean isItsTurn(String address) {
        Authentication who = SecurityContextHolder.getContext().getAuthentication();
        if (who != null && who.isAuthenticated() && isPerson(who)) {
            return queue.enter("person " + who.getName(), "");
        }
        String network = Network.of(address);
        return queue.enter("around " + Network.around(network), network);
    }

    static boolean isPerson(Authentication caller) {
        return !(caller instanceof TokenAuthentication || caller instanceof AnonymousAuthenticationToken);
    }

    /**
     * Somebody as a text finds it.
     *
     * @param account what the application calls it, so that its spellings have one count; the text itself where nobody is
     * @param version of its password, if there is one
     */
    private record Known(String account, @Nullable String version) {}

    /** Everybody is asked about alike, and what is thrown will be thrown again when the password is checked. */
    private Known known(String email) {
        UserDetailsService service = users.getIfUnique();
        try {
            UserDetails user = service == null ? null : service.loadUserByUsername(email);
            return user == null
                    ? new Known(email, null)
                    : new Known(user.getUsername(), LoadedOwner.versionOf(user.getPassword()));
        } catch (Throwable e) {
            if (NoAnswer.of(e) == NoAnswer.OUTAGE) { // Spring's provider takes it for nobody if the service says so
                throw outage(e);
            }
            return new Known(email, null);
        }
    }

    private Authentication authenticate(String email, String password, String field, String failure) {
        AuthenticationManager asked = manager.get();
        if (asked == null) {
            throw unavailable(); // which was told at start
        }
        try {
            return asked.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(email, password));
        } catch (Throwable e) {
            NoAnswer.chosen(e).ifPresent(answer -> {
                throw answer;
            });
            throw switch (NoAnswer.of(e)) {
                case REFUSED -> {
                    if (e instanceof InternalAuthenticationServiceException) { // not Spring's own look at the account
                        spent.on(password);
                        LOG.info(
                                "Not let in by password: {}",
                                NestedExceptionUtils.getMostSpecificCause(e)
                                        .getClass()
                                        .getName());
                    }
                    events.publish(new AccessEvent.SignInFailed(Characters.cut(email, MAX_NAME)));
                    yield refusal(field, failure);
                }
                case OUTAGE -> outage(e);
                case FAULT -> {
                    LOG.error("A password could not be checked", e);
                    yield new ProblemException(Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
                }
            };
        }
    }

    private static ProblemException refusal(String field, String failure) {
        return new ProblemException(
                Problem.invalid(field, field.equals("email") ? "credentials" : "password-incorrect", failure));
    }

    private static ProblemException outage(Throwable thrown) {
        Outage.tell(LOG, "A password could not be checked", thrown);
        return unavailable();
    }

    private static ProblemException unavailable() {
        return new ProblemException(Problem.unavailable("Passwords cannot be checked at the moment."));
    }
}
