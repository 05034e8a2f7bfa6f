package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.OidcProperties;
import dev.sanctum4j.server.accounts.ProviderSignIn;
import dev.sanctum4j.spring.spa.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.oidc.authentication.logout.OidcLogoutToken;
import org.springframework.security.web.authentication.logout.LogoutHandler;

/**
 * What the provider tells of somebody who has signed out there (OpenID Connect Back-Channel Logout): all their sessions end here, on whichever
 * node. Their tokens go on, and so do the jobs that have them, until they sleep.
 *
 * <p>Thread-safe.
 */
final class ProviderSignOuts implements LogoutHandler {

    private final OidcProperties settings;
    private final ProviderSignIn accounts;
    private final Sessions sessions;

    ProviderSignOuts(OidcProperties settings, ProviderSignIn accounts, Sessions sessions) {
        this.settings = settings;
        this.accounts = accounts;
        this.sessions = sessions;
    }

    /** @param told what the provider has signed */
    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response, @Nullable Authentication told) {
        if (told != null && told.getPrincipal() instanceof OidcLogoutToken who) {
            ProviderPeople.identity(who.getClaims(), settings)
                    .flatMap(accounts::find)
                    .map(Account::owner)
                    .ifPresent(sessions::endAll);
        }
    }
}
