package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Under what a token is issued once, however often somebody asks: a text of the caller's choice, for whom it counts, and what was
 * asked for. Two are the same for a store if owner, caller and key are.
 *
 * @param owner whose token it is
 * @param caller the token that asks; absent if a person does
 * @param key the hash of the text that the caller chose
 * @param request the hash of what was asked for
 */
public record IdempotencyKey(Owner owner, @Nullable TokenId caller, SecretHash key, SecretHash request) {

    /** How long a key is kept. */
    public static final Duration KEPT = Duration.ofMinutes(10);

    /** How many keys of an owner are kept at a time: as many of the person's as of the tokens' together, so that no program takes a person's room. */
    public static final int PER_OWNER = 100;

    /** How many characters a key has at most. */
    public static final int MAX_LENGTH = 64;

    private static final Pattern TEXT = Pattern.compile("[!-~]{1," + MAX_LENGTH + "}");

    /**
     * What was issued under a key.
     *
     * @param request the hash of what was asked for then
     * @param token what came of it
     */
    public record Use(SecretHash request, TokenId token) {}

    /**
     * The key of a request. What is asked for is the same if name, abilities (in whatever order), expiry, actor and metadata are.
     *
     * @param text 1 to {@value #MAX_LENGTH} visible characters of ASCII
     * @throws InvalidTokenRequestException naming {@code idempotency_key} if it is not
     */
    static IdempotencyKey of(TokenRequest request, @Nullable AccessToken issuer, String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new InvalidTokenRequestException(
                    "idempotency_key",
                    "invalid",
                    "The idempotency key must have 1 to " + MAX_LENGTH + " visible characters of ASCII.");
        }
        return new IdempotencyKey(
                request.owner(),
                issuer == null ? null : issuer.id(),
                SecretHash.of(text),
                SecretHash.of(canonical(request)));
    }

    /** Each part with its length before it, so that none can be taken for two. */
    private static String canonical(TokenRequest request) {
        Stream<String> abilities =
                request.abilities().names().stream().distinct().sorted();
        Stream<String> notes = request.metadata().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(note -> Stream.of(note.getKey(), note.getValue()));
        // of a lifetime, the moment that it would lead to from a fixed one
        Stream<String> rest =
                Stream.of(String.valueOf(request.expiry(Instant.EPOCH)), Objects.toString(request.actor(), ""));
        return Stream.of(Stream.of(request.name()), rest, abilities, Stream.of(""), notes)
                .flatMap(part -> part)
                .map(part -> part.length() + ":" + part)
                .collect(Collectors.joining(","));
    }
}
