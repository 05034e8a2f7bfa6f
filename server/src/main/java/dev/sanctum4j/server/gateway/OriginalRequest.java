package dev.sanctum4j.server.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request that a gateway asks about.
 *
 * @param method its method; absent if the gateway does not say, or not in one voice
 * @param target its path and query, as they were sent; absent likewise
 */
record OriginalRequest(@Nullable String method, @Nullable String target) {

    static final OriginalRequest UNKNOWN = new OriginalRequest(null, null);

    /** Where a gateway says what was asked of it. One place, by configuration: in others clients can write too. */
    enum Source {
        /** Nowhere. */
        NONE("", ""),
        /** In {@code X-Original-Method} and {@code X-Original-URI}, as is usual with nginx. */
        X_ORIGINAL("X-Original-Method", "X-Original-URI"),
        /** In {@code X-Forwarded-Method} and {@code X-Forwarded-Uri}, as Caddy and Traefik do. */
        X_FORWARDED("X-Forwarded-Method", "X-Forwarded-Uri"),
        /** In the method and the path of the question itself, below {@code /verify}, as Envoy does. */
        PATH("", "");

        private final String method;
        private final String target;

        Source(String method, String target) {
            this.method = method;
            this.target = target;
        }

        /**
         * Reads it.
         *
         * @param below the path of the question below {@code /verify}
         */
        OriginalRequest read(HttpServletRequest question, String below) {
            return switch (this) {
                case NONE -> UNKNOWN;
                case X_ORIGINAL, X_FORWARDED ->
                    new OriginalRequest(method(header(question, method)), header(question, target));
                case PATH -> new OriginalRequest(method(question.getMethod()), below);
            };
        }
    }

    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final int MAX_LENGTH = 8_192;
    private static final String NEEDS_ESCAPE = " !\"$&'()*+,:<=>@[]^`{|}";

    private static @Nullable String method(@Nullable String text) {
        return text != null && METHOD.matcher(text).matches() ? text : null;
    }

    /** The one value of a header. */
    static @Nullable String header(HttpServletRequest request, String name) {
        List<String> values = Collections.list(request.getHeaders(name));
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Whether it changes nothing. An unknown method is not safe. */
    boolean isSafe() {
        return method != null && SAFE.contains(method);
    }

    /**
     * The path, if everybody reads the same path in it. Dots, slashes and the like behind percent signs, empty segments,
     * parameters and fragments are read differently by gateways and services, so a rule for one path might be applied to
     * another.
     */
    Optional<String> path() {
        if (target == null
                || !target.startsWith("/")
                || target.length() > MAX_LENGTH
                || !target.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#' && c != '\\')) {
            return Optional.empty();
        }
        String path = target.split("[?]", 2)[0];
        boolean plain = !path.contains("//")
                && path.indexOf(';') < 0
                && !(path + "/").contains("/./")
                && !(path + "/").contains("/../");
        return plain && hasPlainEscapes(path) ? Optional.of(path) : Optional.empty();
    }

    private static boolean hasPlainEscapes(String path) {
        for (int at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 3)) {
            int high = at + 2 < path.length() ? Character.digit(path.charAt(at + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(path.charAt(at + 2), 16);
            int value = high * 16 + low;
            if (low < 0 || value < 0x80 && NEEDS_ESCAPE.indexOf(value) < 0) {
                return false; // of these some are not allowed and the others need no escape
            }
        }
        return true;
    }

    /** Whether the query asks frameworks that listen to it for another method than the one judged here. */
    boolean overridesMethod() {
        String[] parts = target == null ? new String[0] : target.split("[?]", 2);
        return parts.length == 2 && Arrays.stream(parts[1].split("[&;]")).anyMatch(OriginalRequest::isMethodParameter);
    }

    private static boolean isMethodParameter(String pair) {
        try {
            String name = URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8);
            return name.strip().replace('.', '_').startsWith("_method"); // PHP reads .method so
        } catch (IllegalArgumentException e) {
            return true; // who knows
        }
    }
}
