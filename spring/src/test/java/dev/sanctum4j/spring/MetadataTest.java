package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE completes is what there is. */
class MetadataTest {

    private static final String KEYS = """
            sanctum.abilities.closed
            sanctum.abilities.described
            sanctum.approval.administrators
            sanctum.approval.issuer
            sanctum.approval.page
            sanctum.broadcasting.key
            sanctum.broadcasting.secret
            sanctum.cache.max-entries
            sanctum.cache.max-stale
            sanctum.cache.mode
            sanctum.cache.poll-interval
            sanctum.diagnosis
            sanctum.endpoints.approval
            sanctum.endpoints.password-token
            sanctum.endpoints.password-token-abilities
            sanctum.endpoints.session
            sanctum.endpoints.tokens
            sanctum.housekeeping
            sanctum.jdbc.direct-url
            sanctum.jdbc.initialize-schema
            sanctum.jdbc.owner-types
            sanctum.jdbc.session-time-zone
            sanctum.jdbc.table
            sanctum.jdbc.time-zone
            sanctum.last-used.enabled
            sanctum.last-used.flush-interval
            sanctum.last-used.resolution
            sanctum.observations
            sanctum.oidc.signed-out-uri
            sanctum.oidc.trust-prompt
            sanctum.owner-type
            sanctum.owners.seen-within
            sanctum.owners.subject-claim
            sanctum.paths
            sanctum.people
            sanctum.policy.abilities
            sanctum.policy.default-lifetime
            sanctum.policy.delegated-lifetime
            sanctum.policy.idle-expiry
            sanctum.policy.max-lifetime
            sanctum.policy.max-tokens
            sanctum.policy.on-request
            sanctum.prune.after
            sanctum.prune.enabled
            sanctum.prune.every
            sanctum.spa.confirm-within
            sanctum.spa.cookie.csrf-name
            sanctum.spa.cookie.domain
            sanctum.spa.cookie.path
            sanctum.spa.cookie.same-site
            sanctum.spa.cookie.secure
            sanctum.spa.cookie.session-name
            sanctum.spa.csrf
            sanctum.spa.max-sessions
            sanctum.spa.remember-lifetime
            sanctum.spa.session-lifetime
            sanctum.spa.stateful
            sanctum.token.bare-secrets
            sanctum.token.format
            sanctum.token.former-prefixes
            sanctum.token.max-age
            sanctum.token.narrowed-carries-authorities
            sanctum.token.prefix
            sanctum.websocket.path
            sanctum.websocket.recheck
            """;

    private final JsonNode metadata = read();

    private static JsonNode read() {
        try (InputStream file =
                SanctumProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.shared().readTree(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<JsonNode> properties(Predicate<JsonNode> which) {
        return metadata.get("properties").valueStream().filter(which).toList();
    }

    private static List<String> names(List<JsonNode> nodes) {
        return nodes.stream().map(one -> one.get("name").asString()).sorted().toList();
    }

    @Test
    void keysAreThese() {
        assertThat(names(properties(
                        one -> one.get("name").asString().startsWith("sanctum.") && !one.has("deprecation"))))
                .isEqualTo(KEYS.lines().toList());
    }

    @Test
    void everyKeyIsDescribed() {
        assertThat(properties(one -> !one.has("deprecation")))
                .allSatisfy(one -> assertThat(one.get("description").asString()).endsWith("."));
    }

    @Test
    void hintsAreForKeysThatAreThere() {
        assertThat(names(properties(one -> true)))
                .containsAll(names(metadata.get("hints").valueStream().toList()));
    }

    @Test
    void keysThatHaveAnotherNameAreThoseThatFailAtStart() {
        assertThat(deprecations("replacement")).isEqualTo(SanctumEnvironment.SUCCESSORS);
        assertThat(KEYS.lines())
                .containsAll(Map.copyOf(SanctumEnvironment.SUCCESSORS).values());
    }

    @Test
    void keysThatAreGoneSayWhatToDoInstead() {
        Map<String, String> reasons = deprecations("reason");
        reasons.keySet().removeAll(SanctumEnvironment.SUCCESSORS.keySet());

        assertThat(reasons).isEqualTo(SanctumEnvironment.GONE);
    }

    private Map<String, String> deprecations(String part) {
        return properties(one -> one.at("/deprecation").has(part)).stream()
                .collect(Collectors.toMap(
                        one -> one.get("name").asString(),
                        one -> one.get("deprecation").get(part).asString()));
    }
}
