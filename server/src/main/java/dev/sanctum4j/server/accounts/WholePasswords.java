package dev.sanctum4j.server.accounts;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares passwords as a whole: BCrypt ignores what stands behind the 72nd byte, so a longer one never matches.
 *
 * @param encoder what compares
 * @param upgrades whether hashes of an older kind are replaced; not in another application's table
 */
record WholePasswords(PasswordEncoder encoder, boolean upgrades) implements PasswordEncoder {

    /** How many bytes of a password BCrypt reads. */
    static final int MAX_BYTES = 72;

    static int bytes(CharSequence password) {
        return password.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public @Nullable String encode(@Nullable CharSequence password) {
        return encoder.encode(password);
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        boolean matches = encoder.matches(password, hash); // always, so that the time tells nothing
        return matches && password != null && bytes(password) <= MAX_BYTES;
    }

    @Override
    public boolean upgradeEncoding(@Nullable String hash) {
        return upgrades && encoder.upgradeEncoding(hash);
    }
}
