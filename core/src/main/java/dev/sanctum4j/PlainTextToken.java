package dev.sanctum4j;

/**
 * The text that opens the door. It exists once, when a token is issued; it must be asked for by name and prints stars.
 *
 * <p>Immutable and thread-safe.
 */
public final class PlainTextToken {

    private final String text;

    PlainTextToken(String text) {
        this.text = text;
    }

    /** The text itself, to be shown to the owner once. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "PlainTextToken[***]";
    }
}
