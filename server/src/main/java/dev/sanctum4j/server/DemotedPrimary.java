package dev.sanctum4j.server;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Gives a pooled connection up that leads to what was the primary and takes no changes any more: the next one is made anew, and finds the
 * one that is it now. The pool makes it by its name.
 */
public final class DemotedPrimary implements SQLExceptionOverride {

    private static final String READ_ONLY = "25006";

    /** The same of MySQL and MariaDB. */
    private static final int READ_ONLY_BY_OPTION = 1290;

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        return READ_ONLY.equals(failure.getSQLState()) || failure.getErrorCode() == READ_ONLY_BY_OPTION
                ? Override.MUST_EVICT
                : Override.CONTINUE_EVICT;
    }
}
