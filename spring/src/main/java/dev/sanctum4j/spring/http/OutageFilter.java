package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import dev.sanctum4j.TokenNotStoredException;
import dev.sanctum4j.TokenStoreException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 where a database could not be asked, in whatever filter or controller that shows: sessions may live in one
 * too. Stands first in the chain.
 */
@Internal
public final class OutageFilter extends OncePerRequestFilter {

    private final ProblemWriter problems;

    public OutageFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (RuntimeException | ServletException e) {
            Throwable outage = outage(e);
            if (outage == null || response.isCommitted()) {
                throw e;
            }
            logger.warn("A database could not be asked: " + outage.getClass().getName());
            problems.write(response, said(outage));
        }
    }

    /** What to answer, if something was thrown for a database that could not be asked. */
    public static Optional<Problem> problem(Throwable e) {
        return Optional.ofNullable(outage(e)).map(OutageFilter::said);
    }

    private static Problem said(Throwable outage) {
        return outage instanceof TokenNotStoredException
                ? Problem.notStored()
                : Problem.unavailable("This cannot be answered at the moment.");
    }

    private static @Nullable Throwable outage(Throwable e) {
        for (Throwable cause = e; cause != null; cause = original(cause)) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TokenStoreException) {
                return cause; // what is wrong with a statement or its values is no outage
            }
        }
        return null;
    }

    /** A rollback that fails, because the connection is gone, hides what failed before it. */
    private static @Nullable Throwable original(Throwable e) {
        return e instanceof TransactionSystemException rollback ? rollback.getOriginalException() : e.getCause();
    }
}
