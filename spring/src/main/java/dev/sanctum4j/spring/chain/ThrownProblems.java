package dev.sanctum4j.spring.chain;

import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.IdempotencyKeyException;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuerRevokedException;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.Limits;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.ErrorResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers what handlers throw, and is no advice, for that would be one among the application's, in whatever order. Refusals of
 * tokens, problems, and all that our own endpoints throw are answered before any advice is asked; what the core throws into
 * the application's own routes is answered after every one of them.
 *
 * <p>Thread-safe.
 */
final class ThrownProblems {

    private static final Logger LOG = LoggerFactory.getLogger(ThrownProblems.class);
    private static final String OURS = TokenAuthentication.class.getPackageName() + ".";

    private final Refusals refusals;
    private final ProblemWriter problems;
    private final RequestMatcher endpoints;

    /** @param endpoints the paths of our own endpoints, for what is thrown before a handler is found */
    ThrownProblems(Refusals refusals, ProblemWriter problems, RequestMatcher endpoints) {
        this.refusals = refusals;
        this.problems = problems;
        this.endpoints = endpoints;
    }

    /** Asked before the application's advice. */
    HandlerExceptionResolver first() {
        return (request, response, handler, e) -> answered(() -> {
            AuthorizationDeniedException denied = missingAbility(e);
            if (denied != null) {
                refusals.handle(request, response, denied);
                return true;
            }
            return e instanceof ProblemException problem
                    ? write(request, response, problem)
                    : isOurs(handler, request) && ours(response, e);
        });
    }

    /** Asked after the application's advice. */
    HandlerExceptionResolver last() {
        return (request, response, handler, e) -> answered(() -> ofCore(response, e));
    }

    /** Of a token; nobody's is the chain's own affair. */
    private static @Nullable AuthorizationDeniedException missingAbility(Exception e) {
        if (!(SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication)) {
            return null;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AuthorizationDeniedException denied
                    && denied.getAuthorizationResult() instanceof AbilityRule.Decision) {
                return denied;
            }
        }
        return null;
    }

    private boolean isOurs(@Nullable Object handler, HttpServletRequest request) {
        return handler instanceof HandlerMethod method ? isOurs(method) : endpoints.matches(request);
    }

    /** Whether a controller is one of ours. */
    static boolean isOurs(HandlerMethod method) {
        return method.getBeanType().getName().startsWith(OURS);
    }

    private boolean ours(HttpServletResponse response, Exception e) throws IOException {
        if (e instanceof AccessDeniedException || e instanceof AuthenticationException) {
            throw (RuntimeException) e; // the chain knows how to answer
        }
        if (ofCore(response, e)) {
            return true;
        }
        if (Outage.is(e)) {
            Outage.tell(LOG, "A database could not be asked", e);
            return write(response, Outage.answer(e, "This cannot be answered at the moment."));
        }
        if (e instanceof ErrorResponse said) { // its sentences quote what was sent
            said.getHeaders().forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
            return write(response, Problem.of(said.getStatusCode()));
        }
        if (e instanceof TypeMismatchException
                || e instanceof HttpMessageNotReadableException
                || e instanceof MultipartException
                || e
                        instanceof
                        RequestRejectedException // of a name of a field, which is looked at when fields are read
                || Limits.isUnreadable(e)) {
            return write(response, Problem.of(HttpStatus.BAD_REQUEST));
        }
        if (e instanceof IOException) { // the caller is gone, or has not sent what it began
            return write(response, Problem.malformedBody());
        }
        LOG.error("An endpoint of Sanctum4j failed", e);
        return write(response, Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
    }

    private boolean ofCore(HttpServletResponse response, Exception e) throws IOException {
        if (e instanceof InvalidTokenRequestException invalid) {
            return write(
                    response, Problem.invalid(invalid.field(), invalid.code(), String.valueOf(invalid.getMessage())));
        }
        if (e instanceof IdempotencyKeyException key) {
            if (key.reason() == IdempotencyKeyException.Reason.UNSUPPORTED) {
                Outage.tell(LOG, "No token is issued under an Idempotency-Key", e);
            }
            return write(response, problem(key.reason()));
        }
        if (e instanceof IssuerRevokedException) {
            return write(response, Problem.unauthenticated(true));
        }
        if (e instanceof TokenStoreException) {
            Outage.tell(LOG, "The token store could not be asked", e);
            return write(response, Outage.answer(e, "Tokens cannot be checked at the moment."));
        }
        return false;
    }

    private static Problem problem(IdempotencyKeyException.Reason reason) {
        return switch (reason) {
            case REUSED ->
                Problem.ours(
                        422,
                        "idempotency-key-reused",
                        "This Idempotency-Key was used for something else.",
                        "Send another key for another request.");
            case RUNNING ->
                Problem.ours(
                                409,
                                "idempotency-key-running",
                                "A request with this Idempotency-Key is being answered.",
                                "Send it again in a moment.")
                        .header(HttpHeaders.RETRY_AFTER, "1");
            case ENDED ->
                Problem.ours(
                        409,
                        "idempotency-key-ended",
                        "The token of this Idempotency-Key has ended.",
                        "Send another key for another token.");
            case TOO_MANY -> Problem.tooMany(IdempotencyKey.KEPT);
            case UNSUPPORTED ->
                Problem.ours(
                        501,
                        "idempotency-key-unsupported",
                        "Idempotency-Key is not supported here.",
                        "Nothing was made. Send the request without the header.");
        };
    }

    private boolean write(HttpServletRequest request, HttpServletResponse response, ProblemException problem)
            throws IOException {
        Diagnosis.Finding why = problem.why();
        if (why == null) {
            return write(response, problem);
        }
        problems.refuse(request, response, problem, () -> why);
        return true;
    }

    private boolean write(HttpServletResponse response, ErrorResponse problem) throws IOException {
        problems.write(response, problem);
        return true;
    }

    @FunctionalInterface
    private interface Answer {
        boolean given() throws IOException;
    }

    /** Nothing to show: the answer is written. */
    private static @Nullable ModelAndView answered(Answer answer) {
        try {
            return answer.given() ? new ModelAndView() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
