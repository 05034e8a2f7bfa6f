package dev.sanctum4j.server.cli;

import dev.sanctum4j.jdbc.MissingRight;
import java.util.List;

/** The tables that the server works on: those of its own, and what is ours in the table of the tokens. */
public interface Tables {

    /** The migrations that the database lacks, with the series they belong to, and what they made and somebody dropped. */
    List<String> pending();

    /** What the account of the database may not do; empty if it may do all that the server does. */
    List<MissingRight> missingRights();

    /**
     * Creates the triggers that tell of changes, whoever made the table.
     *
     * @return whether they can be in nobody's way there
     * @throws dev.sanctum4j.TokenStoreException if they could not be created
     */
    boolean createTriggers();

    /** Takes away everything of ours, and returns what was taken away, but for what is in the table of the tokens. */
    List<String> remove();
}
