package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRequestTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void requestHoldsWhatIsAskedFor() {
        TokenRequest request = TokenRequest.of(ADA, "ci", "orders:read")
                .lifetime(Duration.ofDays(90))
                .metadata(Map.of("purpose", "nightly"));

        assertThat(request.owner()).isEqualTo(ADA);
        assertThat(request.name()).isEqualTo("ci");
        assertThat(request.abilities()).isEqualTo(Abilities.of("orders:read"));
        assertThat(request.expiry(NOON)).isEqualTo(NOON.plus(Duration.ofDays(90)));
        assertThat(request.metadata()).isEqualTo(Map.of("purpose", "nightly"));
    }

    /** Where Sanctum gives everything, nothing asked is nothing given. */
    @Test
    void nothingAskedIsNothingGiven() {
        TokenRequest request = TokenRequest.of(ADA, "ci");

        assertThat(request.abilities()).isEqualTo(Abilities.NONE);
        assertThat(request.expiry(NOON)).isNull();
        assertThat(request.metadata()).isEmpty();
    }

    @Test
    void laterExpiryReplacesAnEarlierOne() {
        TokenRequest request = TokenRequest.of(ADA, "ci");

        assertThat(request.lifetime(Duration.ofDays(1)).expiresAt(NOON).expiry(NOON))
                .isEqualTo(NOON);
        assertThat(request.expiresAt(NOON).lifetime(Duration.ofDays(1)).expiry(NOON))
                .isEqualTo(NOON.plus(Duration.ofDays(1)));
        assertThat(request.expiry(NOON)).isNull();
    }

    @Test
    void lifetimeIsPositiveAndEndsOneDay() {
        TokenRequest request = TokenRequest.of(ADA, "ci");

        assertRefused(() -> request.lifetime(Duration.ZERO), "expires_at", "lifetime must be positive, was PT0S");
        assertRefused(
                () -> request.lifetime(Duration.ofSeconds(-1)), "expires_at", "lifetime must be positive, was PT-1S");
        assertRefused(
                () -> request.lifetime(Duration.ofSeconds(Long.MAX_VALUE)),
                "expires_at",
                "The expiry must be before the year 10000.");
        assertThat(request.lifetime(Duration.ofDays(3_652_425)).expiry(Instant.EPOCH))
                .isAfter(Instant.parse("9999-12-31T00:00:00Z"));
    }

    // ---- Names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ci",
                "Ada's laptop",
                " padded ",
                "<script>alert(1)</script>",
                "=cmd|' /C calc'!A0",
                "'; drop table personal_access_tokens; --",
                "\u5c71\u7530\u592a\u90ce",
                "\u0645\u0631\u062d\u0628\u0627",
                "\ud83d\udc69\u200d\ud83d\udcbb laptop",
                "caf\u00e9",
                "cafe\u0301",
                "\u0440aypal"
            })
    void anyReadableNameIsKeptAsItIs(String name) {
        assertThat(TokenRequest.of(ADA, name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "\n",
                "\u2003",
                "\u3000 ",
                "\u00a0",
                "\u3164",
                "\uffa0",
                "\u115f\u1160",
                "\u2800 \u2800",
                "\u200d",
                "\u200c\u200c",
                "\u034f",
                "\ufe0f",
                "\u17b5",
                "\ufffc",
                "\udb40\udd00",
                "\ud834\udd59"
            })
    void nameIsNotBlank(String name) {
        assertRefused(
                () -> TokenRequest.of(ADA, name),
                "name",
                "The name must have 1 to 255 characters and not only spaces.");
    }

    @Test
    void ruleNamesTheFieldItIsAbout() {
        TokenRequest.checkName("device_name", "\u3164a");
        assertRefused(
                () -> TokenRequest.checkName("device_name", "\u3164"),
                "device_name",
                "The device name must have 1 to 255 characters and not only spaces.");
        assertRefused(
                () -> TokenRequest.checkName("email", "a\u202e@b"),
                "email",
                "The email must not contain control characters or marks that change the writing direction.");
    }

    @Test
    void nameHasALimit() {
        assertThat(TokenRequest.of(ADA, "n".repeat(255)).name()).hasSize(255);
        assertRefused(
                () -> TokenRequest.of(ADA, "n".repeat(256)),
                "name",
                "The name must have 1 to 255 characters and not only spaces.");
        assertThatThrownBy(() -> TokenRequest.of(ADA, "n".repeat(256))).hasFieldOrPropertyWithValue("code", "too-long");
        assertThatThrownBy(() -> TokenRequest.of(ADA, " ")).hasFieldOrPropertyWithValue("code", "required");
    }

    /** As Laravel's {@code max:255} does. */
    @Test
    void limitsCountCharactersAndNotHalvesOfThem() {
        String phones = "\ud83d\udcf1".repeat(255);

        assertThat(TokenRequest.of(ADA, phones).name()).isEqualTo(phones);
        assertRefused(
                () -> TokenRequest.of(ADA, phones + "x"),
                "name",
                "The name must have 1 to 255 characters and not only spaces.");
        assertThat(TokenRequest.of(ADA, "ci")
                        .metadata(Map.of("k", "\ud83d\udcf1".repeat(1_999)))
                        .metadata())
                .hasSize(1);
        assertRefused(
                () -> TokenRequest.of(ADA, "ci").metadata(Map.of("k", "\ud83d\udcf1".repeat(2_000))),
                "metadata",
                "metadata must have at most 2000 characters, had 2001");
    }

    @Test
    void noCharacterIsHalvedWhereATextIsCut() {
        assertThat(Characters.cut("a\ud83d\udcf1b", 3)).isEqualTo("a\ud83d\udcf1b");
        assertThat(Characters.cut("a\ud83d\udcf1b", 2)).isEqualTo("a\ud83d\udcf1");
        assertThat(Characters.cut("a\ud83d\udcf1b", 1)).isEqualTo("a");
    }

    @Test
    void halvesAndNulAreNoTextForADatabase() {
        for (String text : List.of("", "a\ud7ffb", "\ue000", "\ud83d\udcf1", "\u0001", "\uffff")) {
            assertThat(Characters.areStorable(text)).as(text).isTrue();
        }
        for (String text : List.of("\u0000", "a\u0000b", "\ud800", "\udfff", "a\ud83d", "\udcf1b", "\udcf1\ud83d")) {
            assertThat(Characters.areStorable(text)).isFalse();
        }
    }

    /** R32: what forges a log line or turns a page around. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ci\nINFO forged",
                "ci\r",
                "ci\u0000",
                "ci\u001b[31m",
                "ci\u007f",
                "ci\u0085",
                "ci\u2028",
                "ci\u2029",
                "\u202egpj.exe",
                "ci\u202a",
                "ci\u202b",
                "ci\u202c",
                "ci\u202d",
                "ci\u2066",
                "ci\u2067",
                "ci\u2068",
                "ci\u2069",
                "ci\u200e",
                "ci\u200f",
                "ci\u061c",
                "ci\u200b",
                "\ufeffci",
                "ci\ud800",
                "\udc00ci"
            })
    void nameForgesNothing(String name) {
        assertRefused(
                () -> TokenRequest.of(ADA, name),
                "name",
                "The name must not contain control characters or marks that change the writing direction.");
    }

    // ---- Abilities (R28)

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "orders:read",
                "orders:*",
                "repo/read",
                "a",
                "!",
                "~",
                "a,b",
                "{}",
                "https://example.com/scope",
                "A.b-c_d"
            })
    void abilityIsAnyScopeToken(String ability) {
        assertThat(TokenRequest.of(ADA, "ci", ability).abilities().names()).containsExactly(ability);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "orders:read orders:write",
                " a",
                "a ",
                "a\tb",
                "a\nb",
                "a\u0000",
                "a\u007f",
                "a\u00a0b",
                "\"*\"",
                "a\\b",
                "caf\u00e9",
                "cafe\u0301",
                "\u043erders:read",
                "a\u202e",
                "\ud83d\ude80",
                "a\ud800"
            })
    void abilityIsPrintableAsciiWithoutSpaceQuoteAndBackslash(String ability) {
        assertRefused(
                () -> TokenRequest.of(ADA, "ci", "orders:read", ability),
                "abilities",
                "An ability must have 1 to 100 printable ASCII characters without spaces, quotes and backslashes.");
    }

    @Test
    void abilityHasALimit() {
        assertThat(TokenRequest.of(ADA, "ci", "a".repeat(100)).abilities().names())
                .hasSize(1);
        assertRefused(
                () -> TokenRequest.of(ADA, "ci", "a".repeat(101)),
                "abilities",
                "An ability must have 1 to 100 printable ASCII characters without spaces, quotes and backslashes.");
    }

    @Test
    void abilitiesAreAtMostSixtyFour() {
        assertThat(TokenRequest.of(ADA, "ci", numbered(64)).abilities().names()).hasSize(64);
        for (int count : List.of(65, 10_000)) {
            assertRefused(
                    () -> TokenRequest.of(ADA, "ci", numbered(count)),
                    "abilities",
                    "There must be at most 64 abilities.");
        }
    }

    // ---- Metadata

    @Test
    void metadataIsCopiedAndHasALimit() {
        Map<String, String> notes = new HashMap<>(Map.of("k", "v".repeat(1_999)));
        TokenRequest request = TokenRequest.of(ADA, "ci").metadata(notes);

        notes.put("more", "x");

        assertThat(request.metadata()).containsOnlyKeys("k");
        assertRefused(
                () -> TokenRequest.of(ADA, "ci").metadata(notes),
                "metadata",
                "metadata must have at most 2000 characters, had 2005");
    }

    private static Abilities numbered(int count) {
        return Abilities.of(IntStream.range(0, count).mapToObj(i -> "a" + i).toList());
    }

    private static void assertRefused(ThrowingCallable call, String field, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidTokenRequestException.class,
                        e -> assertThat(e.field()).isEqualTo(field))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-code, run 8f3c",
                "x",
                "بوت",
                "👩‍💻 🤖",
            })
    void actorIsALineOfText(String actor) {
        assertThat(TokenRequest.of(ADA, "ci").actor(actor).actor()).isEqualTo(actor);
        assertThat(TokenRequest.of(ADA, "ci").actor("other").actor(actor).actor())
                .isEqualTo(actor);
        assertThat(TokenRequest.of(ADA, "ci")
                        .actor(actor)
                        .metadata(Map.of("a", "b"))
                        .lifetime(Duration.ofDays(1))
                        .expiresAt(Instant.EPOCH)
                        .actor())
                .isEqualTo(actor);
        assertThat(TokenRequest.of(ADA, "ci").actor("🤖".repeat(120)).actor()).hasSize(240);
        assertThat(TokenRequest.of(ADA, "ci").actor()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nX-Auth-Subject: user:1",
                "a\r\nb",
                "a\rb",
                "a\u0000",
                "a\tb",
                "a\u0085b",
                "a\u2028b",
                "a\u2029b",
                "\u202egpj.exe",
                "a\u2066b",
                "a\u200fb",
                "a\ud800",
                "\ufeffa",
            })
    void actorCannotForgeLines(String actor) {
        assertThatThrownBy(() -> TokenRequest.of(ADA, "ci").actor(actor))
                .isInstanceOfSatisfying(InvalidTokenRequestException.class, e -> {
                    assertThat(e.field()).isEqualTo("actor");
                    assertThat(e.code()).isEqualTo("control-characters");
                })
                .hasMessage(
                        "The actor must not contain control characters or marks that change the writing direction.");
    }

    @Test
    void actorIsSeenAndShort() {
        for (String blank : List.of("", " ", "\u3164", "\u00a0")) {
            assertThatThrownBy(() -> TokenRequest.of(ADA, "ci").actor(blank))
                    .hasMessage("The actor must have 1 to 120 characters and not only spaces.");
        }
        assertThatThrownBy(() -> TokenRequest.of(ADA, "ci").actor("x".repeat(121)))
                .isInstanceOfSatisfying(
                        InvalidTokenRequestException.class,
                        e -> assertThat(e.code()).isEqualTo("too-long"));
    }
}
