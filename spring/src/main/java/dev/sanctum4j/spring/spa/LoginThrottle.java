package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.spa.MinuteCounters.Count;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Slows down the guessing of passwords: a number of tries a minute for one account from one address, and a larger one for
 * an address. An account that is tried from many addresses leaves each of them one try a minute, so that nobody can lock
 * its owner out.
 *
 * <p>Holds hashes in a fixed number of places, whatever is tried, and forgets nothing before its minute is over. While more is
 * tried than there are places for, whoever finds none is slowed down, to one try a minute from an address, and an address
 * that finds none counts with the larger network it is in.
 *
 * <p>Thread-safe.
 */
final class LoginThrottle {

    private static final int PER_ACCOUNT_AND_ADDRESS = 5;
    private static final int PER_ADDRESS = 50;
    private static final int PER_ACCOUNT = 50;
    private static final int SESSIONS_PER_ADDRESS = 120;

    /** A thousand tries a second; twenty processors compare as many passwords at the usual cost. */
    static final int PLACES = 1 << 16;

    private static final int MAX_NAME = 255;
    private static final Pattern IGNORED = Pattern.compile("[\\p{M}\\p{C}\\p{Z}]+");

    final Clock clock;
    final Mac mac;
    final MinuteCounters accounts;
    final MinuteCounters addresses;
    final MinuteCounters both;
    final MinuteCounters sessions;
    final MinuteCounters networks;

    LoginThrottle(Clock clock) {
        this(clock, PLACES);
    }

    LoginThrottle(Clock clock, int places) {
        this.clock = clock;
        this.mac = mac();
        this.accounts = new MinuteCounters(places);
        this.addresses = new MinuteCounters(places);
        this.both = new MinuteCounters(places);
        this.sessions = new MinuteCounters(places);
        this.networks = new MinuteCounters(places);
    }

    /** By a key of this throttle's own: what shares a place with what is nobody's to choose. */
    static Mac mac() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            Mac made = Mac.getInstance("HmacSHA256");
            made.init(new SecretKeySpec(key, "HmacSHA256"));
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }

    /** Counts a try. Returns how long to wait if it is one too many; nothing is counted then. */
    Optional<Duration> attempt(String account, String address) {
        return attempt(account, address, true);
    }

    /** How long to wait before a try that would be one too many. Counts nothing. */
    Optional<Duration> refusal(String account, String address) {
        return attempt(account, address, false);
    }

    private Optional<Duration> attempt(String account, String address, boolean counted) {
        String name = name(account);
        String network = Network.of(address);
        synchronized (this) {
            long now = clock.millis();
            Count perAddress = addresses.of(key("address", network), now);
            Count perNetwork = orLarger(perAddress, network, now);
            Count perAccount = accounts.of(key("account", name), now);
            Count perBoth = both.of(key("both", network, name), now);
            boolean slow = !perAccount.hasPlace() || perAccount.reaches(PER_ACCOUNT);
            Optional<Duration> wait = perBoth.hasPlace()
                    ? perBoth.wait(slow ? 1 : PER_ACCOUNT_AND_ADDRESS)
                    : perAddress.wait(1); // it cannot have been more often
            wait = wait.or(() -> perNetwork.wait(PER_ADDRESS));
            if (wait.isEmpty() && !perNetwork.hasPlace()) {
                wait = Optional.of(MinuteCounters.WINDOW);
            }
            if (counted && wait.isEmpty()) {
                perNetwork.add();
                perAccount.add();
                perBoth.add();
            }
            return wait;
        }
    }

    /** Counts an anonymous session. Returns whether it is one too many from this address. */
    boolean refusesSession(String address) {
        String network = Network.of(address);
        synchronized (this) {
            long now = clock.millis();
            Count made = orLarger(sessions.of(key("session", network), now), network, now);
            if (!made.hasPlace() || made.reaches(SESSIONS_PER_ADDRESS)) {
                return true;
            }
            made.add();
            return false;
        }
    }

    /** Forgets the tries for an account from an address: its password was right. */
    void succeeded(String account, String address) {
        String name = name(account);
        String network = Network.of(address);
        synchronized (this) {
            both.of(key("both", network, name), clock.millis()).forget();
        }
    }

    /** That of a /16 or, of IPv6, a /32 where one address has no place: few have many of these. */
    private Count orLarger(Count perAddress, String network, long now) {
        if (perAddress.hasPlace()) {
            return perAddress;
        }
        int dot = network.indexOf('.');
        int end = dot < 0 ? 32 / 4 : network.indexOf('.', dot + 1);
        return networks.of(key("network", network.substring(0, Math.min(Math.max(end, 0), network.length()))), now);
    }

    private MinuteCounters.Key key(String kind, String... of) {
        return key(mac, kind, of);
    }

    static MinuteCounters.Key key(Mac mac, String kind, String... of) {
        mac.update(kind.getBytes(StandardCharsets.UTF_8));
        for (String one : of) {
            mac.update((byte) 0); // which is in no name and no address
            mac.update(one.getBytes(StandardCharsets.UTF_8));
        }
        ByteBuffer hash = ByteBuffer.wrap(mac.doFinal());
        return new MinuteCounters.Key(hash.getLong(), hash.getLong());
    }

    /**
     * Spellings that an account store may take for one name are one name here, or each would have tries of its own. What is
     * longer than any name counts by its beginning.
     */
    private static String name(String account) {
        String begin = account.length() > MAX_NAME ? account.substring(0, MAX_NAME) : account;
        return IGNORED.matcher(Normalizer.normalize(begin, Normalizer.Form.NFKD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT)
                .toUpperCase(Locale.ROOT); // which knows ß, once it is small
    }
}
