package dev.sanctum4j;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token about to be stored: all of it but the number, which the store gives. Times are whole seconds.
 *
 * @param owner whom it belongs to
 * @param name what its owner calls it
 * @param abilities what it may be used for
 * @param hash the hash of its secret
 * @param createdAt now
 * @param expiresAt the last moment at which it is valid
 * @param issuedBy the token that issues it; absent if a person does
 * @param actor who uses it on its owner's behalf; absent if the owner does
 * @param metadata the application's own notes
 * @param issuer that token as it was when it was asked what it may issue; absent if nothing was asked
 * @param hint the last characters of its text, for {@link TokenStore#hints} and for nothing else; absent if the secret was not
 *     made here
 */
public record TokenDraft(
        Owner owner,
        String name,
        Abilities abilities,
        SecretHash hash,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable TokenId issuedBy,
        @Nullable String actor,
        Map<String, String> metadata,
        @Nullable AccessToken issuer,
        @Nullable String hint) {

    /** A draft of which nothing tells how its text ends. */
    public TokenDraft(
            Owner owner,
            String name,
            Abilities abilities,
            SecretHash hash,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable TokenId issuedBy,
            @Nullable String actor,
            Map<String, String> metadata,
            @Nullable AccessToken issuer) {
        this(owner, name, abilities, hash, createdAt, expiresAt, issuedBy, actor, metadata, issuer, null);
    }

    /** A draft for which nothing was asked of an issuer, and that no actor uses. */
    public TokenDraft(
            Owner owner,
            String name,
            Abilities abilities,
            SecretHash hash,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable TokenId issuedBy,
            Map<String, String> metadata) {
        this(owner, name, abilities, hash, createdAt, expiresAt, issuedBy, null, metadata, null);
    }

    /**
     * Whether this may be stored beside its issuer as that now is. A store asks while nobody else can change the issuer.
     *
     * @return {@code false} if the issuer is revoked, or has other abilities or another expiry than those that were read
     */
    public boolean holdsFor(AccessToken issuerNow) {
        return !issuerNow.isRevoked()
                && (issuer == null
                        || issuer.abilities().equals(issuerNow.abilities())
                                && Objects.equals(issuer.expiresAt(), issuerNow.expiresAt()));
    }

    /** The token this becomes under {@code id}. */
    public AccessToken withId(TokenId id) {
        return new AccessToken(
                id, owner, name, abilities, createdAt, null, null, expiresAt, null, issuedBy, actor, metadata);
    }

    /** Without the hint, which is in no log. */
    @Override
    public String toString() {
        return "TokenDraft[owner=" + owner + ", name=" + name + ", abilities=" + abilities + ", hash=" + hash
                + ", createdAt=" + createdAt + ", expiresAt=" + expiresAt + ", issuedBy=" + issuedBy + ", actor="
                + actor
                + ", metadata=" + metadata + ", issuer=" + issuer + "]";
    }
}
