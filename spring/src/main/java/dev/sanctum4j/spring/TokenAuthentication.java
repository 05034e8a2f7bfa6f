package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.Transient;
import org.springframework.security.core.authority.FactorGrantedAuthority;

/**
 * A request made with a token. Its authorities are those of the owner if the token lists {@code *}, none if it is narrowed
 * (unless configured otherwise), and always the factor {@value #FACTOR}, never that of a password. An ability is never an
 * authority: ask {@link Sanctum#can}. No session ever keeps it, whatever a chain does with others.
 */
@Transient
public final class TokenAuthentication extends AbstractAuthenticationToken {

    /** The factor by which such a request was authenticated. */
    public static final String FACTOR = "FACTOR_ACCESS_TOKEN";

    private static final long serialVersionUID = 1L;
    private static final List<GrantedAuthority> FACTOR_ONLY = List.of(FactorGrantedAuthority.fromAuthority(FACTOR));

    private final transient Object principal;
    private final transient AccessToken token;
    private final String name;

    /**
     * Says who makes a request with a token; whoever calls this has checked that it is true.
     *
     * @param narrowedCarriesAuthorities whether a token without {@code *} carries the owner's authorities too
     */
    public static TokenAuthentication of(AccessToken token, LoadedOwner owner, boolean narrowedCarriesAuthorities) {
        return new TokenAuthentication(
                token, owner, narrowedCarriesAuthorities || token.abilities().lists("*"));
    }

    private TokenAuthentication(AccessToken token, LoadedOwner owner, boolean withAuthorities) {
        super(authorities(owner, withAuthorities));
        this.token = token;
        this.principal = owner.principal();
        this.name = owner.name();
        super.setAuthenticated(true);
    }

    private static Collection<GrantedAuthority> authorities(LoadedOwner owner, boolean withAuthorities) {
        if (!withAuthorities || owner.authorities().isEmpty()) {
            return FACTOR_ONLY;
        }
        List<GrantedAuthority> all = new ArrayList<>(FACTOR_ONLY);
        for (GrantedAuthority authority : owner.authorities()) {
            String text = authority.getAuthority();
            if (text == null || !text.startsWith("FACTOR_")) {
                all.add(authority);
            }
        }
        return all;
    }

    /** The token that authenticated the request. */
    public AccessToken token() {
        return token;
    }

    @Override
    public Object getPrincipal() {
        return principal;
    }

    /** Nothing: the text of the token is not kept. */
    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public String getName() {
        return name;
    }
}
