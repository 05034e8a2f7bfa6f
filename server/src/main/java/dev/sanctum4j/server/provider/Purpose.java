package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.spring.LoadedOwner;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Why a session goes to the provider, if not only to sign in. It is noted for the page that asked, which gets a nonce; the door takes it with
 * that nonce, and from there it belongs to one question to the provider. Whoever goes to the door otherwise signs in and nothing else.
 *
 * @param account the account that is signed in, and is to be connected; absent if an invitation brings somebody
 * @param version of the account's password; absent likewise
 * @param invitation the hash of its code; absent if the account wants it
 * @param until how long that is meant
 * @param nonce what the page goes to the door with
 */
record Purpose(
        @Nullable Long account,
        @Nullable String version,
        @Nullable String invitation,
        Instant until,
        String nonce) implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String NAME = "sanctum.server.purpose";
    private static final String PARAMETER = "purpose";
    private static final Duration MEANT = Duration.ofMinutes(10);

    /** Notes it, and returns where to go. */
    static String connect(HttpServletRequest request, Account account, Clock clock) {
        return note(request, account.id(), LoadedOwner.versionOf(account.password()), null, clock);
    }

    /** Notes it, and returns where to go. */
    static String redeem(HttpServletRequest request, String invitation, Clock clock) {
        return note(request, null, null, invitation, clock);
    }

    private static String note(
            HttpServletRequest request,
            @Nullable Long account,
            @Nullable String version,
            @Nullable String invitation,
            Clock clock) {
        String nonce = UUID.randomUUID().toString();
        Instant until = clock.instant().plus(MEANT);
        request.getSession().setAttribute(NAME, new Purpose(account, version, invitation, until, nonce));
        return ProviderConfiguration.DOOR + "/" + Registration.ID + "?" + PARAMETER + "=" + nonce;
    }

    /** The question to the provider with what its session is after, if the request brings the nonce; the session forgets it either way. */
    static OAuth2AuthorizationRequest into(OAuth2AuthorizationRequest asked, HttpServletRequest request) {
        HttpSession session = request.getSession();
        Object noted = session.getAttribute(NAME);
        session.removeAttribute(NAME);
        return noted instanceof Purpose purpose && purpose.nonce.equals(request.getParameter(PARAMETER))
                ? OAuth2AuthorizationRequest.from(asked)
                        .attributes(more -> more.put(NAME, purpose))
                        .build()
                : asked;
    }

    /** Keeps for this request what the question was after that the provider has answered. */
    static void answered(@Nullable OAuth2AuthorizationRequest asked, HttpServletRequest request) {
        request.setAttribute(NAME, asked == null ? null : asked.getAttribute(NAME));
    }

    /** What the question was after that the provider has answered by this request. */
    static Optional<Purpose> current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now
                        && now.getRequest().getAttribute(NAME) instanceof Purpose purpose
                ? Optional.of(purpose)
                : Optional.empty();
    }
}
