package dev.sanctum4j.server.cli;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A token that somebody gave.
 *
 * @param token its text
 * @param abilities what it may be used for
 * @param lifetime how long it lasts
 */
record Given(String token, List<String> abilities, Duration lifetime) {

    /** What goes into a header and through every tool as it is. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/|=-]{1,2000}");

    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    @Override
    public String toString() {
        return "Given" + abilities;
    }
}
