package dev.sanctum4j.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What answers the model explains. */
class HistoryTest {

    private static final Set<String> WHOLE = Set.of("a", "b");
    private static final Set<String> NARROW = Set.of("a");
    private static final long BOUND = Duration.ofSeconds(1).toNanos();

    private final History token = new History("text", WHOLE, Duration.ofNanos(BOUND));

    @Test
    void whatIsTrueIsExplainedAndNothingElse() {
        long now = System.nanoTime();

        assertThat(token.fault(now, now, WHOLE)).isNull();
        assertThat(token.fault(now, now, NARROW)).contains("accepted with [a]");
        assertThat(token.fault(now, now, null)).contains("refused");
    }

    @Test
    void whatWasTrueIsExplainedWithinTheBound() {
        token.begin(NARROW);
        long between = System.nanoTime();
        token.answered();
        long settled = token.settled();

        assertThat(token.fault(between, between, WHOLE)).isNull();
        assertThat(token.fault(between, between, NARROW)).isNull();
        assertThat(token.fault(settled + BOUND, settled + BOUND, WHOLE)).isNull();
        assertThat(token.fault(settled + BOUND + 1, settled + BOUND + 1, WHOLE)).contains("which left it with [a]");
        assertThat(token.belief(settled + 5, WHOLE)).isEqualTo(5);
        assertThat(token.belief(settled + 5, NARROW)).isZero();
    }

    @Test
    void changeWithoutAnAnswerExplainsBoth() {
        token.begin(null);
        long late = System.nanoTime() + 10 * BOUND;

        assertThat(token.isUnknown()).isTrue();
        assertThat(token.fault(late, late, WHOLE)).isNull();
        assertThat(token.fault(late, late, null)).isNull();
        token.answered();
        assertThat(token.isRevoked()).isTrue();
        assertThat(token.fault(late, late, WHOLE)).contains("which left it revoked");
    }

    @Test
    void nobodyIsRefusedBeforeTheRevocationBegan() {
        long before = System.nanoTime();
        token.begin(null);

        assertThat(token.fault(before - 2, before - 1, null)).contains("refused");
    }
}
