package dev.sanctum4j.server.cli;

import org.springframework.context.ConfigurableApplicationContext;

/** Starts the application without its web server, on the database that the server uses. */
@FunctionalInterface
public interface Contexts {

    /** What becomes of migrations that the database lacks. */
    enum Migrations {
        /** They are applied. */
        APPLY,
        /** They are a {@link OutdatedDatabaseException}. */
        REFUSE,
        /** Nothing: somebody wants to look. */
        LEAVE
    }

    /** Starts it; the caller closes it. */
    ConfigurableApplicationContext start(Migrations migrations, boolean verbose);
}
