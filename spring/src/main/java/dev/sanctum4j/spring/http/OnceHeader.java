package dev.sanctum4j.spring.http;

import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Idempotency-Key} of draft-ietf-httpapi-idempotency-key-header: a string of RFC 9651 in quotation marks, or
 * bare, as most clients send it. Both are the same key. It is never logged.
 */
@Internal
public final class OnceHeader {

    /** Tells with an answer that it is that of an earlier request. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final String NAME = "Idempotency-Key";
    private static final int LONGEST = 2 * IdempotencyKey.MAX_LENGTH + 2;
    private static final Pattern STRING = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*)\"");

    private OnceHeader() {}

    /** What was sent; null if nothing was. What cannot be a key is an error of the request. */
    public static @Nullable String key(HttpServletRequest request, RequestFields fields) {
        List<String> sent = Collections.list(request.getHeaders(NAME));
        if (sent.isEmpty()) {
            return null;
        }
        String text = sent.get(0);
        Matcher string = STRING.matcher(text.length() > LONGEST ? "" : text);
        if (sent.size() > 1 || text.length() > LONGEST || text.startsWith("\"") && !string.matches()) {
            fields.error("idempotency_key", "invalid", "Send one idempotency key, as one text.");
            return null;
        }
        return string.matches() ? string.group(1).replaceAll("\\\\(.)", "$1") : text;
    }

    /** The answer for what was there already. */
    public static <T> WireJson<T> replayed(HttpServletResponse response, T body) {
        response.setHeader(REPLAYED, "true");
        return WireJson.of(body);
    }
}
