package dev.sanctum4j.spring.actuator;

import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.TokenCheck;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;

/**
 * Counts what happens, since the start of this node: two additions for a request, and never a token's number.
 *
 * <p>Thread-safe.
 */
final class Counts implements TokenCheck.Timer {

    /**
     * Checks that came out the same way.
     *
     * @param outcome accepted, rejected or failed
     * @param reason why it was rejected, or none
     */
    record Checks(String outcome, String reason, LongAdder count, LongAdder nanos) {

        Checks(String outcome, String reason) {
            this(outcome, reason, new LongAdder(), new LongAdder());
        }
    }

    /** What is counted one by one. Accepted and refused tokens are counted as checks. */
    private static final List<Class<?>> COUNTED = List.of(
            TokenEvent.Issued.class,
            TokenEvent.Changed.class,
            TokenEvent.Rotated.class,
            TokenEvent.Revoked.class,
            TokenEvent.Pruned.class,
            AccessEvent.AbilityDenied.class,
            AccessEvent.SignedIn.class,
            AccessEvent.SignedOut.class,
            AccessEvent.SignInFailed.class,
            AccessEvent.LockedOut.class,
            AccessEvent.SessionUnreadable.class,
            AccessEvent.ApprovalAsked.class,
            AccessEvent.ApprovalAllowed.class,
            AccessEvent.ApprovalDenied.class,
            AccessEvent.ApprovalClaimed.class,
            AccessEvent.OwnerAsleep.class);

    private final Checks accepted = new Checks("accepted", "none");
    private final Checks failed = new Checks("failed", "none");
    private final Map<Reason, Checks> rejected = new EnumMap<>(Reason.class);
    private final Map<Class<?>, LongAdder> events = new LinkedHashMap<>();
    private final @Nullable ObservationRegistry observations;

    /** @param observations whom each check is told as an observation; absent for nobody */
    Counts(@Nullable ObservationRegistry observations) {
        this.observations = observations;
        for (Reason reason : Reason.values()) {
            rejected.put(reason, new Checks("rejected", reason.name().toLowerCase(Locale.ROOT)));
        }
        COUNTED.forEach(event -> events.put(event, new LongAdder()));
    }

    /** Like ability-denied. */
    private static String name(Class<?> event) {
        return event.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    @Override
    public Verdict time(Supplier<Verdict> check) {
        Observation observation =
                observations == null ? Observation.NOOP : Observation.start("sanctum.authentication", observations);
        long start = System.nanoTime();
        Checks same = failed;
        try (Observation.Scope unused = observation.openScope()) {
            Verdict verdict = check.get();
            same = verdict instanceof Verdict.Rejected refused
                    ? rejected.getOrDefault(refused.reason(), failed)
                    : accepted;
            return verdict;
        } finally {
            same.nanos().add(System.nanoTime() - start);
            same.count().increment();
            observation
                    .lowCardinalityKeyValue("outcome", same.outcome())
                    .lowCardinalityKeyValue("reason", same.reason())
                    .stop();
        }
    }

    @EventListener({TokenEvent.class, AccessEvent.class})
    void on(Object event) {
        LongAdder count = events.get(event.getClass());
        if (count != null) {
            count.add(event instanceof TokenEvent.Pruned pruned ? pruned.count() : 1);
        }
    }

    /** Checks by what came out of them, in a fixed order. */
    List<Checks> checks() {
        List<Checks> all = new ArrayList<>(rejected.values());
        all.add(0, accepted);
        all.add(failed);
        return all;
    }

    /** How often each thing happened, in a fixed order. */
    Map<String, LongAdder> happened() {
        Map<String, LongAdder> happened = new LinkedHashMap<>();
        events.forEach((event, count) -> happened.put(name(event), count));
        return happened;
    }
}
