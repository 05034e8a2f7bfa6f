package dev.sanctum4j;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens are kept. The contract is a test suite, {@code TokenStoreContract} in {@code sanctum4j-test};
 * {@link InMemoryTokenStore} is the reference.
 *
 * <p>Times given and returned are whole seconds. Each method either did what it says or throws
 * {@link TokenStoreException}. Implementations are thread-safe.
 */
public interface TokenStore {

    /**
     * Stores a new token.
     *
     * @return the token with its number; empty, and nothing stored, if {@code draft.issuedBy()} names a token that is not
     *     there, or for which {@link TokenDraft#holdsFor} says no by the time this is stored
     * @throws InvalidTokenRequestException if this store cannot hold a value
     */
    Optional<AccessToken> insert(TokenDraft draft);

    /**
     * Stores a new token and that it was issued under a key: both, or nothing. A store that keeps no keys refuses, as this does.
     *
     * @return the token with its number; empty, and nothing stored, as {@link #insert(TokenDraft)} has it, or if there is a
     *     {@linkplain #findUse use} of the key by now
     * @throws InvalidTokenRequestException if this store cannot hold a value
     * @throws IdempotencyKeyException if somebody else uses the key just now and does not get done, there are
     *     {@value IdempotencyKey#PER_OWNER} uses of the owner's already, or this store keeps no keys
     */
    default Optional<AccessToken> insert(TokenDraft draft, IdempotencyKey key) {
        throw keepsNoKeys();
    }

    /**
     * What was issued under a key within the last ten minutes, see {@link IdempotencyKey#KEPT}.
     *
     * @return the use; empty if there is none, or it is older
     * @throws IdempotencyKeyException if this store keeps no keys
     */
    default Optional<IdempotencyKey.Use> findUse(IdempotencyKey key, Instant now) {
        throw keepsNoKeys();
    }

    private static IdempotencyKeyException keepsNoKeys() {
        return new IdempotencyKeyException(
                IdempotencyKeyException.Reason.UNSUPPORTED, "this store of tokens keeps no idempotency keys");
    }

    /** The token with this number, revoked and expired ones too. */
    Optional<StoredToken> findById(TokenId id);

    /** The token whose secret hashes to this, revoked and expired ones too. */
    Optional<StoredToken> findByHash(SecretHash hash);

    /**
     * The token of an owner whose secret hashes to this, unless it is revoked. This asks the same of the same place whoever's the
     * secret is, so that the time tells nobody whether it is somebody's: a store that keeps tokens in memory does not look there.
     * Unless a store does better, {@link #findByHash} is asked.
     */
    default Optional<StoredToken> findOwn(Owner owner, SecretHash hash) {
        return findByHash(hash)
                .filter(found ->
                        found.token().owner().equals(owner) && !found.token().isRevoked());
    }

    /**
     * How the texts of tokens end, as {@link TokenDraft#hint} said, whatever has become of them. Unless a store does better, it
     * keeps none.
     *
     * @param ids of which tokens; unknown ones are skipped
     */
    default Map<TokenId, String> hints(Collection<TokenId> ids) {
        return Map.of();
    }

    /** All tokens of an owner that are not revoked (expired ones stay until they are pruned), the newest first. */
    List<AccessToken> list(Owner owner);

    /**
     * Some of the tokens of an owner that are not revoked, the newest first, which are those with the highest numbers. Unless a
     * store does better, all are read and most of them thrown away.
     *
     * @param before only tokens with a lower number than this; {@code null} for the newest
     * @param limit how many at most, at least 1
     */
    default List<AccessToken> list(Owner owner, @Nullable TokenId before, int limit) {
        return list(owner).stream()
                .filter(token -> before == null || token.id().compareTo(before) < 0)
                .limit(limit)
                .toList();
    }

    /**
     * How many tokens of an owner are valid, counted no further than {@code most}. Below that, a store may count those of owners that
     * its database takes for the same, by a collation. Unless a store does better, all are read.
     *
     * @param when what is valid
     */
    default int count(Owner owner, Validity when, int most) {
        return (int) list(owner).stream().filter(when::holdsFor).limit(most).count();
    }

    /**
     * How many of the tokens that another issued are valid, counted no further than {@code most}. Unless a store does better,
     * all of the owner's are read.
     *
     * @param when what is valid
     */
    default int countIssued(AccessToken issuer, Validity when, int most) {
        return (int) list(issuer.owner()).stream()
                .filter(token -> issuer.id().equals(token.issuedBy()) && when.holdsFor(token))
                .limit(most)
                .count();
    }

    /**
     * Changes name and abilities of a token that is not revoked, one change at a time. The tokens that it issued and that
     * are not revoked are {@linkplain Abilities#cutTo cut} to the abilities that it has then: all of it, or nothing.
     *
     * @param change given the token as it is, returns how it should be; only name and abilities are taken from it. What
     *     it throws is passed on and nothing is changed. It may be called again and must not have effects of its own
     * @param now the time of the change
     * @return what was done; empty if the token is unknown or revoked
     */
    Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now);

    /**
     * Revokes a token and the tokens it issued: stamps {@code revoked_at} with {@code now}, and {@code expires_at} with one
     * second before, unless that is earlier already.
     *
     * @return the numbers of those that this call revoked; empty if there was none
     */
    List<TokenId> revoke(TokenId id, Instant now);

    /**
     * Puts a new token in the place of another, which is revoked together with those that it issued: all of it, or nothing.
     * Of several at once, and of this and a revocation, one comes first, and the others find a revoked token.
     *
     * <p>Unless a store does better, the old token is revoked first, so that there are never two; where the store fails
     * between the two steps, there is none.
     *
     * @param make given the token as it is, returns what takes its place. What it throws is passed on and nothing is changed.
     *     It may be called again and must not have effects of its own
     * @return what was done; empty if the token is unknown or revoked, or its issuer is
     * @throws InvalidTokenRequestException if this store cannot hold a value
     */
    default Optional<Rotation> rotate(TokenId id, Function<AccessToken, TokenDraft> make, Instant now) {
        Optional<AccessToken> old = findById(id).map(StoredToken::token).filter(token -> !token.isRevoked());
        Optional<TokenDraft> planned = old.map(make); // what it refuses, it refuses before anything is done
        List<TokenId> revoked = planned.isPresent() ? revoke(id, now) : List.of();
        if (!revoked.contains(id)) {
            return Optional.empty();
        }
        return findById(id) // which nobody changes any more, as it is revoked
                .flatMap(last -> insert(make.apply(
                        old.get().with(last.token().name(), last.token().abilities()))))
                .map(made -> new Rotation(made, revoked));
    }

    /**
     * Revokes the tokens of an owner, those too that come of them meanwhile by being issued or rotated.
     *
     * @param keep a token to leave alone, if any
     * @return the numbers of those that this call revoked
     */
    List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now);

    /**
     * Revokes the tokens that one has issued, and not itself. Unless a store does better, all of the owner's are read, and they are
     * revoked one after the other.
     *
     * @return the numbers of those that this call revoked
     */
    default List<TokenId> revokeIssued(TokenId issuer, Instant now) {
        return findById(issuer).stream()
                .flatMap(found -> list(found.token().owner()).stream())
                .filter(token -> issuer.equals(token.issuedBy()))
                .flatMap(token -> revoke(token.id(), now).stream())
                .toList();
    }

    /**
     * Writes when and from where tokens were last used, in one batch. An earlier time never replaces a later one; unknown ids
     * are skipped, and so are, where the store can, tokens that somebody else is changing at the moment.
     */
    void touch(Map<TokenId, LastUse> lastUses);

    /**
     * Deletes at most {@code limit} tokens that expired before {@code expiredBefore} or, if given, were created before
     * {@code createdBefore} (both strict, B62). Revoking sets the expiry, so revoked tokens go the same way. Where the store can
     * see that another node is deleting the same it leaves that to it, and where it goes by the number of a token to find
     * the oldest, those come later that are older than ones before them.
     *
     * @return how many; if less than {@code limit}, there is no more to do here for now
     */
    int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit);
}
