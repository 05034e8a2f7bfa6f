package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.TokenFormat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Any text at all in the header {@code Authorization}, as a server hands its bytes over. */
class BearerTokenFuzzTest {

    public static void fuzzerTestOneInput(byte[] data) {
        for (String header :
                new String[] {new String(data, StandardCharsets.ISO_8859_1), new String(data, StandardCharsets.UTF_8)
                }) {
            BearerToken read = BearerToken.read(header);
            String value = header.strip();

            assertThat(read.toString()).isEqualTo("BearerToken[" + read.kind() + "]");
            switch (read.kind()) {
                case TOKEN -> {
                    assertThat(value).matches("(?is)bearer [^ \t\u00a0,]+");
                    assertThat(read.text()).isNotEmpty();
                    TokenFormat.standard().isWellFormed(read.text());
                }
                case MALFORMED -> assertThat(value).matches("(?is)bearer([ \t\u00a0,].*)?");
                case NONE -> {
                    assertThat(value).doesNotMatch("(?is)bearer([ \t\u00a0,].*)?");
                    assertThat(read.text()).isEmpty();
                }
                default -> throw new AssertionError(read);
            }
        }
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), BearerTokenFuzzTest::fuzzerTestOneInput);
    }
}
