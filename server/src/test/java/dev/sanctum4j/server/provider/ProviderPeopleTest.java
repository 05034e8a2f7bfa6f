package dev.sanctum4j.server.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.accounts.Identities.Identity;
import dev.sanctum4j.server.accounts.OidcProperties;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who somebody is, by the claims of a provider. */
class ProviderPeopleTest {

    private static final String ISSUER = "https://login.acme.test";
    private static final OidcProperties SETTINGS = new OidcProperties(
            ISSUER, "app", "secret", "Acme", List.of(), "oid", List.of(), List.of(), List.of(), "groups", false, true);

    private static Optional<String> subject(@Nullable Object claim) {
        Map<String, @Nullable Object> said = new HashMap<>(Map.of("iss", ISSUER));
        said.put("oid", claim);
        return ProviderPeople.identity(said, SETTINGS).map(Identity::subject);
    }

    @Test
    void subjectIsATextOrAWholeNumber() {
        assertThat(subject("ann")).hasValue("ann");
        assertThat(subject(7)).hasValue("7");
        assertThat(subject(9_007_199_254_740_993L)).hasValue("9007199254740993");
        assertThat(subject("ä".repeat(255))).hasValue("ä".repeat(255));
    }

    @Test
    void everythingElseIsNobody() {
        for (Object claim : Arrays.asList(
                null, "", " ", " ann", "ann ", "a".repeat(256), "a\0", "\ud83d", List.of("ann"), Map.of(), true, 1.5)) {
            assertThat(subject(claim)).as("%s", claim).isEmpty();
        }
        assertThat(ProviderPeople.identity(Map.of("iss", ISSUER), SETTINGS)).isEmpty();
    }
}
