package dev.sanctum4j.cache;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Change;
import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Rotation;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Validity;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers tokens by the hash of their secret, which is how they are checked. What is changed through it is believed by
 * nobody on this node from then on; of changes elsewhere a feed notifies it, and none is overlooked for longer than
 * {@link CacheSettings#maxStale}. Everything but that one look-up goes to the store itself.
 *
 * <p>Thread-safe.
 */
public final class CachingTokenStore implements TokenStore, InvalidationListener {

    private final TokenStore store;
    private final FreshCache<SecretHash, StoredToken> cache;
    private final Function<SecretHash, Optional<StoredToken>> read;

    private CachingTokenStore(TokenStore store, CacheSettings settings) {
        this.store = store;
        this.read = hash -> store.findByHash(hash).map(found -> sharing(hash, found));
        this.cache = new FreshCache<>(settings, (hash, stored) -> stored.token().id());
    }

    /** A cache in front of {@code store}. */
    public static CachingTokenStore of(TokenStore store, CacheSettings settings) {
        return new CachingTokenStore(store, settings);
    }

    /** Where the hashes are equal one object holds both, the key and the answer's: less to keep, and less to look up. */
    private static StoredToken sharing(SecretHash hash, StoredToken found) {
        return found.hash() != null && hash.matches(found.hash()) ? new StoredToken(found.token(), hash) : found;
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        return cache.get(hash, read);
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        return store.findById(id);
    }

    /** Past the cache, which would answer sooner for a token that somebody uses here. */
    @Override
    public Optional<StoredToken> findOwn(Owner owner, SecretHash hash) {
        return store.findOwn(owner, hash);
    }

    @Override
    public Map<TokenId, String> hints(Collection<TokenId> ids) {
        return store.hints(ids);
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        return store.list(owner);
    }

    @Override
    public List<AccessToken> list(Owner owner, @Nullable TokenId before, int limit) {
        return store.list(owner, before, limit);
    }

    @Override
    public int count(Owner owner, Validity when, int most) {
        return store.count(owner, when, most);
    }

    @Override
    public int countIssued(AccessToken issuer, Validity when, int most) {
        return store.countIssued(issuer, when, most);
    }

    @Override
    public Optional<AccessToken> insert(TokenDraft draft) {
        return store.insert(draft);
    }

    @Override
    public Optional<AccessToken> insert(TokenDraft draft, IdempotencyKey key) {
        return store.insert(draft, key);
    }

    @Override
    public Optional<IdempotencyKey.Use> findUse(IdempotencyKey key, Instant now) {
        return store.findUse(key, now);
    }

    @Override
    public Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        try {
            Optional<Change> done = store.update(id, change, now);
            Stream<AccessToken> narrowed = done.stream().flatMap(made -> made.narrowed().stream());
            cache.invalidate(
                    Stream.concat(Stream.of(id), narrowed.map(AccessToken::id)).toList());
            return done;
        } catch (InvalidTokenRequestException e) {
            throw e; // it was refused before anything was done
        } catch (Throwable e) {
            cache.invalidateAll(); // as below
            throw e;
        }
    }

    @Override
    public List<TokenId> revoke(TokenId id, Instant now) {
        return revoking(() -> store.revoke(id, now), Function.identity());
    }

    @Override
    public List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
        return revoking(() -> store.revokeAll(owner, keep, now), Function.identity());
    }

    @Override
    public List<TokenId> revokeIssued(TokenId issuer, Instant now) {
        return revoking(() -> store.revokeIssued(issuer, now), Function.identity());
    }

    @Override
    public Optional<Rotation> rotate(TokenId id, Function<AccessToken, TokenDraft> make, Instant now) {
        return revoking(
                () -> store.rotate(id, make, now),
                done -> done.map(Rotation::revoked).orElse(List.of(id)));
    }

    private <T> T revoking(Supplier<T> revocation, Function<T, List<TokenId>> which) {
        try {
            T done = revocation.get();
            cache.invalidate(which.apply(done));
            return done;
        } catch (Throwable e) {
            cache.invalidateAll(); // it may have been done all the same, and nobody can say to which
            throw e;
        }
    }

    @Override
    public void touch(Map<TokenId, LastUse> lastUses) {
        store.touch(lastUses);
    }

    @Override
    public int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        return store.prune(expiredBefore, createdBefore, limit); // what is over is refused, kept or not
    }

    @Override
    public void invalidated(TokenId id) {
        cache.invalidate(List.of(id));
    }

    @Override
    public void invalidateAll() {
        cache.invalidateAll();
    }

    @Override
    public void caughtUp(long nanoTime, boolean deletes) {
        cache.caughtUp(nanoTime, deletes);
    }

    /** How it is doing. */
    public CacheState state() {
        return cache.state();
    }
}
