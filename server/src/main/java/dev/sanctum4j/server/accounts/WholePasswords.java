package dev.sanctum4j.server.accounts;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares passwords as a whole, and each with the same work.
 *
 * <p>BCrypt ignores what stands behind the 72nd byte, so a longer one never matches. It takes twice as long with each step of
 * its cost, and accounts have the costs of their times: whatever the costliest does not do, for a cheaper hash, for the one
 * that stands for an unknown name, or for none, is done on top. So the time does not tell whether there is an account.
 *
 * <p>Thread-safe.
 */
final class WholePasswords implements PasswordEncoder {

    /** How many bytes of a password BCrypt reads. */
    static final int MAX_BYTES = 72;

    /** About a second. A hash that is costlier takes its own time, and nobody else's. */
    static final int MAX_COST = 14;

    private static final int MIN_COST = 4;
    private static final Pattern BCRYPT =
            Pattern.compile("(?:\\{bcrypt})?\\$2[aby]?\\$([0-3][0-9])\\$[./0-9A-Za-z]{53}");

    private final PasswordEncoder encoder;
    private final boolean upgrades;
    private final IntSupplier stored;
    private final AtomicInteger costliest = new AtomicInteger();

    /**
     * Compares by {@code encoder}.
     *
     * @param upgrades whether hashes of an older kind are replaced; not in another application's table
     * @param stored the highest cost among the hashes that are stored, see {@link #cost}; asked once, at the first comparison
     */
    WholePasswords(PasswordEncoder encoder, boolean upgrades, IntSupplier stored) {
        this.encoder = encoder;
        this.upgrades = upgrades;
        this.stored = stored;
    }

    static int bytes(CharSequence password) {
        return password.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** The cost of a hash of BCrypt's; 0 of everything else, which nothing matches. */
    static int cost(@Nullable String hash) {
        Matcher matcher = BCRYPT.matcher(hash == null ? "" : hash);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    @Override
    public @Nullable String encode(@Nullable CharSequence password) {
        return encoder.encode(password);
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        int cost = cost(hash);
        int all = costliest(cost);
        boolean matches = encoder.matches(password, hash);
        if (cost < MIN_COST) { // nothing was done
            work(password, all);
        }
        for (int more = cost; more >= MIN_COST && more < all; more++) { // doubles what was done so far
            work(password, more);
        }
        return matches && password != null && bytes(password) <= MAX_BYTES;
    }

    private int costliest(int cost) {
        if (costliest.get() == 0) {
            learn(stored.getAsInt());
        }
        learn(cost);
        return costliest.get();
    }

    private void learn(int cost) {
        costliest.accumulateAndGet(Math.min(Math.max(cost, MIN_COST), MAX_COST), Math::max);
    }

    private void work(@Nullable CharSequence password, int cost) {
        encoder.matches(password, "$2a$%02d$%s".formatted(cost, ".".repeat(53)));
    }

    @Override
    public boolean upgradeEncoding(@Nullable String hash) {
        return upgrades && encoder.upgradeEncoding(hash);
    }

    @Override
    public String toString() {
        return "WholePasswords[cost=" + costliest + "]";
    }
}
