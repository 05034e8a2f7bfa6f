package dev.sanctum4j;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tokens in memory: the reference for what a store does, for tests and for programs that forget. Unbounded.
 *
 * <p>Thread-safe: reads take no lock, changes happen one at a time.
 */
public final class InMemoryTokenStore implements TokenStore {

    private final Map<Long, StoredToken> byId = new ConcurrentHashMap<>();
    private final Map<SecretHash, Long> ids = new ConcurrentHashMap<>();
    private long lastId;

    @Override
    public synchronized Optional<AccessToken> insert(TokenDraft draft) {
        if (draft.issuedBy() != null && live(draft.issuedBy()) == null) {
            return Optional.empty();
        }
        if (ids.containsKey(draft.hash())) {
            throw new TokenStoreException("a token with this secret exists already");
        }
        AccessToken token = draft.withId(TokenId.of(++lastId));
        byId.put(lastId, new StoredToken(token, draft.hash()));
        ids.put(draft.hash(), lastId);
        return Optional.of(token);
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        return Optional.ofNullable(byId.get(id.value()));
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        Long id = ids.get(hash);
        return id == null ? Optional.empty() : Optional.ofNullable(byId.get(id));
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        return live(token -> token.owner().equals(owner)).stream()
                .sorted(Comparator.comparing(AccessToken::id).reversed())
                .toList();
    }

    @Override
    public synchronized Optional<AccessToken> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        StoredToken stored = live(id);
        if (stored == null) {
            return Optional.empty();
        }
        AccessToken wanted = change.apply(stored.token());
        AccessToken token = copy(
                stored.token(),
                wanted.name(),
                wanted.abilities(),
                stored.token().lastUsedAt(),
                stored.token().expiresAt(),
                null);
        byId.put(id.value(), new StoredToken(token, stored.hash()));
        return Optional.of(token);
    }

    @Override
    public synchronized List<TokenId> revoke(TokenId id, Instant now) {
        return revoke(token -> token.id().equals(id) || id.equals(token.issuedBy()), now);
    }

    @Override
    public synchronized List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
        return revoke(token -> token.owner().equals(owner) && !token.id().equals(keep), now);
    }

    @Override
    public synchronized void touch(Map<TokenId, Instant> lastUsed) {
        lastUsed.forEach((id, at) -> byId.computeIfPresent(id.value(), (key, stored) -> {
            AccessToken old = stored.token();
            if (old.lastUsedAt() != null && !old.lastUsedAt().isBefore(at)) {
                return stored;
            }
            return new StoredToken(
                    copy(old, old.name(), old.abilities(), at, old.expiresAt(), old.revokedAt()), stored.hash());
        }));
    }

    @Override
    public synchronized int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        List<StoredToken> gone = byId.values().stream()
                .filter(stored -> isBefore(stored.token().expiresAt(), expiredBefore)
                        || isBefore(stored.token().createdAt(), createdBefore))
                .limit(limit)
                .toList();
        for (StoredToken stored : gone) {
            byId.remove(stored.token().id().value());
            if (stored.hash() != null) {
                ids.remove(stored.hash());
            }
        }
        return gone.size();
    }

    private List<TokenId> revoke(Predicate<AccessToken> which, Instant now) {
        List<TokenId> revoked = new ArrayList<>();
        Instant latest = now.minusSeconds(1);
        for (AccessToken token : live(which)) {
            Instant expiry = isBefore(token.expiresAt(), latest) ? token.expiresAt() : latest;
            AccessToken stamped = copy(token, token.name(), token.abilities(), token.lastUsedAt(), expiry, now);
            byId.computeIfPresent(token.id().value(), (key, stored) -> new StoredToken(stamped, stored.hash()));
            revoked.add(token.id());
        }
        return revoked;
    }

    private List<AccessToken> live(Predicate<AccessToken> which) {
        return byId.values().stream()
                .map(StoredToken::token)
                .filter(token -> !token.isRevoked() && which.test(token))
                .toList();
    }

    private @Nullable StoredToken live(TokenId id) {
        StoredToken stored = byId.get(id.value());
        return stored == null || stored.token().isRevoked() ? null : stored;
    }

    private static boolean isBefore(@Nullable Instant time, @Nullable Instant bound) {
        return time != null && bound != null && time.isBefore(bound);
    }

    private static AccessToken copy(
            AccessToken old,
            String name,
            Abilities abilities,
            @Nullable Instant lastUsedAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {
        return new AccessToken(
                old.id(),
                old.owner(),
                name,
                abilities,
                old.createdAt(),
                lastUsedAt,
                expiresAt,
                revokedAt,
                old.issuedBy(),
                old.metadata());
    }
}
