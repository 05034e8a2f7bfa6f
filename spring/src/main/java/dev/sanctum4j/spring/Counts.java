package dev.sanctum4j.spring;

import dev.sanctum4j.Verdict.Reason;
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
final class Counts {

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

    private static final Map<Class<? extends SanctumEvent>, String> EVENTS = events();

    private final Checks accepted = new Checks("accepted", "none");
    private final Checks failed = new Checks("failed", "none");
    private final Map<Reason, Checks> rejected = new EnumMap<>(Reason.class);
    private final Map<String, LongAdder> events = new LinkedHashMap<>();
    private final @Nullable ObservationRegistry observations;

    /** @param observations whom each check is told as an observation; absent for nobody */
    Counts(@Nullable ObservationRegistry observations) {
        this.observations = observations;
        for (Reason reason : Reason.values()) {
            rejected.put(reason, new Checks("rejected", reason.name().toLowerCase(Locale.ROOT)));
        }
        EVENTS.values().forEach(name -> events.put(name, new LongAdder()));
    }

    private static Map<Class<? extends SanctumEvent>, String> events() {
        Map<Class<? extends SanctumEvent>, String> names = new LinkedHashMap<>();
        names.put(SanctumEvent.TokenIssued.class, "issued");
        names.put(SanctumEvent.TokenChanged.class, "changed");
        names.put(SanctumEvent.TokenRotated.class, "rotated");
        names.put(SanctumEvent.TokenRevoked.class, "revoked");
        names.put(SanctumEvent.TokensPruned.class, "pruned");
        names.put(SanctumEvent.AbilityDenied.class, "ability-denied");
        names.put(SanctumEvent.SignedIn.class, "signed-in");
        names.put(SanctumEvent.SignedOut.class, "signed-out");
        names.put(SanctumEvent.SignInFailed.class, "sign-in-failed");
        names.put(SanctumEvent.LockedOut.class, "locked-out");
        return names;
    }

    /** Makes a check and counts it. What it throws is passed on. */
    TokenCheck.Result of(Supplier<TokenCheck.Result> check) {
        Observation observation =
                observations == null ? Observation.NOOP : Observation.start("sanctum.authentication", observations);
        long start = System.nanoTime();
        Checks same = failed;
        try (Observation.Scope unused = observation.openScope()) {
            TokenCheck.Result result = check.get();
            same = result.authentication() == null ? rejected.getOrDefault(result.refusal(), failed) : accepted;
            return result;
        } finally {
            same.nanos().add(System.nanoTime() - start);
            same.count().increment();
            observation
                    .lowCardinalityKeyValue("outcome", same.outcome())
                    .lowCardinalityKeyValue("reason", same.reason())
                    .stop();
        }
    }

    @EventListener
    void on(SanctumEvent event) {
        LongAdder count = events.get(EVENTS.getOrDefault(event.getClass(), ""));
        if (count != null) { // checks are counted above
            count.add(event instanceof SanctumEvent.TokensPruned pruned ? pruned.count() : 1);
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
        return events;
    }
}
