package dev.sanctum4j.spring.spa;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Slows down the guessing of passwords: a number of tries a minute for one account from one address, and a larger one for
 * an address. An account that is tried from many addresses leaves each of them one try a minute, so that nobody can lock
 * its owner out. Holds a bounded number of counters and forgets the one not used for longest.
 *
 * <p>Thread-safe.
 */
final class LoginThrottle {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int PER_ACCOUNT_AND_ADDRESS = 5;
    private static final int PER_ADDRESS = 50;
    private static final int PER_ACCOUNT = 50;
    private static final int SESSIONS_PER_ADDRESS = 120;
    private static final int COUNTERS = 50_000;
    private static final Pattern IGNORED = Pattern.compile("[\\p{M}\\p{C}\\p{Z}]+");

    private final Clock clock;
    final Map<String, Counter> counters = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counter> eldest) {
            return size() > COUNTERS;
        }
    };

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    static final class Counter {
        private Instant end = Instant.MIN;
        private int count;

        /** How long to wait if there have been as many as {@code limit}. */
        Optional<Duration> wait(int limit, Instant now) {
            return count < limit ? Optional.empty() : Optional.of(Duration.between(now, end));
        }
    }

    /** Counts a try. Returns how long to wait if it is one too many; nothing is counted then. */
    synchronized Optional<Duration> attempt(String account, String address) {
        Instant now = clock.instant();
        Counter perAddress = counter("address " + network(address), now);
        Counter perAccount = counter("account " + name(account), now);
        Counter perBoth = counter(both(account, address), now);
        int limit = perAccount.count >= PER_ACCOUNT ? 1 : PER_ACCOUNT_AND_ADDRESS;
        Optional<Duration> wait = perBoth.wait(limit, now).or(() -> perAddress.wait(PER_ADDRESS, now));
        if (wait.isEmpty()) {
            perAddress.count++;
            perAccount.count++;
            perBoth.count++;
        }
        return wait;
    }

    /** Counts an anonymous session. Returns whether it is one too many from this address. */
    synchronized boolean refusesSession(String address) {
        Counter sessions = counter("session " + network(address), clock.instant());
        return ++sessions.count > SESSIONS_PER_ADDRESS;
    }

    /** Forgets the tries for an account from an address: its password was right. */
    synchronized void succeeded(String account, String address) {
        counters.remove(both(account, address));
    }

    private Counter counter(String key, Instant now) {
        Counter counter = counters.computeIfAbsent(key, absent -> new Counter());
        if (!now.isBefore(counter.end)) {
            counter.end = now.plus(WINDOW);
            counter.count = 0;
        }
        return counter;
    }

    private static String both(String account, String address) {
        return "both " + network(address) + ' ' + name(account);
    }

    /** Spellings that an account store may take for one name are one name here, or each would have tries of its own. */
    private static String name(String account) {
        return IGNORED.matcher(Normalizer.normalize(account, Normalizer.Form.NFKD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
    }

    /** An IPv6 customer owns a whole /64, so that is what counts as one address. */
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 64 / Byte.SIZE));
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
