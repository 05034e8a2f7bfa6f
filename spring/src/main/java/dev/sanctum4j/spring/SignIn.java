package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * What a session remembers of its sign-in: by which password, when that was confirmed last, and from where. An application
 * uses it where people change their password.
 *
 * <p>Thread-safe.
 */
public final class SignIn {

    /** The attribute of a session with what called itself the device. */
    public static final String DEVICE = "sanctum.device";
    /** The attribute of a session with the address that somebody signed in from. */
    public static final String ADDRESS = "sanctum.address";

    private static final String CONFIRMED_AT = "sanctum.password_confirmed_at";
    private static final String REMEMBERED = "sanctum.remembered";
    private static final String VERSION = "sanctum.credential_version";
    /** Under which Spring Session finds the sessions of somebody. */
    private static final String PRINCIPAL =
            "org.springframework.session.FindByIndexNameSessionRepository" + ".PRINCIPAL_NAME_INDEX_NAME";

    private static final int MAX_DEVICE = 255;

    private final Clock clock;
    private final @Nullable Duration confirmWithin;
    private final Owners owners;
    private final Supplier<PasswordCheck> passwords;

    SignIn(Clock clock, @Nullable Duration confirmWithin, Owners owners, Supplier<PasswordCheck> passwords) {
        this.clock = clock;
        this.confirmWithin = confirmWithin;
        this.owners = owners;
        this.passwords = passwords;
    }

    /**
     * Checks the password of whoever is signed in by the session of this request, and notes that it was given. What is
     * wrong is answered by an exception that our advice knows: 401 without a session, 422 under {@code errors} for a wrong
     * password, 429 after too many tries, 503 if it cannot be checked now.
     *
     * @param field the field in which the password was sent
     */
    public void confirm(HttpServletRequest request, String field, String password) {
        HttpSession session = request.getSession(false);
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(
                    Refusals.sessionRequired("This takes a session: a token never stands for a person."));
        }
        if (session == null || caller == null || caller instanceof AnonymousAuthenticationToken) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        passwords
                .get()
                .check(
                        caller.getName(),
                        password,
                        request.getRemoteAddr(),
                        field,
                        "The provided password is incorrect.");
        confirm(session);
        request.changeSessionId(); // what was learnt of the old id is worth nothing from now on
    }

    /**
     * Lets the session of this request go on after its owner's password was changed, under a new id. All other sessions of
     * the owner are refused from their next request on.
     */
    public void passwordChanged(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (session == null || caller == null) {
            return;
        }
        owners.of(caller).flatMap(owners::loadNow).ifPresent(owner -> renew(session, owner.credentialVersion()));
        request.changeSessionId();
    }

    /** Notes a sign-in that has just happened. */
    void begin(HttpSession session, HttpServletRequest request, String owner, @Nullable String version) {
        String device = request.getHeader(HttpHeaders.USER_AGENT);
        if (device != null) {
            session.setAttribute(DEVICE, device.length() > MAX_DEVICE ? device.substring(0, MAX_DEVICE) : device);
        }
        session.setAttribute(ADDRESS, request.getRemoteAddr());
        session.setAttribute(PRINCIPAL, owner);
        renew(session, version);
        confirm(session);
    }

    /** Notes that the session cookie is to outlive the browser. */
    static void remember(HttpSession session) {
        session.setAttribute(REMEMBERED, true);
    }

    static boolean isRemembered(@Nullable HttpSession session) {
        return session != null && Boolean.TRUE.equals(session.getAttribute(REMEMBERED));
    }

    private void confirm(HttpSession session) {
        session.setAttribute(CONFIRMED_AT, clock.instant().getEpochSecond());
    }

    private static void renew(HttpSession session, @Nullable String version) {
        if (version != null) {
            session.setAttribute(VERSION, version);
        }
    }

    /** The version of the password under which a session was made, if it is known. */
    static @Nullable String credentialVersion(@Nullable HttpSession session) {
        return session != null && session.getAttribute(VERSION) instanceof String version ? version : null;
    }

    /**
     * Asks for the password again if it was confirmed longer ago than {@code sanctum.spa.confirm-within}: answered by an
     * exception that our advice knows, with 423.
     */
    public void requireConfirmed(HttpServletRequest request) {
        if (confirmWithin == null) {
            return;
        }
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(CONFIRMED_AT) instanceof Long seconds) {
            Instant end = Instant.ofEpochSecond(seconds).plus(confirmWithin);
            if (!clock.instant().isAfter(end)) {
                return;
            }
        }
        throw new ProblemException(Problem.ours(
                423,
                "confirmation-required",
                "Password confirmation required.",
                "POST the password to /user/confirm-password first."));
    }
}
