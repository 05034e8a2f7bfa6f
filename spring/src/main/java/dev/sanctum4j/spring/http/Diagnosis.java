package dev.sanctum4j.spring.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why requests were refused, for those who develop an application: with {@code sanctum.diagnosis=true} a refusal says in the
 * header {@value #HEADER} and in the log which rule refused it and what to change. What is wrong with the settings is told
 * at start in any case. Callers learn reasons from the header that they should not know, so it is off unless asked for.
 *
 * <p>Thread-safe.
 */
public final class Diagnosis {

    /** Tells the reason of a refusal. */
    public static final String HEADER = "Sanctum-Diagnosis";

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);
    private static final int KEPT = 100;
    private static final int MAX_LENGTH = 500;

    private final boolean enabled;
    private final Clock clock;
    private final List<Finding> findings;
    private final Deque<Refusal> refusals = new ArrayDeque<>();

    /**
     * One that keeps the latest refusals.
     *
     * @param enabled whether refusals are told, in the header and in the log
     * @param findings what is wrong with the settings
     */
    public Diagnosis(boolean enabled, Clock clock, List<Finding> findings) {
        this.enabled = enabled;
        this.clock = clock;
        this.findings = List.copyOf(findings);
    }

    /**
     * What is wrong, and what to do about it.
     *
     * @param rule what is wrong, or which rule refused the request
     * @param change what to change
     */
    public record Finding(String rule, String change) {}

    /**
     * A request that was refused.
     *
     * @param at when
     * @param status the status it was answered with
     * @param method the request's method
     * @param path the request's path, without its query
     * @param finding why
     */
    public record Refusal(Instant at, int status, String method, String path, Finding finding) {}

    /** Looks at settings when the application starts, for those that are allowed and will lead to refusals. */
    @FunctionalInterface
    public interface SettingsCheck {

        /** What it found; empty if nothing. */
        List<Finding> findings();
    }

    /** Whether refusals are explained. */
    public boolean enabled() {
        return enabled;
    }

    /** What the settings, looked at when the application started, will lead to refusals by; empty if nothing. */
    public List<Finding> findings() {
        return findings;
    }

    /** The last hundred refusals, newest first; none unless {@link #enabled}. */
    public List<Refusal> refusals() {
        synchronized (refusals) {
            return List.copyOf(refusals);
        }
    }

    /** Explains a refusal, before its answer is written. The reason is asked for only if it is used. */
    public void refused(HttpServletRequest request, HttpServletResponse response, int status, Supplier<Finding> why) {
        if (!enabled) {
            return;
        }
        Finding finding = why.get();
        response.setHeader(HEADER, printable(finding.rule() + " " + finding.change()));
        String path = printable(request.getRequestURI());
        LOG.warn("{} {} -> {}: {} {}", request.getMethod(), path, status, printable(finding.rule()), finding.change());
        synchronized (refusals) {
            refusals.addFirst(new Refusal(clock.instant(), status, request.getMethod(), path, finding));
            if (refusals.size() > KEPT) {
                refusals.removeLast();
            }
        }
    }

    /** A reason quotes headers, which anybody may have sent. */
    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > MAX_LENGTH ? plain.substring(0, MAX_LENGTH) : plain;
    }
}
