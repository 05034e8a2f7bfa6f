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

    /** Where a token stands in both maps; the token is replaced when it changes. */
    private static final class Slot {
        private final SecretHash hash;
        private volatile AccessToken token;

        Slot(SecretHash hash, AccessToken token) {
            this.hash = hash;
            this.token = token;
        }
    }

    private final Map<TokenId, Slot> byId = new ConcurrentHashMap<>();
    private final Map<SecretHash, Slot> byHash = new ConcurrentHashMap<>();
    private long lastId;

    @Override
    public synchronized Optional<AccessToken> insert(TokenDraft draft) {
        if (draft.issuedBy() != null
                && live(token -> token.id().equals(draft.issuedBy())).isEmpty()) {
            return Optional.empty();
        }
        if (byHash.containsKey(draft.hash())) {
            throw new TokenStoreException("a token with this secret exists already");
        }
        AccessToken token = draft.withId(TokenId.of(++lastId));
        Slot slot = new Slot(draft.hash(), token);
        byId.put(token.id(), slot);
        byHash.put(draft.hash(), slot);
        return Optional.of(token);
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        return stored(byId.get(id));
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        return stored(byHash.get(hash));
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        return live(token -> token.owner().equals(owner)).stream()
                .map(slot -> slot.token)
                .sorted(Comparator.comparing(AccessToken::id).reversed())
                .toList();
    }

    @Override
    public synchronized Optional<AccessToken> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        Slot slot = byId.get(id);
        if (slot == null || slot.token.isRevoked()) {
            return Optional.empty();
        }
        AccessToken old = slot.token;
        AccessToken wanted = change.apply(old);
        slot.token = old.with(wanted.name(), wanted.abilities());
        return Optional.of(slot.token);
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
    public synchronized void touch(Map<TokenId, LastUse> lastUses) {
        lastUses.forEach((id, use) -> {
            Slot slot = byId.get(id);
            if (slot != null && (slot.token.lastUsedAt() == null || isBefore(slot.token.lastUsedAt(), use.at()))) {
                slot.token = slot.token.used(use);
            }
        });
    }

    @Override
    public synchronized int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        List<Slot> gone = byId.values().stream()
                .filter(slot -> isBefore(slot.token.expiresAt(), expiredBefore)
                        || isBefore(slot.token.createdAt(), createdBefore))
                .limit(limit)
                .toList();
        byId.values().removeAll(gone);
        byHash.values().removeAll(gone);
        return gone.size();
    }

    private List<TokenId> revoke(Predicate<AccessToken> which, Instant now) {
        List<TokenId> revoked = new ArrayList<>();
        Instant latest = now.minusSeconds(1);
        for (Slot slot : live(which)) {
            AccessToken old = slot.token;
            Instant expiry = isBefore(old.expiresAt(), latest) ? old.expiresAt() : latest;
            slot.token = old.revoked(now, expiry);
            revoked.add(old.id());
        }
        return revoked;
    }

    private List<Slot> live(Predicate<AccessToken> which) {
        return byId.values().stream()
                .filter(slot -> !slot.token.isRevoked() && which.test(slot.token))
                .toList();
    }

    private static Optional<StoredToken> stored(@Nullable Slot slot) {
        return slot == null ? Optional.empty() : Optional.of(new StoredToken(slot.token, slot.hash));
    }

    private static boolean isBefore(@Nullable Instant time, @Nullable Instant bound) {
        return time != null && bound != null && time.isBefore(bound);
    }
}
