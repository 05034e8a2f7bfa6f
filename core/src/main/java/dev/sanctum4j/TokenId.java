package dev.sanctum4j;

import java.util.Optional;

/**
 * The number of a token: safe to log, to show and to put into a URL.
 *
 * @param value the row's key, at least 1
 */
public record TokenId(long value) implements Comparable<TokenId> {

    private static final int MAX_DIGITS = 19;

    /**
     * An id.
     *
     * @throws IllegalArgumentException if {@code value} is not positive
     */
    public TokenId {
        if (value < 1) {
            throw new IllegalArgumentException("token id must be positive, was " + value);
        }
    }

    /**
     * The id of this value.
     *
     * @throws IllegalArgumentException if {@code value} is not positive
     */
    public static TokenId of(long value) {
        return new TokenId(value);
    }

    /**
     * Reads an id in its one spelling, {@code [1-9][0-9]{0,18}} in ASCII. {@code Long.parseLong} would also take a sign,
     * leading zeros and the digits of other scripts, which makes several names for one row.
     *
     * @return the id; empty if the text is anything else or does not fit a {@code long}
     */
    public static Optional<TokenId> parse(String text) {
        long value = parse(text, text.length());
        return value < 0 ? Optional.empty() : Optional.of(new TokenId(value));
    }

    /** The id in the first {@code digits} characters, or -1. */
    static long parse(String text, int digits) {
        if (digits < 1 || digits > MAX_DIGITS || text.charAt(0) == '0') {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value < 0 ? -1 : value; // nineteen digits overflow at most once, into the negative
    }

    @Override
    public int compareTo(TokenId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
