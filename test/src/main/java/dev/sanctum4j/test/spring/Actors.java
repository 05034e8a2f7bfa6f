package dev.sanctum4j.test.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.TokenAuthentication;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;

/** Says what the application's code finds when somebody acts: the same as after a real sign-in. */
final class Actors {

    private static final TokenId ID = TokenId.of(1);

    private final List<OwnerLoader> loaders;
    private final String ownerType;
    private final boolean narrowedCarriesAuthorities;
    private final Clock clock;

    Actors(List<OwnerLoader> loaders, String ownerType, boolean narrowedCarriesAuthorities, Clock clock) {
        this.loaders = List.copyOf(loaders);
        this.ownerType = ownerType;
        this.narrowedCarriesAuthorities = narrowedCarriesAuthorities;
        this.clock = clock;
    }

    Authentication authentication(Acting who) {
        if (who.abilities() == null) {
            List<GrantedAuthority> all = new ArrayList<>(who.authorities());
            all.add(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY));
            return new Session(who.user(), all);
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Session person = new Session(who.user(), who.authorities());
        AccessToken token = new AccessToken(
                ID,
                owner(who, person.getName()),
                "acting",
                who.abilities(),
                now,
                null,
                null,
                null,
                null,
                null,
                Map.of());
        return TokenAuthentication.of(
                token,
                new LoadedOwner(who.user(), person.getName(), who.authorities(), true, null, null),
                narrowedCarriesAuthorities);
    }

    private Owner owner(Acting who, String name) {
        if (who.owner() != null) {
            return who.owner();
        }
        for (OwnerLoader loader : loaders) {
            String id = loader.idOf(who.user()).orElse(null);
            if (id != null) {
                return Owner.of(loader.type(), id);
            }
        }
        return Owner.of(ownerType, name);
    }

    /** A first-party session. */
    static final class Session extends UsernamePasswordAuthenticationToken {

        private static final long serialVersionUID = 1L;

        Session(Object principal, List<GrantedAuthority> authorities) {
            super(principal, null, authorities);
        }
    }
}
