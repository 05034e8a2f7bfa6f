package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;

/** Ends the start of an application that cannot work as it is; Boot shows what is wrong and what to do, and no stack trace. */
@Internal
public final class StartFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param description what is wrong
     * @param action what to do
     */
    public StartFailure(String description, String action) {
        super(description);
        this.action = action;
    }

    /** What to do. */
    public String action() {
        return action;
    }
}
