package dev.sanctum4j.server.pages;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the pages show whose server it is. What is wrong ends the start.
 *
 * @param name What stands at the top of each page and in its title.
 * @param logo A picture before the name: a file (SVG, PNG, JPEG or WebP, at most 256 KiB), which is read at the start, or an https address.
 * @param accent The colour of main buttons and of what is chosen, as #rrggbb; made darker or lighter as far as text on it and beside it needs.
 * @param forgottenPassword Where people go who have forgotten their password: an http, https or mailto address.
 */
@ConfigurationProperties("sanctum.pages")
record PageProperties(
        @DefaultValue("Sanctum4j") String name,
        @DefaultValue("") String logo,
        @DefaultValue("") String accent,
        @DefaultValue("") String forgottenPassword) {

    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_ADDRESS = 2_000;
    private static final Pattern UNSEEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    /** Takes empty texts for none, as of a variable that is not set. */
    PageProperties {
        name = name.isBlank() ? "Sanctum4j" : name.strip();
        logo = logo.strip();
        accent = accent.strip();
        forgottenPassword = forgottenPassword.strip();
        if (name.codePointCount(0, name.length()) > LONGEST_NAME
                || UNSEEN.matcher(name).find()) {
            throw new IllegalArgumentException("sanctum.pages.name must be at most " + LONGEST_NAME
                    + " characters long, all of which can be seen, was '"
                    + UNSEEN.matcher(name).replaceAll("?") + "'");
        }
        if (!accent.isEmpty() && !Accent.isColour(accent)) {
            throw new IllegalArgumentException(
                    "sanctum.pages.accent must be a colour like #0f766e, was '" + accent + "'");
        }
        if (!forgottenPassword.isEmpty() && !isForPeople(forgottenPassword)) {
            throw new IllegalArgumentException("sanctum.pages.forgotten-password must be an address like"
                    + " https://id.example.com/forgotten or mailto:help@example.com, was '" + forgottenPassword + "'");
        }
    }

    /** Whether the first letters are those of a web address and not of a file's name. */
    static boolean isAddress(String text) {
        return text.matches("(?i)[a-z][a-z0-9+.-]+:.*");
    }

    private static boolean isForPeople(String text) {
        URI uri = uri(text);
        if (uri == null || uri.getScheme() == null || text.length() > LONGEST_ADDRESS) {
            return false;
        }
        return switch (uri.getScheme()) {
            case "http", "https" -> uri.getHost() != null && uri.getRawUserInfo() == null;
            case "mailto" -> uri.getRawSchemeSpecificPart().matches("[^@?]+@[^@?]+(\\?.*)?");
            default -> false;
        };
    }

    static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
