package dev.sanctum4j.test;

import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** What a verdict should be. Not thread-safe. */
public final class VerdictAssert extends AbstractAssert<VerdictAssert, Verdict> {

    VerdictAssert(@Nullable Verdict actual) {
        super(actual, VerdictAssert.class);
    }

    /** The token was accepted; goes on with the token. */
    public TokenAssert isAccepted() {
        isNotNull();
        if (!(actual instanceof Accepted accepted)) {
            throw failure("expected the token to be accepted, but it was rejected: %s", reason());
        }
        return new TokenAssert(accepted.token());
    }

    /** The token was rejected, for whatever reason. */
    public VerdictAssert isRejected() {
        isNotNull();
        if (actual instanceof Accepted accepted) {
            throw failure(
                    "expected the token to be rejected, but token %s was accepted",
                    accepted.token().id());
        }
        return this;
    }

    /** The token was rejected for this reason. */
    public VerdictAssert isRejected(Reason reason) {
        isRejected();
        if (reason() != reason) {
            throw failure("expected the token to be rejected: %s, but it was: %s", reason, reason());
        }
        return this;
    }

    private @Nullable Reason reason() {
        return actual instanceof Rejected rejected ? rejected.reason() : null;
    }
}
