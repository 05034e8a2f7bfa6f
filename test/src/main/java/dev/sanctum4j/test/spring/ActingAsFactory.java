package dev.sanctum4j.test.spring;

import dev.sanctum4j.Owner;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.test.context.support.WithSecurityContextFactory;

/** Reads {@link ActingAs}. */
final class ActingAsFactory implements WithSecurityContextFactory<ActingAs> {

    private final Actors actors;

    ActingAsFactory(Actors actors) {
        this.actors = actors;
    }

    @Override
    public SecurityContext createSecurityContext(ActingAs is) {
        if (is.firstParty() && is.abilities().length > 0) {
            throw new IllegalArgumentException("a first-party session has every ability, so name none");
        }
        Acting acting = (is.firstParty()
                        ? Acting.actingAsFirstParty(is.value())
                        : Acting.actingAs(is.value(), is.abilities()))
                .authorities(is.authorities());
        if (!is.ownerType().isEmpty()) {
            acting = acting.owner(Owner.of(is.ownerType(), is.value()));
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(actors.authentication(acting));
        return context;
    }
}
