package dev.sanctum4j.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.FuzzInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.util.StringUtils;

/** Any body at all: behind a line with its type, as JSON or as a form, and behind a second one with its query. */
class RequestFieldsFuzzTest {

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        String[] parts = text.split("\n", 3);
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/tokens");
        request.setContentType(parts[0]);
        request.setQueryString(parts.length < 2 ? null : parts[1]);
        String body = parts.length < 3 ? "" : parts[2];
        request.setContent(body.getBytes(StandardCharsets.ISO_8859_1));
        parameters(request, request.getQueryString());
        parameters(request, body);
        try {
            RequestFields fields =
                    RequestFields.read(request, Set.of("name", "email", "abilities", "expires_at", "remember"));
            String name = fields.required("name", 255);
            String email = fields.text("email", 255);
            List<String> abilities = fields.has("abilities") ? fields.texts("abilities") : List.of();
            fields.instant("expires_at");
            fields.flag("remember");
            fields.check();
            assertThat(name).isNotEmpty().hasSizeLessThan(512);
            assertThat(email).hasSizeLessThan(512);
            assertThat(abilities).doesNotContainNull();
        } catch (ProblemException e) {
            assertThat(e.getStatusCode()).isNotEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
            assertThat(e.getStatusCode().is4xxClientError()).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a container makes of a query or of a form. */
    private static void parameters(MockHttpServletRequest request, String form) {
        if (form != null && String.valueOf(request.getContentType()).startsWith("application/x-www-form-urlencoded")) {
            Arrays.stream(form.split("&", -1)).map(pair -> pair.split("=", 2)).forEach(pair -> {
                try {
                    request.addParameter(decoded(pair[0]), pair.length < 2 ? "" : decoded(pair[1]));
                } catch (IllegalArgumentException e) {
                    // which a container leaves out
                }
            });
        }
    }

    private static String decoded(String text) {
        return StringUtils.uriDecode(text.replace('+', ' '), StandardCharsets.UTF_8);
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), RequestFieldsFuzzTest::fuzzerTestOneInput);
    }
}
