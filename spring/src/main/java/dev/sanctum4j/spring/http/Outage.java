package dev.sanctum4j.spring.http;

import dev.sanctum4j.TokenNotStoredException;
import dev.sanctum4j.TokenStoreException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * Tells which exceptions mean that a database could not be asked, whoever wraps them. What is wrong with a statement or its values is
 * no outage.
 */
public final class Outage {

    /** Whoever builds a longer chain of causes than this, or a circle, is not followed. */
    private static final int MOST = 64;

    /**
     * Connections, resources, transactions that may pass when tried again, statements prepared in a session that a pooler gave to
     * somebody else, an operator, limits of time, disks.
     */
    private static final Pattern STATES =
            Pattern.compile("08...|26000|42P05|53...|40(?!002)...|57P..|57014|25P0[34]|55P03|58...|70100|HYT..");

    /** What no connection fails with; MariaDB's driver throws whatever it does not know as a connection that failed. */
    private static final Pattern NO_STATES = Pattern.compile("(0[12]|2[1-4]|3[89]|40002|4[45]|54|P0|S1).*");

    /** Those of MySQL and MariaDB that have no state of their own: disks, memory, threads, connections, limits of time, failed commits. */
    private static final Set<Integer> MYSQL = Set.of(
            1021, 1037, 1038, 1040, 1041, 1114, 1135, 1180, 1203, 1205, 1226, 1969, 2002, 2003, 2006, 2013, 3024);

    /** Busy, locked, failing, full, not to be opened: SQLite has no states. */
    private static final Set<Integer> SQLITE = Set.of(5, 6, 10, 13, 14);

    /** What Spring Data does not translate. */
    private static final Set<String> REDIS = Set.of(
            "io.lettuce.core.RedisConnectionException",
            "io.lettuce.core.RedisLoadingException",
            "io.lettuce.core.RedisBusyException",
            "io.lettuce.core.RedisReadOnlyException");

    private static final OncePerMinute TOLD = new OncePerMinute(System::nanoTime);

    private Outage() {}

    /** Whether something was thrown for a database that could not be asked. */
    public static boolean is(Throwable thrown) {
        return in(thrown).isPresent();
    }

    /** What to answer: the database refused one statement for its own reasons, or it could not be asked. */
    public static Problem answer(Throwable thrown, String sentence) {
        return reasons(thrown).stream().anyMatch(TokenNotStoredException.class::isInstance)
                ? Problem.notStored()
                : Problem.unavailable(sentence);
    }

    /** Tells with a trace what could not be done, once a minute for each kind of outage. */
    public static void tell(Logger log, String what, Throwable thrown) {
        Throwable outage = in(thrown).orElse(thrown);
        if (TOLD.isDue(what + "/" + outage.getClass().getName() + "/" + state(outage))) {
            log.warn("{}: {}", what, outage.getClass().getName(), outage);
        }
    }

    private static Optional<Throwable> in(Throwable thrown) {
        return reasons(thrown).stream().filter(Outage::isOne).findFirst();
    }

    private static Optional<String> state(Throwable outage) {
        return reasons(outage).stream()
                .filter(SQLException.class::isInstance)
                .map(reason -> String.valueOf(((SQLException) reason).getSQLState()))
                .findFirst();
    }

    /** Something and all that led to it. A rollback that fails, because the connection is gone, hides what failed before it. */
    private static List<Throwable> reasons(Throwable thrown) {
        List<Throwable> all = new ArrayList<>(List.of(thrown));
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.add(thrown);
        for (int i = 0; i < all.size() && i < MOST; i++) {
            Throwable one = all.get(i);
            Throwable beside = one instanceof TransactionSystemException rollback
                    ? rollback.getApplicationException()
                    : one instanceof SQLException batch ? batch.getNextException() : null;
            Stream.of(Optional.ofNullable(one.getCause()), Optional.ofNullable(beside))
                    .flatMap(Optional::stream)
                    .filter(known::add)
                    .forEach(all::add);
        }
        return all;
    }

    private static boolean isOne(Throwable thrown) {
        if (thrown instanceof SQLException sql) {
            return isOne(sql);
        }
        boolean named = thrown instanceof DataAccessResourceFailureException
                || thrown instanceof TransientDataAccessException
                || thrown instanceof RecoverableDataAccessException
                || thrown instanceof CannotCreateTransactionException
                || thrown instanceof TokenStoreException;
        return thrown instanceof TokenNotStoredException
                || named && !(thrown instanceof OptimisticLockingFailureException) && !isOfValues(thrown.getCause())
                || isOfClosed(thrown)
                || REDIS.contains(thrown.getClass().getName());
    }

    /** After a commit that failed the pool has closed the connection, and its rollback says so without a state, and in place of why. */
    private static boolean isOfClosed(Throwable thrown) {
        Throwable cause = thrown instanceof TransactionSystemException ? thrown.getCause() : null;
        return cause != null
                && cause.getClass() == SQLException.class
                && state((SQLException) cause).isEmpty();
    }

    /** Spring goes by the class of a state, and takes rows that are too long for an index for a lack of resources. */
    private static boolean isOfValues(@Nullable Throwable cause) {
        return cause instanceof SQLException sql
                && NO_STATES.matcher(state(sql)).matches();
    }

    private static boolean isOne(SQLException e) {
        String state = state(e);
        if (STATES.matcher(state).matches()) {
            return true;
        }
        if (state.startsWith("HY") || state.startsWith("42")) {
            return MYSQL.contains(e.getErrorCode()) || isConnection(e);
        }
        return !NO_STATES.matcher(state).matches()
                && (isConnection(e)
                        || e instanceof SQLTransientException
                        || e.getClass().getName().equals("org.sqlite.SQLiteException")
                                && SQLITE.contains(e.getErrorCode() & 0xff));
    }

    private static boolean isConnection(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException;
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
