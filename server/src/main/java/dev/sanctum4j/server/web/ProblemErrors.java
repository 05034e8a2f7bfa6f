package dev.sanctum4j.server.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** One form of error for every route and every client: a problem in JSON, which also carries Laravel's {@code message}. */
@RestControllerAdvice
@RestController
class ProblemErrors extends ResponseEntityExceptionHandler implements ErrorController {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemErrors.class);

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return problem(status.value(), headers);
    }

    /** Refusals belong to Spring Security's filters, and outages to the starter's, which know how to answer. */
    @ExceptionHandler({
        AccessDeniedException.class,
        AuthenticationException.class,
        DataAccessException.class,
        TransactionException.class
    })
    void passedOn(RuntimeException e) {
        throw e;
    }

    @ExceptionHandler
    ResponseEntity<Object> invalid(InvalidFieldException e) {
        String sentence = String.valueOf(e.getMessage());
        ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        problem.setProperty("message", sentence);
        problem.setProperty("errors", Map.of(e.field(), List.of(sentence)));
        return ResponseEntity.unprocessableContent()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    @ExceptionHandler
    ResponseEntity<Object> notFound(NotFoundException e) {
        return problem(HttpStatus.NOT_FOUND.value(), new HttpHeaders());
    }

    @ExceptionHandler(Exception.class)
    ResponseEntity<Object> failed(Exception e) {
        LOG.error("A request failed", e);
        return problem(HttpStatus.INTERNAL_SERVER_ERROR.value(), new HttpHeaders());
    }

    /** What the container refuses before any controller is asked. */
    @RequestMapping("/error")
    ResponseEntity<Object> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        return problem(status instanceof Integer code ? code : HttpStatus.NOT_FOUND.value(), new HttpHeaders());
    }

    private static ResponseEntity<Object> problem(int status, HttpHeaders headers) {
        ProblemDetail problem = ProblemDetail.forStatus(status);
        problem.setProperty("message", message(status));
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static String message(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        if (status >= 500 && status != HttpStatus.SERVICE_UNAVAILABLE.value()) {
            return "Server Error";
        }
        return known == null ? "Error" : known.getReasonPhrase() + ".";
    }
}
