package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.http.Diagnosis.Finding;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/**
 * How Spring Security says no on our routes: never a redirect, the same for browsers and programs.
 *
 * <p>Thread-safe.
 */
@Internal
public final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

    /** The status of Laravel's for a request without a good CSRF token. */
    public static final int CSRF_MISMATCH = 419;

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final ProblemWriter writer;
    private final Events events;
    private final Pages pages;
    private final Supplier<Stream<ChainPart>> parts;

    Refusals(ProblemWriter writer, Events events, Pages pages, Supplier<Stream<ChainPart>> parts) {
        this.writer = writer;
        this.events = events;
        this.pages = pages;
        this.parts = parts;
    }

    /** What first-party pages know of refusals, which tokens do not. */
    public interface Pages {

        /** Why nobody is signed in by a request without a token. */
        Finding unauthenticated(HttpServletRequest request);

        /** The answer to a request that was refused for what pages alone must send; null if it was not. */
        @Nullable
        Refusal refused(HttpServletRequest request, AccessDeniedException reason);

        /** An answer and why. */
        record Refusal(Problem problem, Finding finding) {}
    }

    /** 401, with what features add to the challenge, and to what people are told. */
    private Problem unauthenticated(HttpServletRequest request, boolean tokenSent) {
        Problem problem = parts.get()
                .map(part -> part.wayIn(request))
                .filter(Objects::nonNull)
                .findFirst()
                .map(Problem.unauthenticated(tokenSent)::detail)
                .orElseGet(() -> Problem.unauthenticated(tokenSent));
        String more = parts.get()
                .flatMap(part -> part.challenge(request).entrySet().stream())
                .map(parameter -> parameter.getKey() + "=\"" + quoted(parameter.getValue()) + "\"")
                .collect(Collectors.joining(", "));
        return more.isEmpty()
                ? problem
                : problem.header(
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Bearer " + (tokenSent ? "error=\"invalid_token\", " : "") + more);
    }

    /** 400: which of them counts, nobody can know. */
    void severalCredentials(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem problem = Problem.ours(
                        400, "several-credentials", "Bad Request.", "Send exactly one Authorization header.")
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_request\"");
        writer.refuse(request, response, problem, TokenFindings::twoHeaders);
    }

    void malformedCredentials(HttpServletRequest request, HttpServletResponse response) throws IOException {
        writer.refuse(request, response, unauthenticated(request, true), TokenFindings::malformedBearer);
    }

    /** What an {@link AdmissionRule} answers to a token, if one refused it; 401 for any other reason. */
    void token(HttpServletRequest request, HttpServletResponse response, TokenCheck.Result result) throws IOException {
        Problem answer = result.answer();
        writer.refuse(
                request,
                response,
                answer == null || answer.getStatusCode() == HttpStatus.UNAUTHORIZED
                        ? unauthenticated(request, true)
                        : answer,
                () -> answer != null
                        ? TokenFindings.admissionRule()
                        : result.asleep() ? TokenFindings.asleep() : TokenFindings.token(result.refusal()));
    }

    /** 419 for a session of the application that does not prove that one of its pages asks. */
    public void unproved(HttpServletRequest request, HttpServletResponse response) throws IOException {
        writer.refuse(
                request,
                response,
                csrfMismatch("Send the application's CSRF token, as its own pages do."),
                TokenFindings::unproved);
    }

    /** 419, with what is missing. */
    public static Problem csrfMismatch(String detail) {
        return Problem.ours(CSRF_MISMATCH, "csrf-mismatch", "CSRF token mismatch.", detail)
                .title("Page Expired");
    }

    /** 503 or 500: whoever was asked about the token does not answer, or has a fault. */
    void failed(HttpServletResponse response, Throwable thrown) throws IOException {
        if (thrown instanceof ProblemException told) {
            writer.write(response, told);
        } else if (NoAnswer.of(thrown) == NoAnswer.OUTAGE) {
            Outage.tell(LOG, "A token could not be checked", thrown);
            writer.write(response, Problem.unavailable("Tokens cannot be checked at the moment."));
        } else {
            LOG.error("A token could not be checked", thrown);
            writer.write(response, Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
        }
    }

    /** 403 that names what is missing: all of it, or one. */
    private static Problem missingAbility(AbilityRule.Decision decision) {
        return Problem.ours(403, "ability-missing", "Invalid ability provided.", decision.sentence())
                .with("required", decision.missing())
                .header(
                        HttpHeaders.WWW_AUTHENTICATE,
                        "Bearer error=\"insufficient_scope\", scope=\"" + quoted(String.join(" ", decision.missing()))
                                + "\"");
    }

    /** With where the program can get it, if a feature knows. */
    private Problem withWayOn(HttpServletRequest request, Problem problem, AbilityRule.Decision decision) {
        Problem told = problem;
        if (SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller) {
            List<String> missing = decision.any() ? decision.missing().subList(0, 1) : decision.missing();
            for (ChainPart part : parts.get().toList()) {
                for (Map.Entry<String, Object> member :
                        part.wayOn(request, caller.token(), missing).entrySet()) {
                    told = told.with(member.getKey(), member.getValue());
                }
            }
        }
        return told;
    }

    /**
     * Publishes that a token lacks an ability, once for each decision: what is told where a method is denied need not be told again
     * by whoever answers.
     */
    public void tell(AbilityRule.Decision decision) {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller
                && decision.isNews()) {
            events.publish(new AccessEvent.AbilityDenied(caller.token(), decision.missing()));
        }
    }

    /** 403 for a token where a person is asked for. */
    public static Problem sessionRequired(String detail) {
        return Problem.ours(403, "session-required", "This action is unauthorized.", detail);
    }

    /** 403 for a person where a token is asked for. */
    static Problem tokenRequired() {
        return Problem.ours(
                403, "token-required", "This action is unauthorized.", "This needs a token, not a session.");
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        writer.refuse(request, response, unauthenticated(request, false), () -> pages.unauthenticated(request));
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        Pages.Refusal page = pages.refused(request, reason);
        if (page != null) {
            writer.refuse(request, response, page.problem(), page::finding);
        } else if (reason instanceof AuthorizationDeniedException denied
                && denied.getAuthorizationResult() instanceof AbilityRule.Decision decision) {
            tell(decision);
            Problem problem = withWayOn(request, missingAbility(decision), decision);
            writer.refuse(
                    request,
                    response,
                    problem,
                    () -> TokenFindings.forbidden(problem.getBody().getDetail()));
        } else {
            writer.refuse(request, response, Problem.forbidden(), () -> TokenFindings.forbidden(null));
        }
    }

    /** Ability names of an application are plain words; anything else must not break out of the quotes. */
    private static String quoted(String text) {
        return text.replaceAll("[^\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]", "?");
    }
}
