package dev.sanctum4j.server.cli;

/** The database lacks migrations, and the command that was given does not change tables. */
public final class OutdatedDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The exception, which says what to do. */
    public OutdatedDatabaseException() {
        super("The tables are not up to date. Run the command 'migrate', or start the server once.");
    }
}
