package dev.sanctum4j.spring.people;

import dev.sanctum4j.Owner;
import dev.sanctum4j.cache.FreshCache;
import dev.sanctum4j.spring.PersonMapper;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.core.user.OAuth2User;

/**
 * Sign-ins by OAuth2 and OpenID Connect. One is written down after the provider has said yes and before there is a session, so that a
 * failure leaves nobody signed in; a refresh behind the person's back is none.
 *
 * <p>Thread-safe.
 */
final class ProviderSignIns implements ApplicationListener<AuthenticationSuccessEvent>, PersonMapper {

    private final People people;
    private final String type;
    private final Map<String, String> subjectClaims;
    private final ObjectProvider<ClientRegistrationRepository> registrations;
    private final @Nullable FreshCache<Identity, Owner> owners;

    /**
     * @param type the type of people as owners
     * @param subjectClaims by which claim people are known, for registrations where it is another than usual
     * @param owners who somebody is, in memory; absent if that is read every time
     */
    ProviderSignIns(
            People people,
            String type,
            Map<String, String> subjectClaims,
            ObjectProvider<ClientRegistrationRepository> registrations,
            @Nullable FreshCache<Identity, Owner> owners) {
        this.people = people;
        this.type = type;
        this.subjectClaims = Map.copyOf(subjectClaims);
        this.registrations = registrations;
        this.owners = owners;
    }

    @Override
    public void onApplicationEvent(AuthenticationSuccessEvent event) {
        if (!(event.getAuthentication() instanceof OAuth2LoginAuthenticationToken signedIn)) {
            return;
        }
        OAuth2User user = Objects.requireNonNull(signedIn.getPrincipal());
        ClientRegistration registration = signedIn.getClientRegistration();
        Identity identity;
        try {
            identity = identity(user, registration);
        } catch (IllegalArgumentException e) {
            throw new OAuth2AuthenticationException(
                    new OAuth2Error("invalid_subject"),
                    "The provider of the registration '" + registration.getRegistrationId()
                            + "' does not say who this is: " + e.getMessage(),
                    e);
        }
        Person person;
        try {
            person = people.signedIn(new SignedInPerson(
                    identity, user.getName(), told(user, "name"), told(user, "email"), lasting(signedIn)));
        } catch (DataAccessException e) {
            throw new InternalAuthenticationServiceException("a person who signs in could not be written down", e);
        }
        if (person.disabledAt() != null) {
            throw new DisabledException(person + " is disabled");
        }
    }

    private static @Nullable String told(OAuth2User user, String claim) {
        return user.getAttributes().get(claim) instanceof String text ? text : null;
    }

    /** What somebody may do; how they proved who they are was true for that sign-in only. */
    private static List<String> lasting(Authentication signedIn) {
        return signedIn.getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .filter(authority -> authority != null
                        && !authority.startsWith("FACTOR_")
                        && authority.chars().noneMatch(Character::isISOControl))
                .distinct()
                .toList();
    }

    @Override
    public Optional<Owner> ownerOf(Authentication authentication) {
        if (!(authentication instanceof OAuth2AuthenticationToken session)) {
            return Optional.empty();
        }
        ClientRegistrationRepository repository = registrations.getIfUnique();
        ClientRegistration registration = repository == null
                ? null
                : repository.findByRegistrationId(session.getAuthorizedClientRegistrationId());
        if (registration == null) {
            return Optional.empty();
        }
        Identity identity;
        try {
            identity = identity(session.getPrincipal(), registration);
        } catch (IllegalArgumentException e) { // of a session from before people were written down
            return Optional.empty();
        }
        return owners == null ? read(identity) : owners.get(identity, this::read);
    }

    private Optional<Owner> read(Identity identity) {
        return people.find(identity.issuer(), identity.subject()).map(person -> Owner.of(type, person.id()));
    }

    /** By what the provider has signed, if it has. */
    private Identity identity(OAuth2User user, ClientRegistration registration) {
        String claim = subjectClaims.get(registration.getRegistrationId());
        if (user instanceof OidcUser signed) {
            return new Identity(
                    String.valueOf(signed.getIdToken().getIssuer()), // a URL, and always there
                    text(signed.getIdToken().getClaims(), claim == null ? "sub" : claim));
        }
        return new Identity(
                issuer(registration.getProviderDetails()),
                claim == null ? user.getName() : text(user.getAttributes(), claim));
    }

    /** Without OpenID Connect nobody is called issuer: the page where people sign in is, since a host may have many realms. */
    private static String issuer(ClientRegistration.ProviderDetails provider) {
        String issuer = provider.getIssuerUri();
        URI page = URI.create(provider.getAuthorizationUri());
        return issuer == null ? page.getScheme() + "://" + page.getAuthority() + page.getPath() : issuer;
    }

    private static String text(Map<String, Object> claims, String claim) {
        Object value = claims.get(claim);
        if (!(value instanceof String || value instanceof Integer || value instanceof Long)) {
            throw new IllegalArgumentException("the claim '" + claim + "' is neither a text nor a whole number");
        }
        return value.toString();
    }
}
