package dev.sanctum4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The SHA-256 of a secret, as it is stored and compared: a key for maps, and never printed. A secret carries 238 bits of
 * entropy, so a plain fast hash is enough (OWASP ASVS 6.5.2).
 *
 * <p>Immutable and thread-safe.
 */
public final class SecretHash {

    private static final int HEX_LENGTH = 64;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final MessageDigest SHA_256 = sha256();

    private final long a;
    private final long b;
    private final long c;
    private final long d;

    private SecretHash(byte[] digest) {
        a = (long) LONGS.get(digest, 0);
        b = (long) LONGS.get(digest, 8);
        c = (long) LONGS.get(digest, 16);
        d = (long) LONGS.get(digest, 24);
    }

    /** The hash of {@code secret} in UTF-8. */
    public static SecretHash of(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    static SecretHash of(byte[] bytes, int offset, int length) {
        try {
            // A clone costs six nanoseconds more than a thread's own digest and holds nothing back on virtual threads.
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            digest.update(bytes, offset, length);
            return new SecretHash(digest.digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of this JDK cannot be cloned", e);
        }
    }

    /**
     * Reads a stored hash.
     *
     * @return the hash; empty unless the text is exactly 64 lower-case hexadecimal digits, so that a damaged row never
     *     matches anything
     */
    public static Optional<SecretHash> parse(String hex) {
        if (hex.length() != HEX_LENGTH) {
            return Optional.empty();
        }
        for (int i = 0; i < HEX_LENGTH; i++) {
            char digit = hex.charAt(i);
            if (!(digit >= '0' && digit <= '9' || digit >= 'a' && digit <= 'f')) {
                return Optional.empty();
            }
        }
        return Optional.of(new SecretHash(HexFormat.of().parseHex(hex)));
    }

    /** Whether both are the same, in a time that does not depend on where they differ. */
    public boolean matches(SecretHash other) {
        return ((a ^ other.a) | (b ^ other.b) | (c ^ other.c) | (d ^ other.d)) == 0;
    }

    /** The 64 lower-case hexadecimal digits that the table holds. Not for logs. */
    public String toHex() {
        byte[] bytes = new byte[32];
        LONGS.set(bytes, 0, a);
        LONGS.set(bytes, 8, b);
        LONGS.set(bytes, 16, c);
        LONGS.set(bytes, 24, d);
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretHash that && matches(that);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a); // any part of a SHA-256 is as good as all of it
    }

    @Override
    public String toString() {
        return "SecretHash[***]";
    }
}
