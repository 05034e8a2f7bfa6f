package dev.sanctum4j.server.accounts;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How people sign in by an OpenID Connect provider.
 *
 * @param issuer The issuer, below which its endpoints are described; nobody signs in by a provider unless set.
 * @param clientId What the provider calls this server.
 * @param clientSecret The secret that belongs to it.
 * @param name What the button on the sign-in page calls the provider.
 * @param scopes What is asked for.
 * @param subjectClaim The claim by which people are known, where it is not 'sub': 'oid' for Entra. It must never change for a
 *     person, nor be given to another.
 * @param allowedDomains Whose people may come who were not invited: the values of the claim 'hd' or 'tid', never what is behind the @ of an
 *     address; '*' for everybody whom the provider knows.
 * @param allowedGroups In one of which people have to be, invited or not.
 * @param adminGroups Who is in one of them is an administrator from the next sign-in on, and nobody else who has no password.
 * @param groupsClaim The claim that lists somebody's groups.
 * @param backChannelLogout Whether the provider may say that somebody has signed out there, which ends their sessions here.
 * @param passwords Whether people may sign in by a password as well.
 */
@ConfigurationProperties("sanctum.oidc")
public record OidcProperties(
        @DefaultValue("") String issuer,
        @DefaultValue("") String clientId,
        @DefaultValue("") String clientSecret,
        @DefaultValue("single sign-on") String name,

        @DefaultValue({"openid", "profile", "email"}) List<String> scopes,

        @DefaultValue("sub") String subjectClaim,
        @DefaultValue List<String> allowedDomains,
        @DefaultValue List<String> allowedGroups,
        @DefaultValue List<String> adminGroups,
        @DefaultValue("groups") String groupsClaim,
        @DefaultValue("false") boolean backChannelLogout,
        @DefaultValue("true") boolean passwords) {

    /** Takes empty texts for none, as of a variable that is not set. */
    public OidcProperties {
        allowedDomains = given(allowedDomains);
        allowedGroups = given(allowedGroups);
        adminGroups = given(adminGroups);
        if (!issuer.isEmpty() && clientId.isEmpty()) {
            throw new IllegalArgumentException("sanctum.oidc.issuer is set, but sanctum.oidc.client-id is not");
        }
        if (issuer.isEmpty() && !passwords) {
            throw new IllegalArgumentException(
                    "sanctum.oidc.passwords is false, but sanctum.oidc.issuer is not set: nobody could sign in");
        }
    }

    private static List<String> given(List<String> values) {
        return values.stream()
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** Whether people sign in by a provider. */
    public boolean isOn() {
        return !issuer.isEmpty();
    }

    /** Whether people may come whom nobody here has invited, of those that the other rules let in. */
    public boolean isOpen(@Nullable Object... domains) {
        return allowedDomains.contains("*")
                || Stream.of(domains).anyMatch(domain -> domain != null && allowedDomains.contains(domain.toString()))
                || allowedDomains.isEmpty() && !allowedGroups.isEmpty();
    }

    @Override
    public String toString() {
        return "OidcProperties[issuer=" + issuer + ", clientId=" + clientId + ", clientSecret=***]";
    }
}
