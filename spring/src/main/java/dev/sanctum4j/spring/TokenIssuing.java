package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.IssuedOnce;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one door by which tokens come to be for somebody: within the {@link dev.sanctum4j.TokenPolicy}, as everywhere, and
 * only for an owner who is let in. Whether that is who asks, and has given the password lately, is for the caller to know.
 *
 * <p>What every method throws: {@link dev.sanctum4j.InvalidTokenRequestException} if a request or the policy does not allow it,
 * {@link dev.sanctum4j.IdempotencyKeyException} for what is wrong with a key,
 * {@link ProblemException} with 401 if the owner is not let in, {@link dev.sanctum4j.TokenStoreException} if the store or the
 * owner could not be asked. Nothing is given out then. Thread-safe.
 */
public final class TokenIssuing {

    private final Tokens tokens;
    private final Owners owners;

    TokenIssuing(Tokens tokens, Owners owners) {
        this.tokens = tokens;
        this.owners = owners;
    }

    /** Issues a token on behalf of its owner. */
    public NewToken issue(TokenRequest request) {
        return stillOwned(tokens.issue(request));
    }

    /** Issues a token with what an administrator has said yes to; see {@link Tokens#issueApproved}. */
    public NewToken issueApproved(TokenRequest request) {
        return stillOwned(tokens.issueApproved(request));
    }

    /** Issues a token on behalf of another, which has to be able to; see {@link Tokens#issue(TokenRequest, AccessToken)}. */
    public NewToken issue(TokenRequest request, AccessToken issuer) {
        return stillOwned(tokens.issue(request, issuer));
    }

    /** Issues a token once, however often it is asked for under a key; see {@link Tokens#issueOnce(TokenRequest, String)}. */
    public IssuedOnce issueOnce(TokenRequest request, String key) {
        return stillOwned(tokens.issueOnce(request, key));
    }

    /** The same on behalf of another token; see {@link Tokens#issueOnce(TokenRequest, AccessToken, String)}. */
    public IssuedOnce issueOnce(TokenRequest request, AccessToken issuer, String key) {
        return stillOwned(tokens.issueOnce(request, issuer, key));
    }

    /** Gives a token another secret, and another end unless that is {@code null}; see {@link Tokens#rotate(TokenId, Instant)}. Empty if there is none to rotate. */
    public Optional<NewToken> rotate(TokenId id, @Nullable Instant expiresAt) {
        return tokens.rotate(id, expiresAt).map(this::stillOwned);
    }

    private NewToken stillOwned(NewToken made) {
        requireOwner(made.token());
        return made;
    }

    private IssuedOnce stillOwned(IssuedOnce made) {
        requireOwner(made.token());
        return made;
    }

    /** Whoever deleted or disabled the owner meanwhile, and ended the tokens, did not see this one yet. */
    private void requireOwner(AccessToken made) {
        if (owners.loadNow(made).isEmpty()) {
            tokens.revoke(made.id());
            throw new ProblemException(Problem.unauthenticated(false));
        }
    }
}
