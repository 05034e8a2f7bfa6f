package dev.sanctum4j.spring.http;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * An error answer: {@code application/problem+json} (RFC 9457) with a stable {@code code} for programs, and Laravel's
 * {@code message} and {@code errors} beside it. Those of Sanctum4j have a {@code type} that leads to their page in its
 * documentation; an application makes its own by {@link #of(int, String, String)}, throws them as {@link ProblemException}
 * and writes them by {@link ProblemWriter}. Never holds a secret.
 *
 * <p>Immutable and thread-safe.
 */
public final class Problem implements ErrorResponse {

    private static final String DOCUMENTATION = "https://sanctum4j.dev/errors#";
    private static final URI NO_TYPE = URI.create("about:blank");

    private final ProblemDetail body;
    private final HttpHeaders headers;

    private Problem(ProblemDetail body, HttpHeaders headers) {
        this.body = body;
        this.headers = headers;
    }

    /**
     * One thing that is wrong with a field of a request.
     *
     * @param field the field's name
     * @param code what is wrong, for programs
     * @param sentence what is wrong and what would be right, without what was sent
     */
    public record FieldError(String field, String code, String sentence) {}

    /**
     * An error of the application's own; its type is {@code about:blank} until {@link #type} names one.
     *
     * @param code which error it is, for programs: it never changes, while sentences may
     * @param message what a client of Laravel shows
     */
    public static Problem of(int status, String code, String message) {
        ProblemDetail body = ProblemDetail.forStatus(status);
        body.setTitle(title(status));
        body.setType(NO_TYPE);
        body.setProperty("code", code);
        body.setProperty("message", message);
        return new Problem(body, HttpHeaders.EMPTY);
    }

    /** What we say to a status about which nothing else is known. */
    public static Problem of(HttpStatusCode status) {
        int value = status.value();
        return switch (value) {
            case 400 -> ours(400, "bad-request", "Bad Request.", null);
            case 401 -> ours(401, "unauthenticated", "Unauthenticated.", null);
            case 403 -> ours(403, "forbidden", "This action is unauthorized.", null);
            case 404 -> ours(404, "not-found", "Not Found.", null);
            case 405 -> ours(405, "method-not-allowed", "Method Not Allowed.", null);
            case 406 -> ours(406, "not-acceptable", "Not Acceptable.", null);
            case 413 -> ours(413, "body-too-large", "Content Too Large.", null);
            case 415 -> ours(415, "unsupported-media-type", "Unsupported Media Type.", null);
            case 429 -> ours(429, "too-many-attempts", "Too Many Attempts.", null);
            case 500 -> ours(500, "internal-error", "Server Error", null);
            case 503 -> ours(503, "unavailable", "Service Unavailable.", null);
            default -> ours(value, "http-" + value, value > 500 ? "Server Error" : title(value) + ".", null);
        };
    }

    private static String title(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    /** 401 of RFC 6750: an error code only where a credential was sent. The same for every reason. */
    public static Problem unauthenticated(boolean credentialSent) {
        return ours(
                        401,
                        "unauthenticated",
                        "Unauthenticated.",
                        "Sign in, or send a valid token in the Authorization header.")
                .header(HttpHeaders.WWW_AUTHENTICATE, credentialSent ? "Bearer error=\"invalid_token\"" : "Bearer");
    }

    /** 403: whoever it is, they may not. */
    public static Problem forbidden() {
        return forbidden("You are signed in, but may not do this.");
    }

    /** 403 that says why. */
    public static Problem forbidden(String detail) {
        return ours(403, "forbidden", "This action is unauthorized.", detail);
    }

    /** 400: what was sent cannot be read. */
    public static Problem malformedBody() {
        return ours(400, "malformed-body", "Bad Request.", "The body is not a JSON object.");
    }

    /** 404, also for what exists and is somebody else's. */
    public static Problem notFound() {
        return ours(404, "not-found", "Not Found.", "There is nothing here for you.");
    }

    /** 422 for one field. */
    public static Problem invalid(String field, String code, String sentence) {
        return invalid(List.of(new FieldError(field, code, sentence)));
    }

    /**
     * 422 in Laravel's form: the first sentence and how many more there are, and all of them under their fields; beside each
     * sentence its code.
     *
     * @param all at least one
     */
    public static Problem invalid(List<FieldError> all) {
        Map<String, List<String>> errors = new LinkedHashMap<>();
        Map<String, List<String>> codes = new LinkedHashMap<>();
        for (FieldError one : all) {
            errors.computeIfAbsent(one.field(), field -> new ArrayList<>()).add(one.sentence());
            codes.computeIfAbsent(one.field(), field -> new ArrayList<>()).add(one.code());
        }
        int others = all.size() - 1;
        String more = others == 0 ? "" : " (and " + others + " more error" + (others == 1 ? ")" : "s)");
        return ours(422, "invalid", all.get(0).sentence() + more, null)
                .with("errors", errors)
                .with("codes", codes);
    }

    /** 429 with {@code Retry-After}. */
    public static Problem tooMany(Duration wait) {
        String seconds = Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
        return ours(429, "too-many-attempts", "Too Many Attempts.", "Try again in " + seconds + " seconds.")
                .header(HttpHeaders.RETRY_AFTER, seconds);
    }

    /** 503 with {@code Retry-After}: it could not be found out, which says nothing about the request. */
    public static Problem unavailable(String detail) {
        return ours(503, "unavailable", "Service Unavailable.", detail).header(HttpHeaders.RETRY_AFTER, "1");
    }

    /** 503 with {@code Retry-After}: the database answers, and did not take a change. */
    public static Problem notStored() {
        return ours(503, "could-not-be-stored", "Service Unavailable.", "This could not be stored.")
                .header(HttpHeaders.RETRY_AFTER, "1");
    }

    /** An error with a section of its own in our documentation. */
    public static Problem ours(int status, String code, String message, @Nullable String detail) {
        return of(status, code, message).type(URI.create(DOCUMENTATION + code)).changed(body -> body.setDetail(detail));
    }

    /** The same with a type, which best leads to an explanation. */
    public Problem type(URI type) {
        return changed(body -> body.setType(type));
    }

    /** The same with another title than that of its status. */
    public Problem title(String title) {
        return changed(body -> body.setTitle(title));
    }

    /** The same with what this occurrence is about. */
    public Problem detail(String detail) {
        return changed(body -> body.setDetail(detail));
    }

    /** The same with another member. */
    public Problem with(String member, Object value) {
        return changed(body -> body.setProperty(member, value));
    }

    /** The same with a header. */
    public Problem header(String name, String value) {
        HttpHeaders grown = HttpHeaders.copyOf(headers);
        grown.set(name, value);
        return new Problem(body, grown);
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatusCode.valueOf(body.getStatus());
    }

    @Override
    public HttpHeaders getHeaders() {
        return HttpHeaders.readOnlyHttpHeaders(headers);
    }

    /** A copy. */
    @Override
    public ProblemDetail getBody() {
        return new Copy(body);
    }

    private Problem changed(Consumer<ProblemDetail> change) {
        ProblemDetail copy = new Copy(body);
        change.accept(copy);
        return new Problem(copy, headers);
    }

    /** Spring's copy constructor is for subclasses. */
    private static final class Copy extends ProblemDetail {

        private static final long serialVersionUID = 1L;

        Copy(ProblemDetail original) {
            super(original);
        }
    }
}
