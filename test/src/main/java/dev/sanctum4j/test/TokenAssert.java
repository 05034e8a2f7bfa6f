package dev.sanctum4j.test;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import java.time.Instant;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** What a token should be. Not thread-safe. */
public final class TokenAssert extends AbstractAssert<TokenAssert, AccessToken> {

    TokenAssert(@Nullable AccessToken actual) {
        super(actual, TokenAssert.class);
    }

    /** It has each of these abilities, by name or by {@code *}. */
    public TokenAssert can(String... abilities) {
        isNotNull();
        for (String ability : abilities) {
            check(actual.can(ability), "expected the abilities %s to include '%s'", actual.abilities(), ability);
        }
        return this;
    }

    /** It has none of these abilities. */
    public TokenAssert cannot(String... abilities) {
        isNotNull();
        for (String ability : abilities) {
            check(actual.cannot(ability), "expected the abilities %s not to include '%s'", actual.abilities(), ability);
        }
        return this;
    }

    /** It is {@code owner}'s. */
    public TokenAssert belongsTo(Owner owner) {
        isNotNull();
        return check(actual.owner().equals(owner), "expected the owner %s, but it was %s", owner, actual.owner());
    }

    /** Its owner calls it {@code name}. */
    public TokenAssert isNamed(String name) {
        isNotNull();
        return check(actual.name().equals(name), "expected the name '%s', but it was '%s'", name, actual.name());
    }

    /** It is valid up to {@code last} and not after. */
    public TokenAssert expiresAt(Instant last) {
        isNotNull();
        return check(Objects.equals(actual.expiresAt(), last), "expected the expiry %s, but it was %s", last, expiry());
    }

    /** It does not expire by itself. */
    public TokenAssert doesNotExpire() {
        isNotNull();
        return check(actual.expiresAt() == null, "expected no expiry, but it was %s", expiry());
    }

    /** It was revoked. */
    public TokenAssert isRevoked() {
        isNotNull();
        return check(actual.isRevoked(), "expected token %s to be revoked", actual.id());
    }

    /** It was not revoked. */
    public TokenAssert isNotRevoked() {
        isNotNull();
        return check(!actual.isRevoked(), "expected token %s not to be revoked", actual.id());
    }

    private Object expiry() {
        return actual.expiresAt() == null ? "none" : actual.expiresAt();
    }

    private TokenAssert check(boolean holds, String message, Object... about) {
        if (!holds) {
            throw failure(message, about);
        }
        return this;
    }
}
