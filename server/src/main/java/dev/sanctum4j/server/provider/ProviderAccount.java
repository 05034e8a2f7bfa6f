package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.AccountDetails;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** An account that a provider has signed in to; the session keeps what the provider said. */
final class ProviderAccount extends AccountDetails implements OidcUser {

    private static final long serialVersionUID = 1L;

    private final OidcIdToken said;

    ProviderAccount(Account account, OidcIdToken said) {
        super(account);
        eraseCredentials();
        this.said = said;
    }

    @Override
    public OidcIdToken getIdToken() {
        return said;
    }

    @Override
    public @Nullable OidcUserInfo getUserInfo() {
        return null;
    }

    @Override
    public Map<String, Object> getClaims() {
        return said.getClaims();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return said.getClaims();
    }

    @Override
    public String getName() {
        return getUsername();
    }
}
