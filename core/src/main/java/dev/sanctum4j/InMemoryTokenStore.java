package dev.sanctum4j;

import dev.sanctum4j.IdempotencyKey.Use;
import dev.sanctum4j.IdempotencyKeyException.Reason;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tokens in memory: the reference for what a store does, for tests and for programs that need to keep none. Unbounded.
 *
 * <p>Thread-safe: reads take no lock, changes happen one at a time.
 */
public final class InMemoryTokenStore implements TokenStore {

    private final Map<TokenId, SecretHash> hashes = new ConcurrentHashMap<>();
    private final Map<SecretHash, StoredToken> tokens = new ConcurrentHashMap<>();
    private final Map<TokenId, String> hints = new ConcurrentHashMap<>();
    private final Map<KeyOf, Kept> keys = new HashMap<>();
    private long lastId;

    private record KeyOf(Owner owner, @Nullable TokenId caller, SecretHash key) {
        KeyOf(IdempotencyKey key) {
            this(key.owner(), key.caller(), key.key());
        }
    }

    private record Kept(Use use, Instant at) {
        boolean isOver(Instant now) {
            return !at.plus(IdempotencyKey.KEPT).isAfter(now);
        }
    }

    @Override
    public synchronized Optional<AccessToken> insert(TokenDraft draft) {
        if (draft.issuedBy() != null
                && live(draft.issuedBy()).filter(draft::holdsFor).isEmpty()) {
            return Optional.empty();
        }
        if (tokens.containsKey(draft.hash())) {
            throw new TokenStoreException("a token with this secret exists already");
        }
        AccessToken token = draft.withId(TokenId.of(++lastId));
        hashes.put(token.id(), draft.hash());
        tokens.put(draft.hash(), new StoredToken(token, draft.hash()));
        if (draft.hint() != null) {
            hints.put(token.id(), draft.hint());
        }
        return Optional.of(token);
    }

    @Override
    public synchronized Optional<AccessToken> insert(TokenDraft draft, IdempotencyKey key) {
        keys.values().removeIf(kept -> kept.isOver(draft.createdAt()));
        KeyOf under = new KeyOf(key);
        if (keys.containsKey(under)) {
            return Optional.empty();
        }
        if (keys.keySet().stream()
                        .filter(one ->
                                one.owner().equals(key.owner()) && (one.caller() == null) == (key.caller() == null))
                        .count()
                >= IdempotencyKey.PER_OWNER) {
            throw new IdempotencyKeyException(Reason.TOO_MANY, "the owner has used too many idempotency keys lately");
        }
        Optional<AccessToken> made = insert(draft);
        made.ifPresent(token -> keys.put(under, new Kept(new Use(key.request(), token.id()), draft.createdAt())));
        return made;
    }

    @Override
    public synchronized Optional<Use> findUse(IdempotencyKey key, Instant now) {
        return Optional.ofNullable(keys.get(new KeyOf(key)))
                .filter(kept -> !kept.isOver(now))
                .map(Kept::use);
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        return Optional.ofNullable(hashes.get(id)).flatMap(this::findByHash);
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        return Optional.ofNullable(tokens.get(hash));
    }

    @Override
    public Map<TokenId, String> hints(Collection<TokenId> ids) {
        Map<TokenId, String> found = new HashMap<>();
        for (TokenId id : ids) {
            String hint = hints.get(id);
            if (hint != null) {
                found.put(id, hint);
            }
        }
        return found;
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        return live(token -> token.owner().equals(owner))
                .sorted(Comparator.comparing(AccessToken::id).reversed())
                .toList();
    }

    @Override
    public synchronized Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        return live(id).map(old -> {
            AccessToken wanted = change.apply(old);
            List<AccessToken> narrowed = live(token -> id.equals(token.issuedBy()))
                    .filter(token -> !wanted.abilities().covers(token.abilities()))
                    .map(token ->
                            replace(token.with(token.name(), token.abilities().cutTo(wanted.abilities()))))
                    .toList();
            return new Change(replace(old.with(wanted.name(), wanted.abilities())), narrowed);
        });
    }

    @Override
    public synchronized List<TokenId> revoke(TokenId id, Instant now) {
        return revoke(token -> token.id().equals(id) || id.equals(token.issuedBy()), now);
    }

    @Override
    public synchronized Optional<Rotation> rotate(TokenId id, Function<AccessToken, TokenDraft> make, Instant now) {
        return live(id).map(make).flatMap(this::insert).map(made -> new Rotation(made, revoke(id, now)));
    }

    @Override
    public synchronized List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
        return revoke(token -> token.owner().equals(owner) && !token.id().equals(keep), now);
    }

    @Override
    public synchronized List<TokenId> revokeIssued(TokenId issuer, Instant now) {
        return revoke(token -> issuer.equals(token.issuedBy()), now);
    }

    @Override
    public synchronized void touch(Map<TokenId, LastUse> lastUses) {
        lastUses.forEach((id, use) -> findById(id)
                .map(StoredToken::token)
                .filter(token -> token.lastUsedAt() == null || isBefore(token.lastUsedAt(), use.at()))
                .ifPresent(token -> replace(token.used(use))));
    }

    @Override
    public synchronized int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        List<TokenId> gone = tokens.values().stream()
                .map(StoredToken::token)
                .filter(token ->
                        isBefore(token.expiresAt(), expiredBefore) || isBefore(token.createdAt(), createdBefore))
                .map(AccessToken::id)
                .limit(limit)
                .toList();
        gone.forEach(id -> tokens.remove(hashes.remove(id)));
        gone.forEach(hints::remove);
        return gone.size();
    }

    private List<TokenId> revoke(Predicate<AccessToken> which, Instant now) {
        Instant latest = now.minusSeconds(1);
        return live(which)
                .map(old -> replace(old.revoked(now, Lifetimes.lesser(latest, old.expiresAt())))
                        .id())
                .toList();
    }

    private Optional<AccessToken> live(TokenId id) {
        return findById(id).map(StoredToken::token).filter(token -> !token.isRevoked());
    }

    private Stream<AccessToken> live(Predicate<AccessToken> which) {
        return tokens.values().stream()
                .map(StoredToken::token)
                .filter(token -> !token.isRevoked() && which.test(token));
    }

    private AccessToken replace(AccessToken token) {
        tokens.computeIfPresent(hashes.get(token.id()), (hash, old) -> new StoredToken(token, hash));
        return token;
    }

    private static boolean isBefore(@Nullable Instant time, @Nullable Instant bound) {
        return time != null && bound != null && time.isBefore(bound);
    }
}
