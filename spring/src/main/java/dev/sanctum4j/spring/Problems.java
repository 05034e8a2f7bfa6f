package dev.sanctum4j.spring;

import dev.sanctum4j.spring.Diagnosis.Reason;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.MissingCsrfTokenException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes error answers, and is how Spring Security says no on our routes: never a redirect, the same for browsers and
 * programs.
 *
 * <p>Thread-safe.
 */
final class Problems implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final String MEDIA_TYPE = "application/problem+json";

    private final ErrorWriter writer;
    private final Diagnosis diagnosis;
    private final Reasons reasons;
    private final Events events;

    Problems(ErrorWriter writer, Diagnosis diagnosis, Reasons reasons, Events events) {
        this.writer = writer;
        this.diagnosis = diagnosis;
        this.reasons = reasons;
        this.events = events;
    }

    /** Answers a request that is refused, and explains it if somebody wants to know. */
    void refuse(HttpServletRequest request, HttpServletResponse response, Problem problem, Supplier<Reason> why)
            throws IOException {
        diagnosis.refused(request, response, problem.status(), why);
        write(response, problem);
    }

    void write(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        response.setStatus(problem.status());
        problem.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        writer.write(response, problem.body());
    }

    /** The form of RFC 9457. */
    static ErrorWriter inJson(JsonMapper json) {
        return (response, body) -> {
            response.setContentType(MEDIA_TYPE);
            byte[] bytes = json.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        };
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        refuse(request, response, Problem.unauthenticated(false), () -> reasons.unauthenticated(request));
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        if (reason instanceof CsrfException) {
            boolean missing = reason instanceof MissingCsrfTokenException;
            refuse(
                    request,
                    response,
                    Problem.csrfMismatch(
                            missing
                                    ? "There is no session with a CSRF token. GET /sanctum/csrf-cookie first and keep its cookies."
                                    : "Send the value of the XSRF-TOKEN cookie in the header X-XSRF-TOKEN."),
                    () -> reasons.csrf(request, missing));
        } else if (reason instanceof AuthorizationDeniedException denied
                && denied.getAuthorizationResult() instanceof AbilityRule.Decision decision) {
            if (SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller) {
                events.on(new AccessEvent.AbilityDenied(caller.token(), decision.missing()));
            }
            Problem problem = Problem.missingAbility(decision.missing(), decision.any());
            refuse(request, response, problem, () -> Reasons.forbidden(problem.detail()));
        } else {
            refuse(request, response, Problem.forbidden(), () -> Reasons.forbidden(null));
        }
    }

    /** A request to sign in or out that no listed page has sent. */
    void notFirstParty(HttpServletRequest request, HttpServletResponse response) {
        diagnosis.refused(request, response, Problem.CSRF_MISMATCH, () -> reasons.notFirstParty(request));
    }
}
