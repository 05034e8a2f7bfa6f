package dev.sanctum4j;

/** Counts characters as people, Laravel and most databases do: one that takes two places in a Java string is one. */
@Internal
public final class Characters {

    private Characters() {}

    /** How many a text has. */
    public static int count(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first of them, so many as are wanted, and none halved. */
    public static String cut(String text, int most) {
        return count(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most));
    }
}
