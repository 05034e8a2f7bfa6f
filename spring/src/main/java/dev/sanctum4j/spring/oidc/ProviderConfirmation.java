package dev.sanctum4j.spring.oidc;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.spa.Confirmation;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Proof by the OpenID provider that somebody came from: {@code auth_time} of its ID token, which is when they proved it there, and never
 * when they arrived here. To prove it again they go there in a {@link Round}. A provider that does not ask, or does not tell when, is
 * offered no more in a session once it has told no other time than before.
 *
 * <p>Thread-safe.
 */
final class ProviderConfirmation implements Confirmation {

    /** Spring Security's, with where somebody was on their way to. */
    static final String SAVED_REQUEST = "SPRING_SECURITY_SAVED_REQUEST";

    /** The attribute of a session with the registration of a provider whose answer proved nothing. */
    private static final String IN_VAIN = "sanctum.confirm.in-vain";
    /** How far a provider's clock may be behind ours, where it tells no other time than before the question. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private final ClientRegistrationRepository registrations;
    private final OidcProperties settings;
    private final Owners owners;
    private final SignIn signIn;
    private final Clock clock;

    ProviderConfirmation(
            ClientRegistrationRepository registrations,
            OidcProperties settings,
            Owners owners,
            SignIn signIn,
            Clock clock) {
        this.registrations = registrations;
        this.settings = settings;
        this.owners = owners;
        this.signIn = signIn;
        this.clock = clock;
    }

    @Override
    public boolean isPossible() {
        return !(registrations
                        instanceof InMemoryClientRegistrationRepository known) // another may have to ask for them
                || StreamSupport.stream(known.spliterator(), false)
                        .anyMatch(one ->
                                one.getScopes() != null && one.getScopes().contains("openid"));
    }

    @Override
    public Optional<Instant> provenAt(Authentication caller) {
        return caller.getPrincipal() instanceof OidcUser person
                ? Optional.ofNullable(person.getAuthenticatedAt())
                : Optional.empty();
    }

    @Override
    public List<Way> ways(HttpServletRequest request, Authentication caller) {
        ClientRegistration registration;
        try {
            registration = registration(caller);
        } catch (RuntimeException e) { // one that is asked for late may be away, and takes no other way from anybody
            return List.of();
        }
        HttpSession session = request.getSession(false);
        if (registration == null
                || session == null
                || registration.getRegistrationId().equals(session.getAttribute(IN_VAIN))) {
            return List.of();
        }
        return List.of(new Way(
                "provider",
                registration.getClientName(),
                request.getContextPath() + ConfirmController.PATH + registration.getRegistrationId()));
    }

    /** The provider that somebody came from, if it is an OpenID provider. */
    private @Nullable ClientRegistration registration(Authentication caller) {
        return caller instanceof OAuth2AuthenticationToken signedIn && caller.getPrincipal() instanceof OidcUser
                ? registrations.findByRegistrationId(signedIn.getAuthorizedClientRegistrationId())
                : null;
    }

    /**
     * Begins a question to the provider that somebody came from.
     *
     * @return whether there is one, and it is called that
     */
    boolean begin(HttpSession session, Authentication caller, String called) {
        ClientRegistration registration = registration(caller);
        if (registration == null || !registration.getRegistrationId().equals(called)) {
            return false;
        }
        new Round(called, whose(caller), clock.instant(), provenAt(caller).orElse(null), null).keep(session);
        return true;
    }

    private String whose(Authentication caller) {
        return owners.of(caller).map(Owner::toString).orElseGet(caller::getName);
    }

    /** After the session has forgotten somebody else's; a round of theirs is not there any more. */
    @EventListener
    @Order(Ordered.LOWEST_PRECEDENCE)
    void on(InteractiveAuthenticationSuccessEvent event) {
        if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now)
                || !(event.getAuthentication() instanceof OAuth2AuthenticationToken caller)) {
            return;
        }
        HttpSession session = now.getRequest().getSession(false);
        Round round = Round.of(session);
        String state = now.getRequest().getParameter("state");
        if (session == null || round == null) {
            return;
        }
        if (!round.whose().equals(whose(caller))) {
            Round.end(session);
            session.removeAttribute(SAVED_REQUEST); // without listed pages nobody else forgets it
            return;
        }
        if (state == null || !state.equals(round.state())) {
            return;
        }
        Round.end(session);
        if (!round.registration().equals(caller.getAuthorizedClientRegistrationId())) {
            return;
        }
        if (settings.trustPrompt().contains(round.registration())) {
            signIn.confirmed(now.getRequest());
        } else {
            boolean proven = provenAt(caller)
                    .filter(at -> !at.isBefore(round.since().minus(SKEW)) || round.isNews(at))
                    .filter(at -> !at.isAfter(clock.instant().plus(SKEW))) // which confirms nothing either
                    .isPresent();
            session.setAttribute(IN_VAIN, proven ? null : round.registration());
        }
    }
}
