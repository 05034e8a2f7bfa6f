package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to issue. Begin with {@link #of} and add what is needed:
 *
 * <pre>{@code
 * TokenRequest.of(owner, "CI", "orders:read").lifetime(Duration.ofDays(90))
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class TokenRequest {

    /** How many characters a name has at most: the column holds no more. */
    public static final int MAX_NAME = 255;

    /** How many characters an actor has at most. */
    public static final int MAX_ACTOR = 120;

    private static final int MAX_ABILITY = 100;
    private static final int MAX_ABILITIES = 64;
    private static final int MAX_METADATA_CHARS = 2_000;
    private static final Pattern SCOPE = Pattern.compile("[!-~&&[^\"\\\\]]+");

    /** Joiners are left out: emoji need them, and some scripts. */
    private static final Pattern FORGERY = Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Cf}&&[^\\u200C\\u200D]]");

    /** Fillers of Hangul, blanks of braille and of notes, and what stands for something that is not there. */
    private static final Pattern SEEN = Pattern.compile(
            "[^\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\p{Mn}\\p{Me}\\p{IsNoncharacter_Code_Point}"
                    + "\\u115F\\u1160\\u3164\\uFFA0\\u2800\\x{1D159}\\u2065\\uFFF0-\\uFFF8\\uFFFC\\x{E0000}-\\x{E0FFF}]");

    private static final Duration TEN_THOUSAND_YEARS = Duration.ofDays(3_652_425);

    private final Owner owner;
    private final String name;
    private final Abilities abilities;
    private final Expiry expiry;
    private final @Nullable String actor;
    private final Map<String, String> metadata;

    /** When a token ends that is issued at a moment; absent if it does not by itself. */
    private interface Expiry {
        @Nullable
        Instant ofOneIssuedAt(Instant moment);
    }

    private TokenRequest(
            Owner owner,
            String name,
            Abilities abilities,
            Expiry expiry,
            @Nullable String actor,
            Map<String, String> metadata) {
        this.owner = owner;
        this.name = name;
        this.abilities = abilities;
        this.expiry = expiry;
        this.actor = actor;
        this.metadata = metadata;
    }

    /**
     * A token that does not expire by itself.
     *
     * @param abilities what it may be used for; none listed means none
     * @throws InvalidTokenRequestException if the name or an ability may not be issued, see {@link #checkName} and
     *     {@link #checkAbilities}
     */
    public static TokenRequest of(Owner owner, String name, String... abilities) {
        return of(owner, name, Abilities.of(abilities));
    }

    /** Like {@link #of(Owner, String, String...)}. */
    public static TokenRequest of(Owner owner, String name, Abilities abilities) {
        checkName(name);
        checkAbilities(abilities);
        return new TokenRequest(owner, name, abilities, moment -> null, null, Map.of());
    }

    /** What was once issued, with these abilities of it; its name and abilities may be Laravel's and are not checked. */
    static TokenRequest copyOf(AccessToken token, Abilities abilities) {
        return new TokenRequest(
                token.owner(), token.name(), abilities, moment -> token.expiresAt(), token.actor(), token.metadata());
    }

    /** The same, valid up to and including {@code expiresAt}, cut to the second. Replaces a {@link #lifetime}. */
    public TokenRequest expiresAt(Instant expiresAt) {
        return new TokenRequest(owner, name, abilities, moment -> expiresAt, actor, metadata);
    }

    /**
     * The same, valid for {@code lifetime} from when it is issued. Replaces an {@link #expiresAt}.
     *
     * @throws InvalidTokenRequestException if {@code lifetime} is not positive or longer than ten thousand years
     */
    public TokenRequest lifetime(Duration lifetime) {
        if (lifetime.isNegative() || lifetime.isZero()) {
            throw new InvalidTokenRequestException(
                    "expires_at", "not-in-future", "lifetime must be positive, was " + lifetime);
        }
        if (lifetime.compareTo(TEN_THOUSAND_YEARS) > 0) {
            throw new InvalidTokenRequestException(
                    "expires_at", "too-late", "The expiry must be before the year 10000.");
        }
        return new TokenRequest(owner, name, abilities, moment -> moment.plus(lifetime), actor, metadata);
    }

    /**
     * The same for somebody or something that uses it on the owner's behalf, like {@code "claude-code, run 8f3c"}: whoever
     * reads what was done reads this beside the owner. A label, which nobody has checked, and never a reason to allow
     * something.
     *
     * @throws InvalidTokenRequestException naming the field {@code actor}, if it has not 1 to {@value #MAX_ACTOR} characters, one
     *     of which can be seen, in one line, see {@link #checkName}
     */
    public TokenRequest actor(String actor) {
        checkLine("actor", actor, MAX_ACTOR);
        return new TokenRequest(owner, name, abilities, expiry, actor, metadata);
    }

    /**
     * The same with notes of the application's own, kept as they are and shown to the owner.
     *
     * @throws InvalidTokenRequestException if they exceed 2,000 characters together
     */
    public TokenRequest metadata(Map<String, String> metadata) {
        int chars = metadata.entrySet().stream()
                .mapToInt(note -> Characters.count(note.getKey()) + Characters.count(note.getValue()))
                .sum();
        if (chars > MAX_METADATA_CHARS) {
            throw new InvalidTokenRequestException(
                    "metadata",
                    "too-long",
                    "metadata must have at most " + MAX_METADATA_CHARS + " characters, had " + chars);
        }
        return new TokenRequest(owner, name, abilities, expiry, actor, Map.copyOf(metadata));
    }

    /** Whose token it will be. */
    public Owner owner() {
        return owner;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What it may be used for. */
    public Abilities abilities() {
        return abilities;
    }

    /** The last moment it is valid if it is issued at {@code issuedAt}; absent if it does not expire by itself. */
    public @Nullable Instant expiry(Instant issuedAt) {
        return expiry.ofOneIssuedAt(issuedAt);
    }

    /** Who uses it on the owner's behalf; {@code null} if the owner does. */
    public @Nullable String actor() {
        return actor;
    }

    /** Notes of the application's own. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Checks a name: 1 to 255 characters, one of which can be seen, and none a control, a line separator or one that turns
     * the writing direction (they forge log lines and page text).
     *
     * @throws InvalidTokenRequestException naming the field {@code name}
     */
    public static void checkName(String name) {
        checkName("name", name);
    }

    /**
     * Checks what somebody or something else is called, by the same rule.
     *
     * @param field what a client calls the name
     * @throws InvalidTokenRequestException naming the field
     */
    public static void checkName(String field, String name) {
        checkLine(field, name, MAX_NAME);
    }

    /** What a line of text may hold that people are shown. */
    private static void checkLine(String field, String text, int most) {
        String called = field.replace('_', ' ');
        boolean blank = !SEEN.matcher(text).find();
        boolean forged = FORGERY.matcher(text).find() && !text.isBlank();
        if (blank && !forged || Characters.count(text) > most) {
            throw new InvalidTokenRequestException(
                    field,
                    blank ? "required" : "too-long",
                    "The " + called + " must have 1 to " + most + " characters and not only spaces.");
        }
        if (forged) {
            throw new InvalidTokenRequestException(
                    field,
                    "control-characters",
                    "The " + called
                            + " must not contain control characters or marks that change the writing direction.");
        }
    }

    /**
     * Checks abilities: at most 64, each 1 to 100 printable ASCII characters without space, quote and backslash, as
     * RFC 6749 §3.3 has it for a scope (they are joined by spaces when other programs ask).
     *
     * @throws InvalidTokenRequestException naming the field {@code abilities}
     */
    public static void checkAbilities(Abilities abilities) {
        if (abilities.names().size() > MAX_ABILITIES) {
            throw new InvalidTokenRequestException(
                    "abilities", "too-long", "There must be at most " + MAX_ABILITIES + " abilities.");
        }
        for (String ability : abilities.names()) {
            if (ability.length() > MAX_ABILITY || !SCOPE.matcher(ability).matches()) {
                throw new InvalidTokenRequestException(
                        "abilities",
                        "invalid",
                        "An ability must have 1 to " + MAX_ABILITY
                                + " printable ASCII characters without spaces, quotes and backslashes.");
            }
        }
    }
}
