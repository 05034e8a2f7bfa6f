package dev.sanctum4j.spring;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * An error answer: {@code application/problem+json} (RFC 9457) that also carries Laravel's {@code message} and, for 422,
 * {@code errors}. Never holds a secret.
 *
 * <p>Immutable and thread-safe.
 */
final class Problem {

    static final int CSRF_MISMATCH = 419;

    private final int status;
    private final String message;
    private final @Nullable String detail;
    private final Map<String, Object> more;
    private final Map<String, String> headers;

    private Problem(
            int status,
            String message,
            @Nullable String detail,
            Map<String, Object> more,
            Map<String, String> headers) {
        this.status = status;
        this.message = message;
        this.detail = detail;
        this.more = more;
        this.headers = headers;
    }

    static Problem of(int status, String message, @Nullable String detail) {
        return new Problem(status, message, detail, Map.of(), Map.of());
    }

    /** 401 of RFC 6750: an error code only where a credential was sent. The same for every reason. */
    static Problem unauthenticated(boolean bearerSent) {
        return of(401, "Unauthenticated.", "Sign in, or send a valid token in the Authorization header.")
                .header(HttpHeaders.WWW_AUTHENTICATE, bearerSent ? "Bearer error=\"invalid_token\"" : "Bearer");
    }

    static Problem twoCredentials() {
        return of(400, "Bad Request.", "Send exactly one Authorization header.")
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_request\"");
    }

    /** 403 that names what is missing: all of these, or one of them. */
    static Problem missingAbility(List<String> abilities, boolean any) {
        String named = String.join(" ", abilities);
        String which = abilities.size() == 1 ? "the ability " : any ? "one of the abilities " : "the abilities ";
        return of(403, "Invalid ability provided.", "The token needs " + which + named + ".")
                .with("required", abilities)
                .header(
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Bearer error=\"insufficient_scope\", scope=\"" + quoted(named) + "\"");
    }

    static Problem forbidden() {
        return of(403, "This action is unauthorized.", "You are signed in, but may not do this.");
    }

    static Problem notFound() {
        return of(404, "Not Found.", "There is nothing here for you.");
    }

    static Problem csrfMismatch(String detail) {
        return of(CSRF_MISMATCH, "CSRF token mismatch.", detail);
    }

    static Problem unconfirmed() {
        return of(423, "Password confirmation required.", "POST the password to /user/confirm-password first.");
    }

    /** 422 in Laravel's form: the first sentence, and how many more there are. */
    static Problem invalid(Map<String, List<String>> errors) {
        List<String> all = errors.values().stream().flatMap(List::stream).toList();
        int others = all.size() - 1;
        String message =
                others == 0 ? all.get(0) : all.get(0) + " (and " + others + " more error" + (others == 1 ? ")" : "s)");
        return of(422, message, null).with("errors", errors);
    }

    static Problem tooMany(Duration wait) {
        return of(429, "Too Many Attempts.", "Try again in " + seconds(wait) + " seconds.")
                .header(HttpHeaders.RETRY_AFTER, seconds(wait));
    }

    static Problem unavailable(String detail) {
        return of(503, "Service Unavailable.", detail).header(HttpHeaders.RETRY_AFTER, "1");
    }

    Problem with(String field, Object value) {
        Map<String, Object> grown = new LinkedHashMap<>(more);
        grown.put(field, value);
        return new Problem(status, message, detail, grown, headers);
    }

    Problem header(String name, String value) {
        Map<String, String> grown = new LinkedHashMap<>(headers);
        grown.put(name, value);
        return new Problem(status, message, detail, more, grown);
    }

    int status() {
        return status;
    }

    String message() {
        return message;
    }

    @Nullable
    String detail() {
        return detail;
    }

    Map<String, String> headers() {
        return headers;
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title());
        body.put("status", status);
        if (detail != null) {
            body.put("detail", detail);
        }
        body.put("message", message);
        body.putAll(more);
        return body;
    }

    private String title() {
        if (status == CSRF_MISMATCH) {
            return "Page Expired";
        }
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    /** Ability names of an application are plain words; anything else must not break out of the quotes. */
    private static String quoted(String text) {
        return text.replaceAll("[^\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]", "?");
    }
}
