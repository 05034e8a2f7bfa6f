package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R36: what stays in memory when tokens have been checked: hashes, and no text. */
class MemoryTest {

    /** A text in another coding, so that the test itself leaves none behind. */
    private static byte[] hidden(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 0x55;
        }
        return bytes;
    }

    private static String shown(byte[] hidden) {
        byte[] bytes = hidden.clone();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 0x55;
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static byte[] issueAndCheck(Tokens tokens) {
        NewToken made = tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci", "*"));
        byte[] hidden = hidden(made.plainText().reveal());
        for (int i = 0; i < 10_000; i++) {
            assertThat(tokens.authenticate(shown(hidden))).isInstanceOf(Accepted.class);
        }
        return hidden;
    }

    @Test
    void heapHoldsNoPlainTextAfterTenThousandChecks(@TempDir Path folder) throws Exception {
        Tokens tokens = Tokens.of(new InMemoryTokenStore());
        byte[] hidden = issueAndCheck(tokens);
        String kept = "a text that is kept, to show that the search finds one";
        Path dump = folder.resolve("heap.hprof");

        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);

        assertThat(contains(dump, hidden, (byte) 0x55)).isFalse();
        assertThat(contains(dump, kept.getBytes(StandardCharsets.US_ASCII), (byte) 0))
                .isTrue();
        assertThat(tokens.list(Owner.of("user", 1))).hasSize(1); // the store is alive until here
    }

    private static boolean contains(Path dump, byte[] wanted, byte mask) throws Exception {
        int[] fallback = new int[wanted.length];
        for (int i = 1, k = 0; i < wanted.length; i++) {
            while (k > 0 && wanted[i] != wanted[k]) {
                k = fallback[k - 1];
            }
            k += wanted[i] == wanted[k] ? 1 : 0;
            fallback[i] = k;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(dump), 1 << 20)) {
            int matched = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                byte b = (byte) (next ^ mask);
                while (matched > 0 && b != wanted[matched]) {
                    matched = fallback[matched - 1];
                }
                matched += b == wanted[matched] ? 1 : 0;
                if (matched == wanted.length) {
                    return true;
                }
            }
        }
        return false;
    }
}
