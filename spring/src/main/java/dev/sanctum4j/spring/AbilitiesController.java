package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The abilities that the caller's tokens may have, for whoever chooses some. */
@RestController
class AbilitiesController {

    private final AbilityCatalog catalog;
    private final AbilityPolicy policy;
    private final Owners owners;

    AbilitiesController(AbilityCatalog catalog, AbilityPolicy policy, Owners owners) {
        this.catalog = catalog;
        this.policy = policy;
        this.owners = owners;
    }

    @GetMapping("/api/abilities")
    List<AbilityCatalog.Entry> abilities(@Nullable Authentication caller) {
        if (caller == null) { // a chain of the application's own lets anybody through to here
            throw new ProblemException(Problem.unauthenticated(false));
        }
        Owner owner = owners.of(caller).orElseThrow(() -> new ProblemException(Problem.forbidden()));
        Abilities permitted = policy.permitted(owner);
        return catalog.entries().stream()
                .filter(entry -> permitted.can(entry.name()))
                .toList();
    }
}
