package dev.sanctum4j.server.web;

/** There is no such thing; answered with 404. */
public final class NotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** There is no such thing. */
    public NotFoundException() {
        super("not found", null, false, false);
    }
}
