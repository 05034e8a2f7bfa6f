package dev.sanctum4j.jdbc;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.IdempotencyKey.Use;
import dev.sanctum4j.IdempotencyKeyException;
import dev.sanctum4j.IdempotencyKeyException.Reason;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Under which keys tokens were issued: a table beside that of the tokens, whose rows are written in the transaction that stores the
 * token. The unique hash decides who of several comes first; the others wait for that transaction, not for long. A database
 * account or a schema that lacks the table issues without keys as ever.
 *
 * @param tokens the name of the table of tokens: another application in the same schema has keys of its own
 */
record IdempotencyKeys(String tokens) {

    static final String TABLE = "sanctum_idempotency_keys";

    /** How many seconds to wait for a transaction that uses the same key; SQLite has a bound of its own for all locks. */
    private static final int WAIT = 2;

    /** How many old rows whoever adds one takes away at most. */
    private static final int BATCH = 100;

    private static final int H2_NOT_ENOUGH_RIGHTS = 90_096;

    /** Cancelled by a driver, or a lock that was not to be had in time: of PostgreSQL. */
    private static final Set<String> GIVEN_UP = Set.of("57014", "55P03");

    /** The same of MySQL and MariaDB, and of H2. */
    private static final Set<Integer> WAITED = Set.of(1205, 1317, 1969, 3024, 50_200, 90_131);

    /** What somebody has issued under this key, if that is not too long ago. */
    Optional<Use> find(Connection connection, TableShape shape, IdempotencyKey key, Instant now) throws SQLException {
        String sql = shape.reading() + "select request_hash, token_id from " + TABLE
                + " where key_hash = ? and created_at > ?";
        return told(
                shape,
                () -> Sql.query(
                                connection,
                                sql,
                                row -> new Use(
                                        SecretHash.parse(row.getString(1))
                                                .orElseThrow(() -> new SQLException("a hash is damaged", "HY000")),
                                        TokenId.of(row.getLong(2))),
                                hash(key),
                                oldest(now))
                        .stream()
                        .findFirst());
    }

    /** The hashes of some keys that are too old to count. */
    List<String> old(Connection connection, TableShape shape, Instant now) throws SQLException {
        String sql = "select key_hash from " + TABLE + " where created_at <= ? order by created_at limit " + BATCH;
        return told(shape, () -> Sql.query(connection, sql, row -> row.getString(1), oldest(now)));
    }

    /** Takes them away, in one order on every node. */
    int forget(Connection connection, TableShape shape, List<String> old, Instant now) throws SQLException {
        String sql = "delete from " + TABLE + " where key_hash in ("
                + String.join(", ", Collections.nCopies(old.size(), "?")) + ") and created_at <= ?";
        Object[] values =
                Stream.concat(old.stream().sorted(), Stream.of(oldest(now))).toArray();
        return told(shape, () -> Sql.change(connection, sql, values));
    }

    /**
     * Takes a key for the token that this transaction is about to store.
     *
     * @return whether it was to be had; not if somebody has issued something under it
     * @throws IdempotencyKeyException if another transaction has it and does not end, or the owner has too many
     */
    boolean take(Connection connection, TableShape shape, IdempotencyKey key, Instant now) throws SQLException {
        String columns = TABLE + " (key_hash, owner_hash, request_hash, token_id, created_at) values (?, ?, ?, 0, ?)";
        String insert = switch (shape.database()) {
            case H2 -> "insert into " + columns;
            case POSTGRESQL, SQLITE -> "insert into " + columns + " on conflict (key_hash) do nothing";
            case MYSQL -> "insert ignore into " + columns;
        };
        String again = "update " + TABLE + " set request_hash = ?, token_id = 0, created_at = ?"
                + " where key_hash = ? and created_at <= ?";
        String owner =
                hash(key.owner(), key.caller() == null ? "person" : "tokens"); // no program takes a person's room
        return told(shape, () -> {
            boolean taken = change(
                            connection,
                            shape,
                            insert,
                            hash(key),
                            owner,
                            key.request().toHex(),
                            now.toEpochMilli())
                    || change(
                            connection,
                            shape,
                            again,
                            key.request().toHex(),
                            now.toEpochMilli(),
                            hash(key),
                            oldest(now));
            if (taken && count(connection, owner, now) > IdempotencyKey.PER_OWNER) {
                throw new IdempotencyKeyException(
                        Reason.TOO_MANY, "the owner has used too many idempotency keys lately");
            }
            return taken;
        });
    }

    private static int count(Connection connection, String owner, Instant now) throws SQLException {
        String sql = "select count(*) from (select 1 as one from " + TABLE
                + " where owner_hash = ? and created_at > ? limit ?) kept";
        return Sql.query(connection, sql, row -> row.getInt(1), owner, oldest(now), IdempotencyKey.PER_OWNER + 1)
                .get(0);
    }

    /** Writes down what came of a key that this transaction has taken; a key for which there is no token is given back. */
    void settle(Connection connection, TableShape shape, IdempotencyKey key, @Nullable AccessToken made)
            throws SQLException {
        String sql = made == null
                ? "delete from " + TABLE + " where key_hash = ?"
                : "update " + TABLE + " set token_id = " + made.id() + " where key_hash = ?";
        told(shape, () -> Sql.change(connection, sql, hash(key)));
    }

    /** Whether a statement changed a row that another transaction may have locked. */
    private static boolean change(Connection connection, TableShape shape, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (shape.database() == Database.POSTGRESQL || shape.database() == Database.MYSQL) {
                statement.setQueryTimeout(WAIT); // of the others, the connection would keep it for whoever is next
            }
            Sql.bind(statement, values);
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            if (shape.database() == Database.H2
                    && isTaken(e)) { // whose transactions live on; the others do not complain
                return false;
            }
            if (e instanceof SQLTimeoutException
                    || GIVEN_UP.contains(String.valueOf(e.getSQLState()))
                    || WAITED.contains(e.getErrorCode())) {
                throw new IdempotencyKeyException(Reason.RUNNING, "a token is being issued under this key");
            }
            throw e;
        }
    }

    private static boolean isTaken(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("23");
    }

    private static <T> T told(TableShape shape, SqlFailure.Work<T> work) throws SQLException {
        try {
            return work.run();
        } catch (SQLException e) {
            if (SqlFailure.isAboutTable(e) || e.getErrorCode() == H2_NOT_ENOUGH_RIGHTS) {
                throw new IdempotencyKeyException(
                        Reason.UNSUPPORTED,
                        "the table " + TABLE
                                + " is missing, or its rows may not be read, added, changed and deleted: apply"
                                + " the migrations from the classpath folder "
                                + shape.database().migrations());
            }
            throw e;
        }
    }

    private static long oldest(Instant now) {
        return now.minus(IdempotencyKey.KEPT).toEpochMilli();
    }

    private String hash(IdempotencyKey key) {
        String caller = key.caller() == null ? "" : key.caller().toString();
        return SecretHash.of(
                        hash(key.owner(), "") + "," + caller + "," + key.key().toHex())
                .toHex();
    }

    private String hash(Owner owner, String kind) {
        return SecretHash.of(Stream.of(tokens, owner.type(), owner.id(), kind)
                        .map(part -> part.length() + ":" + part)
                        .collect(Collectors.joining(",")))
                .toHex();
    }
}
