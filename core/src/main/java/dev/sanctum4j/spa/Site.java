package dev.sanctum4j.spa;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scheme, host and port, taken apart by hand: what does not read cleanly is no site at all.
 *
 * @param scheme {@code https} or {@code http}; absent where a bare host was sent
 * @param host in lower case; an IPv6 address keeps its brackets
 * @param port the port, or the scheme's own; -1 if neither was given
 */
record Site(@Nullable String scheme, String host, int port) {

    private static final int MAX_LENGTH = 2_048;
    private static final int MAX_PORT = 65_535;
    private static final Pattern HOST = Pattern.compile("\\[[0-9A-Fa-f:.]{2,}]|[A-Za-z0-9_-]++(\\.[A-Za-z0-9_-]++)*+");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** An {@code Origin}: scheme, host and port and nothing else. */
    static @Nullable Site ofOrigin(String text) {
        int colon = text.indexOf("://");
        return colon < 0 || text.length() > MAX_LENGTH
                ? null
                : read(text.substring(0, colon), text.substring(colon + 3));
    }

    /** A {@code Referer}: the same with whatever follows, or a bare host as some server-side renderers send it. */
    static @Nullable Site ofReferer(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        int colon = text.indexOf("://");
        String rest = colon < 0 ? text : text.substring(colon + 3);
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return read(colon < 0 ? null : text.substring(0, colon), rest.substring(0, end));
    }

    static @Nullable Site read(@Nullable String givenScheme, String authority) {
        String scheme = givenScheme == null ? null : givenScheme.toLowerCase(Locale.ROOT);
        if (scheme != null && !scheme.equals("https") && !scheme.equals("http")) {
            return null;
        }
        int from = authority.startsWith("[") ? authority.indexOf(']') : 0;
        int colon = from < 0 ? -1 : authority.indexOf(':', from);
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = colon < 0 ? defaultPort(scheme) : port(authority.substring(colon + 1));
        return isHost(host) && port != 0 ? new Site(scheme, host.toLowerCase(Locale.ROOT), port) : null;
    }

    /** The port this has if the scheme, where none was sent, is {@code meant}. */
    int portIf(@Nullable String meant) {
        return port < 0 ? defaultPort(meant) : port;
    }

    boolean isLoopback() {
        return LOOPBACK.contains(host) || host.endsWith(".localhost");
    }

    static int defaultPort(@Nullable String scheme) {
        if (scheme == null) {
            return -1;
        }
        return scheme.equals("https") ? 443 : 80;
    }

    /** The port, or 0 if it is none. */
    static int port(String digits) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(digits);
        return port <= MAX_PORT ? port : 0;
    }

    /** Names and addresses in ASCII. User information, a trailing dot, an empty label and percent signs are none. */
    static boolean isHost(String host) {
        return HOST.matcher(host).matches();
    }
}
