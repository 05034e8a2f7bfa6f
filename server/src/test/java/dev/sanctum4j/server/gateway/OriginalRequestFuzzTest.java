package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.FuzzInputs;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.web.MockHttpServletRequest;

/** Any headers of a gateway: the method on one line, and the path with its query on the next. */
class OriginalRequestFuzzTest {

    public static void fuzzerTestOneInput(byte[] data) {
        String[] lines = new String(data, StandardCharsets.ISO_8859_1).split("\n", 2);
        MockHttpServletRequest question = new MockHttpServletRequest(lines[0], "/verify");
        question.addHeader("X-Original-Method", lines[0]);
        question.addHeader("X-Forwarded-Method", lines[0]);
        if (lines.length > 1) {
            question.addHeader("X-Original-URI", lines[1]);
            question.addHeader("X-Forwarded-Uri", lines[1]);
        }
        for (OriginalRequest.Source source : OriginalRequest.Source.values()) {
            OriginalRequest read = source.read(question, lines.length > 1 ? lines[1] : "");
            read.overridesMethod();
            assertThat(!read.isSafe() || lines[0].matches("GET|HEAD|OPTIONS|TRACE"))
                    .isTrue();
            read.path().ifPresent(OriginalRequestFuzzTest::assertPlain);
        }
    }

    /** Whoever takes the path apart, before or after decoding it, finds the same segments. */
    private static void assertPlain(String path) {
        String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.ISO_8859_1);

        assertThat(URI.create("http://x" + path.replaceAll("[\"<>^`{|}\\[\\]]", "_"))
                        .normalize()
                        .getRawPath())
                .hasSameSizeAs(path);
        assertThat(decoded.split("/", -1)).hasSameSizeAs(path.split("/", -1));
        assertThat(decoded.split("/", -1)).doesNotContain(".", "..");
        assertThat(decoded).doesNotContain("\\", "//", ";", "?", "#", "\0");
        PathContainer.parsePath(path);
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), OriginalRequestFuzzTest::fuzzerTestOneInput);
    }
}
