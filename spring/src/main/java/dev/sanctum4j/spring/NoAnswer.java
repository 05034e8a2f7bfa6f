package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.http.Outage;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;

/** What it means when those who know an application's people throw something in place of an answer. */
@Internal
public enum NoAnswer {
    /** There is no such person, or it is not let in. */
    REFUSED,
    /** It could not be found out. */
    OUTAGE,
    /** The application has a fault. */
    FAULT;

    /** What an exception of a {@code UserDetailsService}, an {@link OwnerLoader} or an {@code AuthenticationManager} means. */
    public static NoAnswer of(Throwable thrown) {
        if (thrown instanceof InternalAuthenticationServiceException wrapper && wrapper.getCause() != null) {
            return wrapped(wrapper.getCause());
        }
        if (thrown instanceof AuthenticationServiceException) {
            return thrown.getCause() != null && of(thrown.getCause()) == REFUSED ? REFUSED : OUTAGE;
        }
        if (thrown instanceof AuthenticationException || thrown instanceof EmptyResultDataAccessException) {
            return REFUSED;
        }
        return thrown instanceof DataAccessException || thrown instanceof TransactionException || Outage.is(thrown)
                ? OUTAGE
                : FAULT;
    }

    /** Spring's provider wraps whatever a user service throws, faults included; that of LDAP what its directory does. */
    private static NoAnswer wrapped(Throwable cause) {
        boolean elsewhere = cause instanceof NestedRuntimeException || !(cause instanceof RuntimeException);
        NoAnswer meant = of(cause);
        return meant == FAULT && elsewhere ? OUTAGE : meant;
    }
}
