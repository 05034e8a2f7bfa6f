package dev.sanctum4j;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How a token's text is made and read. Two forms are issued:
 *
 * <ul>
 *   <li>{@link #prefixed}: {@code pat_} + 40 random base-62 characters (238 bits of entropy) + 6 of CRC-32 over all before them;
 *   <li>{@link #laravel}: {@code id|} + prefix + 40 alphanumeric characters + crc32b of those (B1, B2).
 * </ul>
 *
 * <p>Both, and Laravel's secret without its id (B15), are always read, and so is any other text, for an application may have
 * made its secrets by a generator of its own. The checksum is for scanners and for refusing typing errors before the store is
 * asked: it is looked at only after a prefix of ours, this one or a {@linkplain #formerly former} one, and never trusted.
 * Immutable and thread-safe.
 */
public final class TokenFormat {

    /** More than this is not hashed but refused. */
    static final int MAX_BYTES = 512;

    private static final int SECRET = 40;
    private static final int BASE62_CHECKSUM = 6;
    private static final int HEX_CHECKSUM = 8;
    private static final int OURS = SECRET + BASE62_CHECKSUM;
    private static final int HINT = 4;
    private static final int MAX_LARAVEL_PREFIX = 64;
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9]{1,7}");
    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /** The value of each base-62 digit, and -1 for every other byte. */
    private static final byte[] DIGITS = digits();

    private static final TokenFormat DEFAULT = new TokenFormat("pat_", false, List.of("pat_"));

    private final String prefix;
    private final boolean laravel;
    /** After which a checksum of ours is expected. */
    private final List<byte[]> ours;

    private TokenFormat(String prefix, boolean laravel, List<String> ours) {
        this.prefix = prefix;
        this.laravel = laravel;
        this.ours = ours.stream()
                .map(one -> one.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /** The default: {@code pat_…}. */
    public static TokenFormat standard() {
        return DEFAULT;
    }

    /**
     * Our own form under a prefix by which scanners see whose it is.
     *
     * @param prefix {@code [a-z][a-z0-9]{1,7}}; an underscore is put after it
     * @throws IllegalArgumentException if the prefix is anything else
     */
    public static TokenFormat prefixed(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("token prefix must match " + PREFIX + ", was '" + prefix + "'");
        }
        return new TokenFormat(prefix + "_", false, List.of(prefix + "_"));
    }

    /**
     * Laravel's form, for programs that expect {@code id|secret}.
     *
     * @param prefix Laravel's {@code token_prefix}, put before the secret as it is; may be empty
     * @throws IllegalArgumentException if the prefix is longer than 64 characters or not printable ASCII
     */
    public static TokenFormat laravel(String prefix) {
        if (prefix.length() > MAX_LARAVEL_PREFIX || !prefix.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',')) {
            throw new IllegalArgumentException("token prefix must have at most " + MAX_LARAVEL_PREFIX
                    + " printable ASCII characters without spaces and commas, was '" + prefix + "'");
        }
        return new TokenFormat(prefix, true, List.of());
    }

    /**
     * The same, which also refuses typing errors in tokens of our own form that were issued under other prefixes.
     *
     * @param prefixes with or without the underscore; what our own form cannot begin with is passed over
     */
    public TokenFormat formerly(Collection<String> prefixes) {
        Stream<String> known = ours.stream().map(one -> new String(one, StandardCharsets.US_ASCII));
        Stream<String> former = prefixes.stream()
                .map(one -> one.endsWith("_") ? one.substring(0, one.length() - 1) : one)
                .filter(one -> PREFIX.matcher(one).matches())
                .map(one -> one + "_");
        return new TokenFormat(
                prefix, laravel, Stream.concat(known, former).distinct().toList());
    }

    /** What a secret begins with, {@code pat_} unless chosen; empty for Laravel's form without a prefix. */
    public String prefix() {
        return prefix;
    }

    /** A new secret: what is hashed and stored. */
    String newSecret(SecureRandom random) {
        StringBuilder secret = new StringBuilder(prefix.length() + SECRET + HEX_CHECKSUM).append(prefix);
        appendRandom(secret, random);
        byte[] bytes = secret.toString().getBytes(StandardCharsets.US_ASCII);
        if (laravel) {
            secret.append(String.format("%08x", crc(bytes, bytes.length - SECRET, SECRET)));
        } else {
            appendBase62(secret, crc(bytes, 0, bytes.length));
        }
        return secret.toString();
    }

    /** The text that the owner of {@code id} is given. */
    PlainTextToken plainText(TokenId id, String secret) {
        return new PlainTextToken(laravel ? id + "|" + secret : secret);
    }

    /** The end of a secret made here, which is a part of its checksum: it tells tokens apart and helps nobody who guesses. */
    static String hint(String secret) {
        return secret.substring(secret.length() - HINT);
    }

    /** What a caller presented: the row it names, or 0, and the hash of its secret. */
    record Presented(long id, SecretHash hash) {}

    /**
     * Whether a text could be a token: one that begins like ours and has a wrong checksum is none.
     *
     * @param text what somebody presented, without a scheme
     */
    public boolean isWellFormed(String text) {
        return read(text) != null;
    }

    /** Reads any form; {@code null} if this cannot be a token. */
    @Nullable
    Presented read(String text) {
        if (text.isEmpty() || text.length() > MAX_BYTES) {
            return null;
        }
        long id = 0;
        int start = text.indexOf('|') + 1;
        if (start > 0) {
            id = TokenId.parse(text, start - 1);
            if (id < 1 || start == text.length()) {
                return null;
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8); // an id is ASCII, so `start` holds here too
        return bytes.length <= MAX_BYTES && isGenuine(text, bytes, start)
                ? new Presented(id, SecretHash.of(bytes, start, bytes.length - start))
                : null;
    }

    /** Ours with its checksum, or anything that does not look like ours. */
    private boolean isGenuine(String text, byte[] bytes, int start) {
        if (hasOurOutline(bytes, start)) {
            if (ourChecksumHolds(bytes, start)) {
                return true; // the common case; what else has this checksum is merely looked up
            }
            if (isAlphanumeric(bytes, bytes.length - OURS, bytes.length)) {
                return false;
            }
        }
        return !hasLoneSurrogate(text);
    }

    private boolean hasOurOutline(byte[] bytes, int start) {
        int secret = bytes.length - OURS;
        for (byte[] one : ours) {
            if (secret - start == one.length && Arrays.equals(bytes, start, secret, one, 0, one.length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean ourChecksumHolds(byte[] bytes, int start) {
        int at = bytes.length - BASE62_CHECKSUM;
        return readBase62(bytes, at) == crc(bytes, start, at - start);
    }

    /** Half a character becomes a question mark in UTF-8, which would make two texts one token. */
    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Without a branch for each character: they are random, and a processor that guesses them wrong loses 200 ns. */
    private static boolean isAlphanumeric(byte[] bytes, int from, int to) {
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= DIGITS[bytes[i] & 0xff];
        }
        return all >= 0;
    }

    private static long crc(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }

    private static void appendRandom(StringBuilder to, SecureRandom random) {
        byte[] bytes = new byte[SECRET + SECRET / 4];
        int end = to.length() + SECRET;
        while (to.length() < end) {
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length && to.length() < end; i++) {
                int six = bytes[i] & 0x3f;
                if (six < BASE62.length()) { // throwing two of 64 away keeps all characters equally likely
                    to.append(BASE62.charAt(six));
                }
            }
        }
    }

    private static void appendBase62(StringBuilder to, long value) {
        int end = to.length();
        long rest = value;
        for (int i = 0; i < BASE62_CHECKSUM; i++) {
            to.insert(end, BASE62.charAt((int) (rest % 62)));
            rest /= 62;
        }
    }

    private static byte[] digits() {
        byte[] digits = new byte[256];
        for (int c = 0; c < digits.length; c++) {
            digits[c] = (byte) BASE62.indexOf(c);
        }
        return digits;
    }

    /** The value of the six digits from {@code from}, or -1 if they are something else. */
    private static long readBase62(byte[] bytes, int from) {
        long value = 0;
        int all = 0;
        for (int i = from; i < from + BASE62_CHECKSUM; i++) {
            byte digit = DIGITS[bytes[i] & 0xff];
            all |= digit;
            value = value * 62 + digit;
        }
        return all < 0 ? -1 : value;
    }

    @Override
    public String toString() {
        return laravel ? "TokenFormat[id|" + prefix + "…]" : "TokenFormat[" + prefix + "…]";
    }
}
