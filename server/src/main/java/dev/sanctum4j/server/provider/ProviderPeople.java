package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.server.accounts.Identities;
import dev.sanctum4j.server.accounts.OidcProperties;
import dev.sanctum4j.server.accounts.ProviderSignIn;
import dev.sanctum4j.spring.LoadedOwner;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/**
 * Whether somebody whom the provider has signed in is let in, and to which account. Asked before there is a session.
 *
 * <p>Thread-safe.
 */
final class ProviderPeople implements OAuth2UserService<OidcUserRequest, OidcUser> {

    private final OAuth2UserService<OidcUserRequest, OidcUser> provider;
    private final OidcProperties settings;
    private final ProviderSignIn accounts;
    private final Clock clock;

    /** @param provider asked for what the ID token does not tell */
    ProviderPeople(
            OAuth2UserService<OidcUserRequest, OidcUser> provider,
            OidcProperties settings,
            ProviderSignIn accounts,
            Clock clock) {
        this.provider = provider;
        this.settings = settings;
        this.accounts = accounts;
        this.clock = clock;
    }

    @Override
    public OidcUser loadUser(OidcUserRequest request) {
        OidcUser person = Objects.requireNonNull(provider.loadUser(request));
        Optional<Purpose> purpose = Purpose.current();
        try {
            Account account = account(person, purpose);
            if (account.disabledAt() != null) {
                throw Refused.disabled();
            }
            return new ProviderAccount(account, person.getIdToken());
        } catch (DataAccessException e) {
            throw new InternalAuthenticationServiceException("nobody can be asked whose account it is", e);
        }
    }

    private Account account(OidcUser person, Optional<Purpose> purpose) {
        OidcIdToken said = person.getIdToken();
        Identities.Identity identity = identity(said.getClaims(), settings).orElseThrow(Refused::notAllowed);
        Collection<?> groups = groups(person);
        if (!settings.allowedGroups().isEmpty()
                && settings.allowedGroups().stream().noneMatch(groups::contains)) {
            throw Refused.notAllowed();
        }
        boolean admin = settings.adminGroups().stream().anyMatch(groups::contains);
        if (purpose.isPresent()) {
            Account account = wanted(purpose.get());
            String invitation = purpose.get().invitation();
            return accounts.connect(identity, account, invitation)
                    .map(connected -> accounts.signIn(identity, connected, admin))
                    .orElseThrow(Refused::connectedElsewhere);
        }
        Optional<Account> known = accounts.find(identity);
        if (known.isPresent()) {
            return accounts.signIn(identity, known.get(), admin);
        }
        if (!settings.isOpen(said.getClaim("hd"), said.getClaim("tid"))) {
            throw Refused.notAllowed();
        }
        return accounts.create(identity, name(person), address(person), admin).orElseThrow(Refused::addressTaken);
    }

    /** The account that the session wanted to be connected and is signed in to, under the same password still, or that an invitation is for. */
    private Account wanted(Purpose purpose) {
        if (purpose.until().isBefore(clock.instant())) {
            throw Refused.over();
        }
        Optional<Account> wanted = purpose.account() == null
                ? accounts.invited(purpose.invitation())
                : accounts.find(purpose.account())
                        .filter(own -> isSignedIn(own.id())
                                && Objects.equals(LoadedOwner.versionOf(own.password()), purpose.version()));
        Account account = wanted.orElseThrow(Refused::over);
        if (account.disabledAt() != null) {
            throw Refused.disabled();
        }
        return account;
    }

    private static boolean isSignedIn(long account) {
        Authentication signedIn = SecurityContextHolder.getContext().getAuthentication();
        return signedIn != null && signedIn.getPrincipal() instanceof AccountDetails own && own.id() == account;
    }

    /** By what the provider has signed; empty if that does not say who it is. */
    static Optional<Identities.Identity> identity(Map<String, Object> said, OidcProperties settings) {
        String issuer = String.valueOf(said.get("iss"));
        Object claim = said.get(settings.subjectClaim());
        String subject =
                claim instanceof String || claim instanceof Long || claim instanceof Integer ? claim.toString() : "";
        return isExact(issuer) && isExact(subject)
                ? Optional.of(new Identities.Identity(issuer, subject))
                : Optional.empty();
    }

    /** Some databases compare without the blanks at the end, none may have longer ones, and not all keep a NUL or half a character. */
    private static boolean isExact(String text) {
        return !text.isEmpty()
                && text.length() <= 255
                && text.equals(text.strip())
                && text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
    }

    private Collection<?> groups(OidcUser person) {
        Object groups = person.getClaims().get(settings.groupsClaim());
        return groups instanceof Collection<?> several ? several : List.of();
    }

    private static String name(OidcUser person) {
        String name = person.getFullName();
        String other = person.getPreferredUsername();
        return name != null && !name.isBlank() ? name : other != null && !other.isBlank() ? other : "Somebody";
    }

    /** Of which the provider says that it is the person's; absent if there is none. */
    private static @Nullable String address(OidcUser person) {
        return Boolean.TRUE.equals(person.getEmailVerified()) ? person.getEmail() : null;
    }
}
