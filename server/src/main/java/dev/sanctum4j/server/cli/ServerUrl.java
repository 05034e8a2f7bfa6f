package dev.sanctum4j.server.cli;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a server is. Two that are equal are the same server, whatever was typed: scheme and host are in lower case, and the usual port
 * is left out. What could be read in two ways is none.
 *
 * @param uri scheme, host, port and path, without a slash at its end
 */
record ServerUrl(URI uri) {

    private static final int MAX = 200;
    private static final String LIKE = "The server must be a URL, like https://tokens.example.com";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    /**
     * Reads what somebody typed.
     *
     * @param insecure whether a token may be sent to another machine in clear
     * @throws RefusedException if it is no URL, or a token must not be sent there
     */
    static ServerUrl parse(String text, boolean insecure) {
        URI uri;
        try {
            uri = URI.create(text.strip().replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw RefusedException.usage(LIKE);
        }
        if (uri.getScheme() == null
                || uri.getHost() == null
                || uri.getHost().endsWith(".")
                || uri.getPort() == 0
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !uri.equals(uri.normalize())
                || text.length() > MAX) {
            throw RefusedException.usage(LIKE);
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (!isSafe(scheme, host, insecure)) {
            throw RefusedException.usage("A token is sent over https only, and over http to this machine.");
        }
        boolean usual = uri.getPort() == -1 || uri.getPort() == (scheme.equals("https") ? 443 : 80);
        return new ServerUrl(URI.create(scheme + "://" + host + (usual ? "" : ":" + uri.getPort()) + uri.getRawPath()));
    }

    private static boolean isSafe(String scheme, String host, boolean insecure) {
        return scheme.equals("https")
                || scheme.equals("http") && (insecure || LOOPBACK.matcher(host).matches());
    }

    URI resolve(String path) {
        return URI.create(uri + path);
    }

    /** Whether a link that the server names can be shown and opened: a page, and no way to start something else. */
    boolean mayName(String link) {
        try {
            URI page = URI.create(link);
            String scheme = String.valueOf(page.getScheme());
            return page.getHost() != null
                    && page.getRawUserInfo() == null
                    && link.length() <= 2 * MAX
                    && link.chars().allMatch(c -> c > ' ' && c < 0x7F)
                    && isSafe(scheme, page.getHost(), !isSafe(uri.getScheme(), uri.getHost(), false));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
