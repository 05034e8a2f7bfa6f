package dev.sanctum4j.jdbc;

import dev.sanctum4j.Internal;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Tells when a transaction is to be run again: the database gave it up in favour of another one, because each waited for the other or
 * both cannot have been first. On a Galera cluster that happens without a lock to wait for, when two nodes change one row.
 */
@Internal
public final class Conflict {

    /** How often a transaction is run at most. */
    private static final int MOST = 10;

    private static final Set<String> STATES = Set.of("40001", "40P01");
    private static final int DEADLOCK = 1213;

    /** A lock that was waited for as long as anybody may, which a driver of MySQL calls by the same state. */
    private static final int WAITED = 1205;

    private Conflict() {}

    /**
     * Whether to run a transaction again, all of which is rolled back; waits a moment first, longer each time.
     *
     * @param failure how it ended
     * @param run how often it was run
     */
    public static boolean passes(SQLException failure, int run) {
        if (run >= MOST || !is(failure)) {
            return false;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(5, 10L * run + 10));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean is(SQLException failure) {
        for (SQLException one = failure; one != null; one = one.getNextException()) {
            if (one.getErrorCode() == DEADLOCK || isState(one) && one.getErrorCode() != WAITED) {
                return true;
            }
        }
        return false;
    }

    private static boolean isState(SQLException failure) {
        return STATES.contains(String.valueOf(failure.getSQLState()));
    }
}
