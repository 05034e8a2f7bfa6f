package dev.sanctum4j;

import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Programs ask, people answer; people ask, administrators answer. For programs it is the device authorization grant of RFC 8628, in which what is asked for is named abilities for a
 * time, and what comes of it an ordinary token.
 *
 * <p>A program {@linkplain #ask asks} and shows the user code; a person finds the request {@linkplain #find by that code} and
 * {@linkplain #allow allows} some of it or {@linkplain #deny denies} it; the program {@linkplain #poll polls} with the device
 * code, and whoever {@linkplain #claim claims} an allowed request issues the token. No token is made before, and none is kept in a
 * request. A person {@linkplain #askAsPerson asks} for what their policy holds back ({@link TokenPolicy#onRequest}), needs no code for it, and
 * never answers themselves.
 *
 * <p>Every method that asks the store throws {@link TokenStoreException} if the store could not answer. Thread-safe.
 */
public final class Approvals {

    /** How long a request can be answered. */
    public static final Duration OPEN_FOR = Duration.ofMinutes(10);

    /** How long its token can be fetched once somebody said yes, within the time above: a program that waits polls every few seconds. */
    public static final Duration FETCHED_WITHIN = Duration.ofMinutes(2);

    /** How long a request of a person can be answered, and its token fetched. */
    public static final Duration OPEN_FOR_PEOPLE = Duration.ofDays(7);

    /** How many requests of a person there can be at a time, answered or not, without those whose token was fetched. */
    public static final int PER_PERSON = 20;

    /** How long a token lives for which no lifetime was asked. */
    public static final Duration DEFAULT_LIFETIME = Duration.ofDays(30);

    /** How long a token lives at most. */
    public static final Duration MAX_LIFETIME = Duration.ofDays(90);

    /** How many abilities can be asked for at a time. */
    public static final int MAX_ABILITIES = 50;

    /** How many characters the name of a program has at most. */
    public static final int MAX_CLIENT_NAME = 60;

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration KEPT = Duration.ofMinutes(30); // when it is over, to say so to whoever polls
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int PER_WINDOW = 10;
    private static final int OPEN_PER_NETWORK = 5;
    private static final int OPEN_AROUND = 50;
    private static final int OPEN = 1_000;

    /** In place of the id of a program. */
    private static final String PERSON = "person";

    private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** Marks that stand one above the other, over whatever is written around. */
    private static final Pattern STACKED = Pattern.compile("\\p{M}{4}");

    private static final int MAX_ADDRESS = 64;

    /** No vowels, so that no words arise, and nothing that is taken for something else. */
    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final int USER_CODE = 8;
    private static final int DEVICE_CODE_BYTES = 32;
    private static final int DRAWS = 10;
    private static final Duration TURN = Duration.ofSeconds(5);

    private final ApprovalStore store;
    private final Clock clock;
    private final SecureRandom random;

    /** Whose turn it is to count what is open and add to it. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private Approvals(ApprovalStore store, Clock clock, SecureRandom random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** Approvals over {@code store}, with the time of {@code clock} and codes drawn from {@code random}. */
    public static Approvals of(ApprovalStore store, Clock clock, SecureRandom random) {
        return new Approvals(store, clock, random);
    }

    /**
     * What a program says of itself and asks for, before anybody looked at it.
     *
     * @param clientId what kind of program it is: 1 to 64 letters, digits, dots, underscores and hyphens
     * @param clientName what people know it by; its id stands in place of one that is empty, longer than {@value #MAX_CLIENT_NAME}
     *     characters, not one plain line, or stacked high
     * @param abilities what it asks for, 1 to {@value #MAX_ABILITIES}
     * @param lifetime how long the token is to live; {@code null} for {@link #DEFAULT_LIFETIME}
     * @param address where it asks from
     * @param network the part of the address that counts as one asker
     * @param around how the names of those networks begin that may be the same asker's, as customers get many at a time
     */
    public record Asking(
            String clientId,
            String clientName,
            Abilities abilities,
            @Nullable Duration lifetime,
            String address,
            String network,
            String around) {}

    /** What a program is told that polls. */
    public sealed interface Polled {

        /** Nothing yet, or never. */
        record Waiting(Reason reason) implements Polled {}

        /** Somebody said yes; {@link Approvals#claim} comes next. */
        record Allowed(ApprovalRequest request) implements Polled {}
    }

    /** Why there is no token. */
    public enum Reason {
        /** Nobody has answered. */
        PENDING,
        /** The poll came too soon; the interval is longer from now on. */
        TOO_SOON,
        /** Somebody said no. */
        DENIED,
        /** Nobody answered in time, or the token was not fetched in time. */
        EXPIRED,
        /** No such code, that of another client, or its token was fetched. */
        UNKNOWN
    }

    /**
     * Makes a request. What is open is counted in the store, by one thread of this node at a time: of requests at the same moment each
     * other node may let one more through.
     *
     * @param known whether there is such an ability; asked if there is room
     * @return the request and its codes, which nobody can read again
     * @throws InvalidTokenRequestException naming the field {@code client_id}, {@code scope} or {@code lifetime}
     * @throws ApprovalLimitException if there are too many, of this network or in all
     */
    public NewApproval ask(Asking asking, Predicate<String> known) {
        if (!CLIENT_ID.matcher(asking.clientId()).matches()) {
            throw new InvalidTokenRequestException(
                    "client_id", "invalid", "The client_id must have 1 to 64 letters, digits, '.', '_' and '-'.");
        }
        checkCount(asking.abilities());
        Duration lifetime = lifetime(asking.lifetime());
        checkRoom(asking); // in a flood most end here, and keep nobody waiting
        checkAbilities(asking.abilities(), known);
        takeTurn();
        try {
            checkRoom(asking);
            return insert(asking, lifetime);
        } finally {
            turn.unlock();
        }
    }

    private void takeTurn() {
        try {
            if (turn.tryLock(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new TokenStoreException("could not count requests: others wait for the store");
    }

    private NewApproval insert(Asking asking, Duration lifetime) {
        Instant now = now();
        for (int draw = 0; draw < DRAWS; draw++) {
            String deviceCode = deviceCode();
            String userCode = userCode();
            Optional<ApprovalRequest> made = store.insert(new ApprovalDraft(
                    SecretHash.of(deviceCode),
                    SecretHash.of(userCode),
                    asking.clientId(),
                    clientName(asking),
                    asking.abilities(),
                    lifetime,
                    Characters.cut(asking.address(), MAX_ADDRESS),
                    network(asking),
                    now,
                    now.plus(OPEN_FOR),
                    INTERVAL,
                    null));
            if (made.isPresent()) {
                return new NewApproval(made.get(), deviceCode, shown(userCode));
            }
        }
        throw new TokenStoreException("no code is free: " + DRAWS + " in a row were taken");
    }

    /**
     * Makes a request of a person, for a token of their own. Whether they may have it at all is for the caller to check, now and when the token
     * is issued. The limit is counted as for {@link #ask}.
     *
     * @param name what the token is to be called
     * @param lifetime how long it is to live; {@code null} for {@link #DEFAULT_LIFETIME}
     * @param address where they ask from
     * @param known whether there is such an ability
     * @throws InvalidTokenRequestException naming the field {@code name}, {@code abilities} or {@code lifetime}
     * @throws ApprovalLimitException if there are {@value #PER_PERSON} of theirs
     */
    public ApprovalRequest askAsPerson(
            Owner asker,
            String name,
            Abilities abilities,
            @Nullable Duration lifetime,
            String address,
            Predicate<String> known) {
        TokenRequest.checkName(name);
        try {
            checkCount(abilities);
            checkAbilities(abilities, known);
        } catch (InvalidTokenRequestException e) {
            throw new InvalidTokenRequestException("abilities", "unknown-ability", String.valueOf(e.getMessage()));
        }
        Duration wanted = lifetime(lifetime);
        takeTurn();
        try {
            return insert(asker, name, abilities, wanted, address);
        } finally {
            turn.unlock();
        }
    }

    private ApprovalRequest insert(Owner asker, String name, Abilities abilities, Duration lifetime, String address) {
        Instant now = now();
        if (store.ofPerson(asker, now).size() >= PER_PERSON) {
            throw new ApprovalLimitException("There were " + PER_PERSON + " requests within a week.", WINDOW);
        }
        // Its codes are nobody's: a person is known by the session.
        return store.insert(new ApprovalDraft(
                        SecretHash.of(deviceCode()),
                        SecretHash.of(deviceCode()),
                        PERSON,
                        name,
                        abilities,
                        lifetime,
                        Characters.cut(address, MAX_ADDRESS),
                        "",
                        now,
                        now.plus(OPEN_FOR_PEOPLE),
                        INTERVAL,
                        asker))
                .orElseThrow(() -> new TokenStoreException("a random code was taken"));
    }

    /** The request of a person with this number, whatever has become of it; empty if there is none that is not over. */
    public Optional<ApprovalRequest> findOfPerson(long id) {
        return store.findOfPerson(id).filter(request -> !request.isExpired(now()));
    }

    /** The requests of a person that are not over and whose token was not fetched, the oldest first. */
    public List<ApprovalRequest> ofPerson(Owner asker) {
        return store.ofPerson(asker, now());
    }

    /** The requests of people that wait for an administrator and have a higher number than {@code after}, the oldest first. */
    public List<ApprovalRequest> openOfPeople(long after, int limit) {
        return store.openOfPeople(after, now(), limit);
    }

    private static String network(Asking asking) {
        return Characters.cut(asking.network(), MAX_ADDRESS);
    }

    private static void checkCount(Abilities asked) {
        int count = asked.names().size();
        if (count == 0 || count > MAX_ABILITIES) {
            throw invalidScope("Ask for 1 to " + MAX_ABILITIES + " abilities.");
        }
    }

    private static void checkAbilities(Abilities asked, Predicate<String> known) {
        try {
            TokenRequest.checkAbilities(asked);
        } catch (InvalidTokenRequestException e) {
            throw invalidScope(String.valueOf(e.getMessage()));
        }
        for (String ability : asked.names()) {
            if (ability.equals("*") || Abilities.isReserved(ability)) {
                throw invalidScope(
                        "Nobody can be asked for '*', nor for what begins with '" + Abilities.RESERVED + "'.");
            }
            if (!known.test(ability)) {
                throw invalidScope("There is no ability '" + ability + "'.");
            }
        }
    }

    private static InvalidTokenRequestException invalidScope(String message) {
        return new InvalidTokenRequestException("scope", "invalid", message);
    }

    private static Duration lifetime(@Nullable Duration asked) {
        if (asked == null) {
            return DEFAULT_LIFETIME;
        }
        if (asked.toSeconds() < 1) {
            throw new InvalidTokenRequestException("lifetime", "invalid", "The lifetime must be at least a second.");
        }
        return asked.compareTo(MAX_LIFETIME) > 0 ? MAX_LIFETIME : asked.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String clientName(Asking asking) {
        String name = asking.clientName().strip();
        try {
            TokenRequest.checkName(name);
        } catch (InvalidTokenRequestException e) {
            return asking.clientId();
        }
        return Characters.count(name) > MAX_CLIENT_NAME || STACKED.matcher(name).find() ? asking.clientId() : name;
    }

    private void checkRoom(Asking asking) {
        Instant now = now();
        String network = network(asking);
        if (store.countAsked(network, now.minus(WINDOW)) >= PER_WINDOW) {
            throw new ApprovalLimitException("There were " + PER_WINDOW + " requests within a minute.", WINDOW);
        }
        if (store.countOpen(network, now) >= OPEN_PER_NETWORK) {
            throw new ApprovalLimitException(
                    "There are " + OPEN_PER_NETWORK + " requests that nobody has answered.", WINDOW);
        }
        if (store.countOpenAround(asking.around(), now) >= OPEN_AROUND) {
            throw new ApprovalLimitException(
                    "There are " + OPEN_AROUND + " requests from around that nobody has answered.", WINDOW);
        }
        if (store.countOpen(null, now) >= OPEN) {
            throw new ApprovalLimitException("There are " + OPEN + " requests that nobody has answered.", WINDOW);
        }
    }

    private String deviceCode() {
        byte[] bytes = new byte[DEVICE_CODE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private String userCode() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < USER_CODE; i++) {
            code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return code.toString();
    }

    private static String shown(String userCode) {
        return userCode.substring(0, USER_CODE / 2) + "-" + userCode.substring(USER_CODE / 2);
    }

    /** What of a typed text can be in a code, in upper case; anything may stand between. */
    private static String typed(String userCode) {
        StringBuilder code = new StringBuilder();
        for (char c : userCode.toUpperCase(Locale.ROOT).toCharArray()) {
            if (LETTERS.indexOf(c) >= 0) {
                code.append(c);
            }
        }
        return code.toString();
    }

    /** A code as a program shows it, however it was typed; empty if it can be none. */
    public static Optional<String> asShown(String userCode) {
        String code = typed(userCode);
        return code.length() == USER_CODE ? Optional.of(shown(code)) : Optional.empty();
    }

    /**
     * The request with a code that a person typed, in whatever case and with anything between its letters. How often somebody may try is for the
     * caller to limit.
     *
     * @return the request, answered or not; empty if there is none that is not over
     */
    public Optional<ApprovalRequest> find(String userCode) {
        return asShown(userCode)
                .flatMap(shown -> store.findByUserCode(SecretHash.of(typed(shown))))
                .filter(request -> !request.isExpired(now()));
    }

    /**
     * Allows some of what was asked. What {@code owner} may give is for the caller to check, now and when the token is issued.
     *
     * @param credentialVersion what changes when the owner's password does, for whoever claims to compare; {@code null} if unknown
     * @return the request as it now is, over within {@link #FETCHED_WITHIN} if a program asked; empty if it was answered meanwhile, or is over
     * @throws InvalidTokenRequestException naming the field {@code abilities} or {@code lifetime}, if that is more than was asked, or nothing
     * @throws IllegalArgumentException if {@code owner} asked for it
     */
    public Optional<ApprovalRequest> allow(
            ApprovalRequest request,
            Owner owner,
            Abilities abilities,
            Duration lifetime,
            @Nullable String credentialVersion) {
        if (owner.equals(request.asker())) {
            throw new IllegalArgumentException("nobody allows what they asked for themselves");
        }
        if (abilities.names().isEmpty() || !abilities.names().stream().allMatch(request.asked()::lists)) {
            throw new InvalidTokenRequestException(
                    "abilities",
                    "ability-not-permitted",
                    "Allow at least one ability, and only some that were asked for.");
        }
        if (lifetime.toSeconds() < 1 || lifetime.compareTo(request.lifetime()) > 0) {
            throw new InvalidTokenRequestException(
                    "lifetime",
                    "invalid",
                    "The lifetime must be 1 to " + request.lifetime().toSeconds() + " seconds.");
        }
        Instant now = now();
        Answer answer = new Answer(owner, abilities, lifetime.truncatedTo(ChronoUnit.SECONDS), now, credentialVersion);
        Instant last = now.plus(request.asker() == null ? FETCHED_WITHIN : OPEN_FOR_PEOPLE);
        Instant end = last.isBefore(request.expiresAt()) ? last : request.expiresAt();
        return store.allow(request.id(), answer, end)
                ? Optional.of(request.with(State.ALLOWED, answer).until(end))
                : Optional.empty();
    }

    /**
     * Denies a request; also one that the same owner has allowed, while the token was not fetched.
     *
     * @return the request as it now is; empty if it was answered otherwise meanwhile, or is over
     */
    public Optional<ApprovalRequest> deny(ApprovalRequest request, Owner owner) {
        Answer answer = new Answer(owner, Abilities.NONE, Duration.ZERO, now(), null);
        return store.deny(request.id(), answer) ? Optional.of(request.with(State.DENIED, answer)) : Optional.empty();
    }

    /**
     * Asks whether there is an answer.
     *
     * @param clientId that of whoever asked; codes are no other client's
     */
    public Polled poll(String deviceCode, String clientId) {
        Instant now = now();
        ApprovalRequest request = store.findByDeviceCode(SecretHash.of(deviceCode))
                .filter(found -> found.clientId().equals(clientId) && found.state() != State.CLAIMED)
                .orElse(null);
        if (request == null) {
            return new Polled.Waiting(Reason.UNKNOWN);
        }
        if (request.isExpired(now)) {
            return new Polled.Waiting(Reason.EXPIRED);
        }
        if (!store.poll(request.id(), now)) {
            return new Polled.Waiting(Reason.TOO_SOON);
        }
        return request.state() == State.ALLOWED
                ? new Polled.Allowed(request)
                : new Polled.Waiting(request.state() == State.DENIED ? Reason.DENIED : Reason.PENDING);
    }

    /**
     * Takes an allowed request, once: whoever gets it issues the token, best in the same transaction, so that neither is without the other.
     *
     * @return the request as it now is; empty if another was faster, or it was denied meanwhile, or is over
     */
    public Optional<ApprovalRequest> claim(ApprovalRequest request) {
        return store.claim(request.id(), now())
                ? Optional.of(request.with(State.CLAIMED, request.answer()))
                : Optional.empty();
    }

    /** Deletes requests that have been over for half an hour, so none is there for an hour. Returns how many. */
    public int prune() {
        return store.prune(now().minus(KEPT));
    }

    /** In the unit that stores keep. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
