package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AbilityPreset;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.RolesAsOf;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.WireJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the caller may ask for in a token, for whoever builds a form. */
@RestController
class AbilitiesController {

    private final AbilityCatalog catalog;
    private final Tokens tokens;
    private final Owners owners;
    private final List<AbilityPreset> presets;
    private final boolean usesAreKept;

    /** @param usesAreKept whether the time of a token's last use means anything */
    AbilitiesController(
            AbilityCatalog catalog, Tokens tokens, Owners owners, List<AbilityPreset> presets, boolean usesAreKept) {
        this.catalog = catalog;
        this.tokens = tokens;
        this.owners = owners;
        this.presets = presets;
        this.usesAreKept = usesAreKept;
    }

    @GetMapping(path = "/api/abilities", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<List<AbilityCatalog.Entry>> abilities(@Nullable Authentication caller) {
        Abilities permitted = tokens.permitted(owner(owners, caller));
        return WireJson.of(catalog.entries().stream()
                .filter(entry -> permitted.can(entry.name()))
                .toList());
    }

    /** Lifetimes are whole seconds; absent limits are null. */
    @GetMapping(path = "/api/tokens/policy", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> policy(@Nullable Authentication caller) {
        Owner owner = owner(owners, caller);
        TokenPolicy limits = tokens.policy();
        int most = limits.maxTokens(owner);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("default_lifetime", seconds(tokens.defaultLifetime(owner)));
        answer.put("max_lifetime", seconds(tokens.maxLifetime(owner)));
        answer.put("idle_expiry", seconds(limits.idleExpiry(owner)));
        answer.put("max_tokens", most == Integer.MAX_VALUE ? null : most);
        answer.put("max_name_length", TokenRequest.MAX_NAME);
        Abilities permitted = tokens.permitted(owner);
        answer.put("abilities", permitted.names());
        owners.asleepFrom(owner).ifPresent(time -> answer.put("asleep_from", WireJson.time(time)));
        owners.load(owner)
                .map(known -> known.principal() instanceof RolesAsOf person ? person.rolesAsOf() : null)
                .ifPresent(time -> answer.put("roles_as_of", WireJson.time(time)));
        List<String> held = tokens.onRequest(owner).names();
        if (!held.isEmpty()) {
            answer.put("on_request", held);
        }
        List<Map<String, Object>> ready = presets.stream()
                .filter(preset -> permitted.covers(preset.abilities()))
                .map(AbilitiesController::told)
                .toList();
        if (!ready.isEmpty()) {
            answer.put("presets", ready);
        }
        if (!usesAreKept) {
            answer.put("last_used", false);
        }
        return WireJson.of(answer);
    }

    private static Map<String, Object> told(AbilityPreset preset) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", preset.name());
        told.put("abilities", preset.abilities().names());
        return told;
    }

    private static @Nullable Long seconds(@Nullable Duration lifetime) {
        return lifetime == null ? null : lifetime.toSeconds();
    }

    /** Whose tokens it is about. */
    static Owner owner(Owners owners, @Nullable Authentication caller) {
        if (caller == null) { // a chain of the application's own lets anybody through to here
            throw new ProblemException(Problem.unauthenticated(false));
        }
        return owners.require(caller);
    }
}
