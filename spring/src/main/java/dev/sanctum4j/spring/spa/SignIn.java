package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Characters;
import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Signs people in with a session and out of it, and knows what their session remembers: by which password, when that was
 * confirmed last, and from where. An application uses it where people sign in by other means than {@code /login}, or change
 * their password.
 *
 * <p>Thread-safe.
 */
public final class SignIn {

    /** The attribute of a session with what called itself the device. */
    static final String DEVICE = "sanctum.device";
    /** The attribute of a session with the address that somebody signed in from. */
    static final String ADDRESS = "sanctum.address";

    /** Whose session it is, where the index below has another name. */
    private static final String WHOSE = "sanctum.owner";

    private static final String SAVED_REQUEST = "SPRING_SECURITY_SAVED_REQUEST";
    private static final String CONFIRMED_AT = "sanctum.password_confirmed_at";
    private static final String REMEMBERED = "sanctum.remembered";
    private static final String VERSION = "sanctum.credential_version";
    /** Under which Spring Session finds the sessions of somebody. */
    private static final String PRINCIPAL =
            "org.springframework.session.FindByIndexNameSessionRepository" + ".PRINCIPAL_NAME_INDEX_NAME";

    /** By what a request asks Spring Session for a cookie that outlives the browser. */
    private static final String OUTLIVING =
            "org.springframework.session.security.web.authentication.SpringSessionRememberMeServices"
                    + "REMEMBER_ME_LOGIN_ATTR"; // it has no dot there

    private static final String FAILURE = "The provided password is incorrect.";
    private static final int MAX_DEVICE = 255;
    /** How far another clock may be ahead of ours. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private final Clock clock;
    private final SpaProperties settings;
    private final Owners owners;
    private final ObjectProvider<PasswordCheck> passwords;
    private final ObjectProvider<Csrf> csrf;
    private final SessionCookieName sessionCookie;
    private final Events events;
    private final ObjectProvider<SessionRegistry> registry;
    private final Confirmations confirmations;
    private final SecurityContextRepository contexts = new DelegatingSecurityContextRepository(
            new RequestAttributeSecurityContextRepository(), new HttpSessionSecurityContextRepository());

    /** @param csrf what pages prove themselves with; none without first-party pages */
    SignIn(
            ObjectProvider<Clock> clock,
            SpaProperties settings,
            Owners owners,
            ObjectProvider<PasswordCheck> passwords,
            ObjectProvider<Csrf> csrf,
            SessionCookieName sessionCookie,
            Events events,
            ObjectProvider<SessionRegistry> registry,
            Confirmations confirmations) {
        this.clock = clock.getIfUnique(Clock::systemUTC);
        this.settings = settings;
        this.owners = owners;
        this.passwords = passwords;
        this.csrf = csrf;
        this.sessionCookie = sessionCookie;
        this.events = events;
        this.registry = registry;
        this.confirmations = confirmations;
    }

    /**
     * Signs somebody in who has proved who it is, as {@code /login} does: with a session under a new id, which is theirs from
     * the next request of a first-party page on. A password, passkey or one-time token counts as confirmed since it was
     * given, as its {@link org.springframework.security.core.authority.FactorGrantedAuthority} says; what a provider said does not.
     *
     * @param remember whether the session cookie is to outlive the browser
     * @throws IllegalArgumentException if that is nobody, or a token, which never stands for a person
     * @throws dev.sanctum4j.TokenStoreException if the owner could not be asked for; nobody is signed in then
     */
    public void signIn(
            HttpServletRequest request, HttpServletResponse response, Authentication authentication, boolean remember) {
        signIn(request, response, authentication, known -> {}, remember);
    }

    /** The same by a password, which is right still when its version has been noted, for somebody who is let in. */
    void signIn(
            HttpServletRequest request, HttpServletResponse response, PasswordCheck.Passed passed, boolean remember) {
        Consumer<Boolean> last = letIn -> {
            if (!letIn) {
                throw passed.refusal().get();
            }
            passed.still().run();
        };
        signIn(request, response, passed.who(), last, remember);
    }

    /** @param last asked before anything changes, and told whether the owner is let in, if there is one */
    private void signIn(
            HttpServletRequest request,
            HttpServletResponse response,
            Authentication authentication,
            Consumer<Boolean> last,
            boolean remember) {
        requirePerson(authentication);
        Optional<Owner> owner = owners.of(authentication);
        Optional<LoadedOwner> known = owner.flatMap(owners::loadNow);
        last.accept(owner.isEmpty() || known.isPresent());
        request.getSession(true);
        request.changeSessionId();
        HttpSession session = request.getSession();
        Duration lifetime = remember ? settings.rememberLifetime() : settings.sessionLifetime();
        session.setMaxInactiveInterval((int) lifetime.toSeconds());
        if (remember) {
            Cookies.persist(response, sessionCookie.on(request), lifetime);
            request.setAttribute(OUTLIVING, true);
        }
        note(request, authentication, owner, known);
        session.setAttribute(PRINCIPAL, whose(authentication, owner));
        if (remember) {
            session.setAttribute(REMEMBERED, true);
        }
        SecurityContext context = new SecurityContextImpl(authentication);
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
        csrf.ifAvailable(pages -> pages.renew(request, response));
        events.publish(new AccessEvent.SignedIn(owner.orElse(null), authentication.getName()));
    }

    /**
     * Notes that somebody has signed in with the session of this request by other means than {@link #signIn}: as whom, by which device, from
     * where, and under which password; what the session knew of somebody else is forgotten, and a page gets another CSRF token in
     * place of one that it was told. Where first-party pages are listed, this is called for whoever signs in by a filter of Spring
     * Security, as by a provider, a passkey or a form. An application calls it that puts people into sessions itself.
     *
     * @throws IllegalArgumentException if that is nobody, or a token, which never stands for a person
     * @throws dev.sanctum4j.TokenStoreException if the owner could not be asked for, and nothing is noted
     */
    public void begin(HttpServletRequest request, HttpServletResponse response, Authentication authentication) {
        requirePerson(authentication);
        HttpSession session = request.getSession(false);
        if (session == null) {
            return; // whoever signs in here does so anew with each request
        }
        Optional<Owner> owner = owners.of(authentication);
        boolean told = csrf.stream().anyMatch(pages -> pages.isKept(request));
        note(request, authentication, owner, owner.flatMap(owners::loadNow));
        if (registry.stream().noneMatch(SignIn::isByName)) {
            session.setAttribute(PRINCIPAL, whose(authentication, owner));
        }
        if (told) {
            csrf.ifAvailable(pages -> pages.renew(request, response));
        }
        events.publish(new AccessEvent.SignedIn(owner.orElse(null), authentication.getName()));
    }

    /** Whether an application limits sessions by the index of Spring Session, and so by the names that Spring writes there. */
    private static boolean isByName(SessionRegistry registry) {
        return registry.getClass().getName().startsWith("org.springframework.session.");
    }

    private static void requirePerson(Authentication authentication) {
        if (!PasswordCheck.isPerson(authentication) || !authentication.isAuthenticated()) {
            throw new IllegalArgumentException("only a person who is known by now signs in with a session");
        }
    }

    private static String whose(Authentication authentication, Optional<Owner> owner) {
        return owner.map(Owner::toString).orElseGet(authentication::getName);
    }

    /** Whatever is not known of this sign-in is null, and so forgotten of one that made the session before. */
    private void note(
            HttpServletRequest request,
            Authentication authentication,
            Optional<Owner> owner,
            Optional<LoadedOwner> known) {
        HttpSession session = request.getSession();
        String whose = whose(authentication, owner);
        Object before = session.getAttribute(WHOSE);
        if (before != null && !before.equals(whose)) {
            Collections.list(session.getAttributeNames()).stream()
                    .filter(name -> name.startsWith("sanctum.") || name.equals(SAVED_REQUEST))
                    .forEach(session::removeAttribute);
        }
        String device = request.getHeader(HttpHeaders.USER_AGENT);
        session.setAttribute(WHOSE, whose);
        session.setAttribute(DEVICE, device == null ? null : Characters.cut(device, MAX_DEVICE));
        session.setAttribute(ADDRESS, request.getRemoteAddr());
        session.setAttribute(REMEMBERED, null);
        session.setAttribute(VERSION, known.map(LoadedOwner::credentialVersion).orElse(null));
        session.setAttribute(
                CONFIRMED_AT,
                provenAt(authentication).map(Instant::getEpochSecond).orElse(null));
    }

    /** As the sign-in tells; what lies ahead tells nothing. */
    private Optional<Instant> provenAt(Authentication authentication) {
        return confirmations.provenAt(authentication, clock.instant().plus(SKEW));
    }

    /** Signs out whoever is signed in by the session of this request, and ends the session. */
    public void signOut(HttpServletRequest request, HttpServletResponse response) {
        Authentication who = SecurityContextHolder.getContext().getAuthentication();
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
        if (who != null && PasswordCheck.isPerson(who)) {
            events.publish(new AccessEvent.SignedOut(owners.of(who).orElse(null), who.getName()));
        }
        SecurityContextHolder.clearContext();
        csrf.ifAvailable(pages -> pages.forget(request, response));
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
        if (session == null || caller == null || !PasswordCheck.isPerson(caller)) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        String name = caller.getPrincipal() instanceof UserDetails user ? user.getUsername() : caller.getName();
        var unused = passwords.getObject().check(name, password, request.getRemoteAddr(), field, FAILURE);
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
        owners.of(caller)
                .flatMap(owners::loadNow)
                .ifPresent(owner -> session.setAttribute(VERSION, owner.credentialVersion()));
        request.changeSessionId();
    }

    /**
     * Notes that whoever is signed in by the session of this request has just proved to be there, whatever the authentication tells of it.
     * Whoever calls this has seen that proof; that a provider sent somebody here is none.
     */
    public void confirmed(HttpServletRequest request) {
        confirm(request.getSession());
    }

    /**
     * Whether the session of this request knows an owner: not one who is let in by what comes with each request, a password or a token of
     * somebody else's. Makes no session.
     */
    public boolean isInSession(HttpServletRequest request, Owner owner) {
        HttpSession session = request.getSession(false);
        return session != null
                && session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY)
                        instanceof SecurityContext context
                && context.getAuthentication() != null
                && owners.of(context.getAuthentication()).filter(owner::equals).isPresent();
    }

    /** Whether {@link #requireConfirmed} asks anything. */
    public boolean asksAgain() {
        return settings.confirmWithin() != null;
    }

    static boolean isRemembered(@Nullable HttpSession session) {
        return session != null && Boolean.TRUE.equals(session.getAttribute(REMEMBERED));
    }

    /** With whose confirmation it is: not everybody's next sign-in is noted. */
    private void confirm(HttpSession session) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller != null) {
            session.setAttribute(WHOSE, whose(caller, owners.of(caller)));
        }
        session.setAttribute(CONFIRMED_AT, clock.instant().getEpochSecond());
    }

    /** The version of the password under which a session was made, if it is known. */
    public static @Nullable String credentialVersion(@Nullable HttpSession session) {
        return session != null && session.getAttribute(VERSION) instanceof String version ? version : null;
    }

    /**
     * Asks whoever is signed in to prove again that it is them, if they did so longer ago than {@code sanctum.spa.confirm-within}: answered
     * by an exception that our advice knows, with 423 and the ways that there are. Proof is a password, a passkey, a one-time token, or
     * what a {@link Confirmation} knows; never that a provider has sent somebody here again.
     */
    public void requireConfirmed(HttpServletRequest request) {
        if (settings.confirmWithin() == null) {
            return;
        }
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        HttpSession session = request.getSession(false);
        Instant now = clock.instant();
        if (session != null
                && caller != null
                && confirmedAt(session, caller)
                        .filter(at -> !now.isAfter(at.plus(settings.confirmWithin())))
                        .isPresent()) {
            return;
        }
        throw new ProblemException(
                caller == null ? Problem.unauthenticated(false) : confirmations.required(request, caller));
    }

    /** As noted when somebody signed in or confirmed, unless that lies ahead; as the sign-in tells where nobody noted that of this person. */
    private Optional<Instant> confirmedAt(HttpSession session, Authentication caller) {
        Object noted = session.getAttribute(WHOSE);
        if (noted != null && !noted.equals(whose(caller, owners.of(caller)))) {
            return provenAt(caller);
        }
        if (session.getAttribute(CONFIRMED_AT) instanceof Long seconds) {
            return Optional.of(Instant.ofEpochSecond(seconds))
                    .filter(at -> !at.isAfter(clock.instant().plus(SKEW)));
        }
        return noted == null ? provenAt(caller) : Optional.empty();
    }
}
