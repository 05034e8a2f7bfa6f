package dev.sanctum4j;

import java.time.Duration;

/** There are as many requests as there may be, or more were made lately than may be. */
public final class ApprovalLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration wait;

    ApprovalLimitException(String message, Duration wait) {
        super(message);
        this.wait = wait;
    }

    /** When it makes sense to ask again. */
    public Duration after() {
        return wait;
    }
}
