package dev.sanctum4j.server.web;

import dev.sanctum4j.IdempotencyKeyException;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuerRevokedException;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** One form of error for every route and every client: that of the starter, also for what Spring and the container refuse. */
@RestControllerAdvice
@RestController
class ProblemErrors extends ResponseEntityExceptionHandler implements ErrorController {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemErrors.class);

    private final ProblemWriter problems;

    ProblemErrors(ProblemWriter problems) {
        this.problems = problems;
    }

    /** Spring's sentences quote what was sent, so only its status and headers are told. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        HttpServletResponse response =
                Objects.requireNonNull(((NativeWebRequest) request).getNativeResponse(HttpServletResponse.class));
        headers.forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
        try {
            problems.write(
                    response,
                    e instanceof HttpMessageNotReadableException ? Problem.malformedBody() : Problem.of(status));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return null;
    }

    /** Refusals belong to Spring Security's filters, outages and what the core throws to the starter, which know how to answer. */
    @ExceptionHandler({
        AccessDeniedException.class,
        AuthenticationException.class,
        DataAccessException.class,
        TransactionException.class,
        IdempotencyKeyException.class,
        InvalidTokenRequestException.class,
        IssuerRevokedException.class,
        RequestRejectedException.class,
        TokenStoreException.class
    })
    void passedOn(RuntimeException e) {
        throw e;
    }

    /** Tomcat's, for parameters that are no text, or too many. */
    @ExceptionHandler
    void unreadable(InvalidParameterException e, HttpServletResponse response) throws IOException {
        problems.write(response, Problem.of(HttpStatusCode.valueOf(e.getErrorCode())));
    }

    @ExceptionHandler(Exception.class)
    void failed(Exception e, HttpServletResponse response) throws Exception {
        if (e instanceof IOException && response.isCommitted()) {
            return; // the caller is gone, or takes too long to read
        }
        if (Outage.is(e)) {
            throw e;
        }
        LOG.error("A request failed", e);
        problems.write(response, Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
    }

    /** What the container refuses before any controller is asked. */
    @RequestMapping("/error")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        problems.write(
                response,
                Problem.of(status instanceof Integer code ? HttpStatusCode.valueOf(code) : HttpStatus.NOT_FOUND));
    }
}
