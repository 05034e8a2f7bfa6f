package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.ProblemException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.beans.BeansException;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;

/** What it means when those who know an application's people throw something in place of an answer. */
@Internal
public enum NoAnswer {
    /** There is no such person, or it is not let in. */
    REFUSED,
    /** It could not be found out. */
    OUTAGE,
    /** The application has a fault. */
    FAULT;

    /** Whoever builds a longer chain of causes than this, or a circle, is not followed. */
    private static final int MOST = 64;

    /**
     * What an exception of a {@code UserDetailsService}, an {@link OwnerLoader} or an {@code AuthenticationManager} means: the
     * same at every door, though Spring's provider wraps it at some. What could not be found out is no refusal, whoever says so.
     */
    public static NoAnswer of(Throwable thrown) {
        if (Outage.is(thrown) || causes(thrown).anyMatch(NoAnswer::isUnreachable)) {
            return OUTAGE;
        }
        boolean wrapped = true; // by what stands for its cause
        boolean elsewhere = false;
        for (Throwable one : causes(thrown).toList()) {
            if (one instanceof UsernameNotFoundException
                    || one instanceof AccountStatusException
                    || one instanceof EmptyResultDataAccessException) {
                return REFUSED;
            } else if (one instanceof DataAccessException || one instanceof TransactionException) {
                return OUTAGE;
            } else if (one instanceof AuthenticationServiceException) {
                elsewhere |= one.getCause() == null || !(one instanceof InternalAuthenticationServiceException);
            } else if (wrapped && one instanceof AuthenticationException) {
                return REFUSED;
            } else if (!isWrapper(one)) {
                elsewhere |= wrapped && isElsewhere(one);
                wrapped = false;
            }
        }
        return elsewhere ? OUTAGE : FAULT;
    }

    /** The answer that an application has chosen itself by what it throws, if it has. */
    public static Optional<ProblemException> chosen(Throwable thrown) {
        return causes(thrown)
                .filter(ProblemException.class::isInstance)
                .map(ProblemException.class::cast)
                .findFirst();
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        return Stream.<Throwable>iterate(thrown, one -> one != null, Throwable::getCause)
                .limit(MOST);
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof ExecutionException
                || thrown instanceof CompletionException
                || thrown instanceof InvocationTargetException
                || thrown instanceof UndeclaredThrowableException;
    }

    private static boolean isUnreachable(Throwable thrown) {
        return thrown instanceof TokenStoreException
                || thrown instanceof SocketException
                || thrown instanceof SocketTimeoutException
                || thrown instanceof UnknownHostException
                || thrown instanceof TimeoutException;
    }

    /** What is thrown for a service or a directory somewhere else: checked, or by one of Spring's clients. */
    private static boolean isElsewhere(Throwable thrown) {
        return thrown instanceof NestedRuntimeException
                ? !(thrown instanceof BeansException || thrown instanceof ErrorResponse)
                : thrown instanceof Exception
                        && !(thrown instanceof RuntimeException || thrown instanceof SQLException);
    }
}
