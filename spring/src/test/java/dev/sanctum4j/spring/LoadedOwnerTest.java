package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadedOwnerTest {

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T12:00:00.9Z, 2026-01-01T11:59:59Z, true",
        "2026-01-01T12:00:00.9Z, 2026-01-01T12:00:00Z, false", // a token is stamped with the whole second
        "2026-01-01T12:00:00.9Z, 2026-01-01T12:00:01Z, false",
        "                      , 2026-01-01T11:59:59Z, false",
        "2026-01-01T12:00:00.9Z,                     , false",
        "                      ,                     , false"
    })
    void tokenIsOfAnEarlierAccountOnlyWhereBothTimesAreKnown(
            @Nullable Instant account, @Nullable Instant token, boolean younger) {
        LoadedOwner owner = new LoadedOwner("ada", "ada", List.of(), true, account, null);

        assertThat(owner.isYoungerThan(issuedAt(token))).isEqualTo(younger);
    }

    private static AccessToken issuedAt(@Nullable Instant time) {
        return new AccessToken(
                TokenId.of(1),
                Owner.of("user", "ada"),
                "CI",
                Abilities.ALL,
                time,
                null,
                null,
                null,
                null,
                null,
                Map.of());
    }
}
