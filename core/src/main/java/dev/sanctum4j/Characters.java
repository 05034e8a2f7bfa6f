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

    /** Whether every database keeps a text as it is: there is no NUL in it, and no half of a character. */
    public static boolean areStorable(String text) {
        return text.codePoints().allMatch(c -> c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE));
    }
}
