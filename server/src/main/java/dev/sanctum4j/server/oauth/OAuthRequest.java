package dev.sanctum4j.server.oauth;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.www.BasicAuthenticationConverter;

/**
 * What a client sent: a form, in the body only, in which nothing stands twice, and its credentials by HTTP Basic
 * ({@code client_secret_basic}) or in the form ({@code client_secret_post}), not both (RFC 6749 §2.3.1 and §3.2).
 */
final class OAuthRequest {

    private static final BasicAuthenticationConverter BASIC = new BasicAuthenticationConverter();

    private final HttpServletRequest request;

    /** The name and the secret of whoever asks. */
    record Credentials(String id, String secret) {

        @Override
        public String toString() {
            return "Credentials[" + id + ", ***]";
        }
    }

    private OAuthRequest(HttpServletRequest request) {
        this.request = request;
    }

    /** @throws OAuthError with {@code invalid_request} */
    static OAuthRequest of(HttpServletRequest request) {
        String type = request.getContentType();
        String media = type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        if (!media.equals("application/x-www-form-urlencoded")) {
            throw OAuthError.invalidRequest("Send a form: application/x-www-form-urlencoded.");
        }
        if (request.getQueryString() != null) {
            throw OAuthError.invalidRequest("Send everything in the body: the URL ends up in logs.");
        }
        return new OAuthRequest(request);
    }

    /**
     * The value of a parameter; empty if it was not sent.
     *
     * @throws OAuthError with {@code invalid_request} if it was sent twice
     */
    String value(String name) {
        String[] values = request.getParameterValues(name);
        if (values != null && values.length > 1) {
            throw OAuthError.invalidRequest("Send " + name + " once.");
        }
        return values == null ? "" : values[0];
    }

    /**
     * The credentials of the client, whether right or wrong.
     *
     * @return them; empty if there are none, or none that can be read
     * @throws OAuthError with {@code invalid_request} if they were sent in two ways
     */
    Optional<Credentials> credentials() {
        int headers =
                Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)).size();
        String id = value("client_id");
        String secret = value("client_secret");
        if (headers > 1 || headers == 1 && !secret.isEmpty()) {
            throw OAuthError.invalidRequest("Send the credentials of the client once, in one way.");
        }
        if (headers == 0) {
            return id.isEmpty() || secret.isEmpty() ? Optional.empty() : Optional.of(new Credentials(id, secret));
        }
        return basic().filter(sent -> id.isEmpty() || id.equals(sent.id()));
    }

    private Optional<Credentials> basic() {
        try {
            return Optional.ofNullable(BASIC.convert(request))
                    .map(sent ->
                            new Credentials(decoded(sent.getName()), decoded(String.valueOf(sent.getCredentials()))));
        } catch (AuthenticationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
