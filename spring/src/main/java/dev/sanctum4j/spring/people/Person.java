package dev.sanctum4j.spring.people;

import dev.sanctum4j.spring.RolesAsOf;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * Somebody whom a provider has signed in: the principal of requests with a token, which come without the provider. A session has the
 * provider's own, an {@code OidcUser} for one.
 *
 * @param id the id of ours, which tokens refer to; it means nothing, and stays when the person moves to another provider
 * @param issuer the provider
 * @param subject who the person is there
 * @param name what {@code Authentication.getName()} says, in a session as well
 * @param displayName what to call the person; absent if the provider did not say
 * @param email an address, for showing only: a provider gives it to another one day. Absent if the provider did not say
 * @param authorities what the person might do at the last sign-in, without what told how that was done
 * @param createdAt when the person first came
 * @param seenAt when the provider last signed the person in
 * @param disabledAt since when the person is not let in; absent if they are
 */
public record Person(
        String id,
        String issuer,
        String subject,
        String name,
        @Nullable String displayName,
        @Nullable String email,
        List<String> authorities,
        Instant createdAt,
        Instant seenAt,
        @Nullable Instant disabledAt)
        implements AuthenticatedPrincipal, RolesAsOf {

    /** Copies. */
    public Person {
        authorities = List.copyOf(authorities);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Instant rolesAsOf() {
        return seenAt;
    }

    /** Without what is personal. */
    @Override
    public String toString() {
        return "Person[" + id + "]";
    }
}
