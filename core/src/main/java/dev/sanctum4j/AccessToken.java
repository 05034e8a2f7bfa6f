package dev.sanctum4j;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token as it may be shown: no secret and no hash. Times are whole seconds in UTC.
 *
 * @param id its number
 * @param owner whom it belongs to
 * @param name what its owner calls it
 * @param abilities what it may be used for
 * @param createdAt when it was issued; absent only in rows another program wrote without it
 * @param lastUsedAt when it was last accepted, to about a minute; absent until then
 * @param lastUsedFrom the address it was last accepted from; absent until then, and where it is not known
 * @param expiresAt the last moment at which it is valid; absent if it does not expire by itself
 * @param revokedAt when it was revoked; absent if it was not
 * @param issuedBy the token that issued it; absent if a person did
 * @param actor who uses it on its owner's behalf, in the words of whoever issued it: a label for people who read what was
 *     done, and never a reason to allow something; absent if the owner does
 * @param metadata the application's own notes, never interpreted here
 */
public record AccessToken(
        TokenId id,
        Owner owner,
        String name,
        Abilities abilities,
        @Nullable Instant createdAt,
        @Nullable Instant lastUsedAt,
        @Nullable String lastUsedFrom,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable TokenId issuedBy,
        @Nullable String actor,
        Map<String, String> metadata) {

    public AccessToken {
        metadata = Map.copyOf(metadata);
    }

    /** A token that its owner uses. */
    public AccessToken(
            TokenId id,
            Owner owner,
            String name,
            Abilities abilities,
            @Nullable Instant createdAt,
            @Nullable Instant lastUsedAt,
            @Nullable String lastUsedFrom,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable TokenId issuedBy,
            Map<String, String> metadata) {
        this(
                id,
                owner,
                name,
                abilities,
                createdAt,
                lastUsedAt,
                lastUsedFrom,
                expiresAt,
                revokedAt,
                issuedBy,
                null,
                metadata);
    }

    /** The same with another name and other abilities. */
    public AccessToken with(String name, Abilities abilities) {
        return copy(name, abilities, lastUsedAt, lastUsedFrom, expiresAt, revokedAt);
    }

    AccessToken used(LastUse use) {
        return copy(name, abilities, use.at(), use.from(), expiresAt, revokedAt);
    }

    AccessToken revoked(Instant now, @Nullable Instant expiresAt) {
        return copy(name, abilities, lastUsedAt, lastUsedFrom, expiresAt, now);
    }

    private AccessToken copy(
            String name,
            Abilities abilities,
            @Nullable Instant usedAt,
            @Nullable String usedFrom,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {
        return new AccessToken(
                id, owner, name, abilities, createdAt, usedAt, usedFrom, expiresAt, revokedAt, issuedBy, actor,
                metadata);
    }

    /** Whether this token has {@code ability}, by name or by {@code *} (B33). Says nothing about its validity. */
    public boolean can(String ability) {
        return abilities.can(ability);
    }

    /** The opposite of {@link #can}. */
    public boolean cannot(String ability) {
        return abilities.cannot(ability);
    }

    /**
     * Whether it may issue others: it lists {@value Abilities#MANAGE_TOKENS}, or {@value Abilities#DELEGATE_TOKENS} and was not
     * itself issued by a token. Says nothing about its validity.
     */
    public boolean mayIssue() {
        return abilities.lists(Abilities.MANAGE_TOKENS)
                || issuedBy == null && abilities.lists(Abilities.DELEGATE_TOKENS);
    }

    /** Whether it has been revoked. */
    public boolean isRevoked() {
        return revokedAt != null;
    }

    /** Whether its own {@link #expiresAt} has passed; at that very moment it is still valid (B24). */
    public boolean isExpired(Instant now) {
        return expiresAt != null && now.isAfter(expiresAt);
    }
}
