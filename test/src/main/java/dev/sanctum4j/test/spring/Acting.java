package dev.sanctum4j.test.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.test.web.servlet.request.RequestPostProcessor;

/**
 * Who makes a request of a test. One and the same goes with every client:
 *
 * <pre>{@code
 * mockMvc.perform(get("/api/orders").with(actingAs("ada", "orders:read")));
 * restTestClient.get().uri("/api/orders").headers(actingAs("ada", "orders:read")).exchange();
 * webTestClient.get().uri("/api/orders").headers(actingAs("ada", "orders:read")).exchange();
 * }</pre>
 *
 * No store, no owner and no session is read. A chain that takes no tokens, or none of this type of owner, refuses the
 * request as it would refuse a real one. By headers it works in the JVM of the test only, with a real port as well.
 *
 * <p>Immutable.
 */
public final class Acting implements RequestPostProcessor, Consumer<HttpHeaders> {

    private static final String KEY = "sanctum.acting";
    private static final String HEADER = "Sanctum-Acting-As";
    private static final Map<String, Acting> BY_TICKET = new ConcurrentHashMap<>();

    private final Object user;
    private final @Nullable Owner owner;
    private final List<GrantedAuthority> authorities;
    private final @Nullable Abilities abilities;

    private Acting(
            Object user, @Nullable Owner owner, List<GrantedAuthority> authorities, @Nullable Abilities abilities) {
        this.user = user;
        this.owner = owner;
        this.authorities = List.copyOf(authorities);
        this.abilities = abilities;
    }

    /**
     * With a token that has these abilities and no others; none, if none is named.
     *
     * @param user the principal, or just its name
     */
    public static Acting actingAs(Object user, String... abilities) {
        return of(user, Abilities.of(abilities));
    }

    /**
     * With a session, as first-party pages do: every ability, and no CSRF token is asked for.
     *
     * @param user the principal, or just its name
     */
    public static Acting actingAsFirstParty(Object user) {
        return of(user, null);
    }

    private static Acting of(Object user, @Nullable Abilities abilities) {
        Object principal = user instanceof String name
                ? User.withUsername(name).password("").authorities(List.of()).build()
                : user;
        return new Acting(
                principal,
                null,
                principal instanceof UserDetails details ? List.copyOf(details.getAuthorities()) : List.of(),
                abilities);
    }

    /** The same for another owner than the {@code OwnerLoader}s see in the principal. */
    public Acting owner(Owner owner) {
        return new Acting(user, owner, authorities, abilities);
    }

    /** The same with these authorities of the owner's, which a token carries if it has {@code *}. */
    public Acting authorities(String... authorities) {
        return new Acting(user, owner, AuthorityUtils.createAuthorityList(authorities), abilities);
    }

    /** For MockMvc. */
    @Override
    public MockHttpServletRequest postProcessRequest(MockHttpServletRequest request) {
        request.setAttribute(KEY, this);
        return request;
    }

    /** For clients: a ticket that means nothing outside this JVM. */
    @Override
    public void accept(HttpHeaders headers) {
        String ticket = UUID.randomUUID().toString();
        BY_TICKET.put(ticket, this);
        headers.set(HEADER, ticket);
    }

    /** Who makes a request; {@code null} if no test says so. */
    static @Nullable Acting in(jakarta.servlet.http.HttpServletRequest request) {
        String ticket = request.getHeader(HEADER);
        return request.getAttribute(KEY) instanceof Acting acting
                ? acting
                : ticket == null ? null : BY_TICKET.get(ticket);
    }

    Object user() {
        return user;
    }

    @Nullable
    Owner owner() {
        return owner;
    }

    List<GrantedAuthority> authorities() {
        return authorities;
    }

    /** What the token has; {@code null} for a session. */
    @Nullable
    Abilities abilities() {
        return abilities;
    }
}
