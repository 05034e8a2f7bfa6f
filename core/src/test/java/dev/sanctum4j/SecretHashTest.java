package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretHashTest {

    private static final String HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Test
    void hashIsSha256OfTheTextInUtf8() {
        assertThat(SecretHash.of("test").toHex()).isEqualTo(HEX);
        assertThat(SecretHash.of("\u00e9").toHex())
                .isEqualTo("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
    }

    @Test
    void storedTextIsReadBack() {
        SecretHash hash = SecretHash.parse(HEX).orElseThrow();

        assertThat(hash).isEqualTo(SecretHash.of("test")).hasSameHashCodeAs(SecretHash.of("test"));
        assertThat(hash.toHex()).isEqualTo(HEX);
        assertThat(SecretHash.parse("0".repeat(64)).orElseThrow().toHex()).isEqualTo("0".repeat(64));
    }

    /** R1: the comparison goes over all four longs. */
    @Test
    void hashThatDiffersInOneBitNeverMatches() {
        SecretHash hash = SecretHash.parse(HEX).orElseThrow();
        BigInteger bits = new BigInteger(HEX, 16);
        for (int bit = 0; bit < 256; bit++) {
            SecretHash other =
                    SecretHash.parse("%064x".formatted(bits.flipBit(bit))).orElseThrow();

            assertThat(hash.matches(other)).as("bit %d", bit).isFalse();
            assertThat(other.matches(hash)).as("bit %d", bit).isFalse();
            assertThat(hash).isNotEqualTo(other);
        }
    }

    /** Differences in two longs must not cancel each other out. */
    @Test
    void hashThatDiffersTwiceInTheSamePlaceNeverMatches() {
        BigInteger bits = new BigInteger(HEX, 16);
        SecretHash hash = SecretHash.parse(HEX).orElseThrow();
        for (int bit = 0; bit < 192; bit++) {
            BigInteger twice = bits.flipBit(bit).flipBit(bit + 64);

            assertThat(hash.matches(SecretHash.parse("%064x".formatted(twice)).orElseThrow()))
                    .isFalse();
        }
    }

    /** R3. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a088",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0 ",
                " 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0g",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0/",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0:",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0`",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0\uff18",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0\u0661",
                "0x86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "098f6bcd4621d373cade4e832627b4f6",
                "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O1234",
            })
    void damagedTextIsNoHash(String text) {
        assertThat(SecretHash.parse(text)).isEmpty();
    }

    @Test
    void upperCaseIsNoHash() {
        assertThat(SecretHash.parse(HEX.toUpperCase(Locale.ROOT))).isEmpty();
    }
}
