package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
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

    private final JsonMapper json;

    Problems(JsonMapper json) {
        this.json = json;
    }

    void write(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        response.setStatus(problem.status());
        problem.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType(MEDIA_TYPE);
        byte[] body = json.writeValueAsString(problem.body()).getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        write(response, Problem.unauthenticated(false));
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        write(response, problemFor(reason));
    }

    private static Problem problemFor(AccessDeniedException reason) {
        if (reason instanceof CsrfException) {
            return Problem.csrfMismatch(
                    reason instanceof MissingCsrfTokenException
                            ? "There is no session with a CSRF token. GET /sanctum/csrf-cookie first and keep its cookies."
                            : "Send the value of the XSRF-TOKEN cookie in the header X-XSRF-TOKEN.");
        }
        if (reason instanceof AuthorizationDeniedException denied
                && denied.getAuthorizationResult() instanceof AbilityDecision decision) {
            List<String> missing = decision.missing();
            return Problem.missingAbility(missing, decision.any());
        }
        return Problem.forbidden();
    }
}
