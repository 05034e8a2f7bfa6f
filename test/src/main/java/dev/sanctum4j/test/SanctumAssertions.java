package dev.sanctum4j.test;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Verdict;
import org.jspecify.annotations.Nullable;

/** AssertJ for verdicts and tokens. Import {@link #assertThat} statically, beside AssertJ's own. */
public final class SanctumAssertions {

    private SanctumAssertions() {}

    /** Says what a verdict should be. */
    public static VerdictAssert assertThat(@Nullable Verdict actual) {
        return new VerdictAssert(actual);
    }

    /** Says what a token should be. */
    public static TokenAssert assertThat(@Nullable AccessToken actual) {
        return new TokenAssert(actual);
    }
}
