package dev.sanctum4j.server.cli;

/** What a command ends with. */
final class ExitCode {

    /** It is done, or the answer is yes. */
    static final int DONE = 0;
    /** It was refused, or what was named is not there, or the answer is no. */
    static final int REFUSED = 1;
    /** The command line cannot be understood. */
    static final int USAGE = 2;
    /** The database or the server could not be asked ({@code EX_UNAVAILABLE}); nothing is known. */
    static final int UNAVAILABLE = 69;
    /** Nobody answered in time; the same may come about when it is tried again ({@code EX_TEMPFAIL}). */
    static final int EXPIRED = 75;
    /** A mistake of ours ({@code EX_SOFTWARE}). */
    static final int BROKEN = 70;

    private ExitCode() {}
}
