package dev.sanctum4j.spring.http;

import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * Ends a request with a {@link Problem}. It is also Spring's own kind of error, which an application's advice knows how to
 * answer. An application may throw it, and derive its own from it.
 */
public class ProblemException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private transient Diagnosis.@Nullable Finding why;

    /** Ends the request with this. */
    @SuppressWarnings("this-escape") // asks its superclass for what that has made already
    public ProblemException(Problem problem) {
        super(problem.getStatusCode(), problem.getBody(), null);
        super.getHeaders().putAll(problem.getHeaders());
    }

    /** Ends the request with this, for a reason that {@link Diagnosis} tells to those who develop the application. */
    public ProblemException(Problem problem, Diagnosis.Finding why) {
        this(problem);
        this.why = why;
    }

    /** Why; {@code null} if the answer says it all. */
    public Diagnosis.@Nullable Finding why() {
        return why;
    }

    @Override
    public String getMessage() {
        return getBody().getProperties() == null
                ? super.getMessage()
                : String.valueOf(getBody().getProperties().get("message"));
    }

    /** An answer, not a fault: where it was made is of no interest. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
