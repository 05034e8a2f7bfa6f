package dev.sanctum4j.server.cli;

/** What was asked for is not done. Its text is for the person who asked. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private RefusedException(int exitCode, String why) {
        super(why);
        this.exitCode = exitCode;
    }

    /** It was understood. */
    RefusedException(String why) {
        this(ExitCode.REFUSED, why);
    }

    /** It was not understood. */
    static RefusedException usage(String why) {
        return new RefusedException(ExitCode.USAGE, why);
    }

    /** Nobody could be asked. */
    static RefusedException unavailable(String why) {
        return new RefusedException(ExitCode.UNAVAILABLE, why);
    }

    /** Nobody answered in time. */
    static RefusedException expired() {
        return new RefusedException(ExitCode.EXPIRED, "Nobody answered in time. Ask again.");
    }

    int exitCode() {
        return exitCode;
    }
}
