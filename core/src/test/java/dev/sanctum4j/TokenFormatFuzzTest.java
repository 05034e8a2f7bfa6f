package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Any text at all as a token. */
class TokenFormatFuzzTest {

    private static final Tokens TOKENS = Tokens.of(new InMemoryTokenStore());

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        TokenFormat.Presented read = TokenFormat.standard().read(text);

        assertThat(TokenFormat.standard().isWellFormed(text)).isEqualTo(read != null);
        if (read != null) {
            int bar = text.indexOf('|');
            String secret = text.substring(bar + 1);
            assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(1, 512);
            assertThat(read.hash()).isEqualTo(SecretHash.of(secret));
            assertThat(bar < 0 ? "0" : text.substring(0, bar)).isEqualTo(String.valueOf(read.id()));
        }
        assertThat(TOKENS.authenticate(text))
                .isEqualTo(new Verdict.Rejected(read == null ? Verdict.Reason.MALFORMED : Verdict.Reason.UNKNOWN));
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), TokenFormatFuzzTest::fuzzerTestOneInput);
    }
}
