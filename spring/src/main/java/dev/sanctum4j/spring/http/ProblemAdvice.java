package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuerRevokedException;
import dev.sanctum4j.TokenStoreException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns what controllers, ours and the application's, get from the core into answers. */
@Internal
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
public class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ProblemWriter problems;

    public ProblemAdvice(ProblemWriter problems) {
        this.problems = problems;
    }

    @ExceptionHandler
    void problem(ProblemException e, HttpServletResponse response) throws IOException {
        problems.write(response, e);
    }

    @ExceptionHandler
    void invalid(InvalidTokenRequestException e, HttpServletResponse response) throws IOException {
        problems.write(response, Problem.invalid(e.field(), e.code(), String.valueOf(e.getMessage())));
    }

    @ExceptionHandler
    void revoked(IssuerRevokedException e, HttpServletResponse response) throws IOException {
        problems.write(response, Problem.unauthenticated(true));
    }

    @ExceptionHandler
    void unavailable(TokenStoreException e, HttpServletResponse response) throws IOException {
        LOG.warn("The token store could not be asked: {}", e.getMessage());
        problems.write(response, Problem.unavailable("Tokens cannot be checked at the moment."));
    }
}
