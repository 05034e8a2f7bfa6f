package dev.sanctum4j.server.audit;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** The table of the audit log: written to and read, never changed; what is old is deleted. Times are UTC. */
@Repository
class AuditLog {

    /** How many are looked at for old ones: those that a wrong clock has dated later stay ahead of them. */
    private static final int HEAD = 10_000;

    private final JdbcTemplate jdbc;
    private final TransactionOperations together;

    AuditLog(JdbcTemplate jdbc, TransactionOperations together) {
        this.jdbc = jdbc;
        this.together = together;
    }

    /** All or none of them, in one transaction: what is written alone costs an embedded database a page of each index. */
    void append(List<Entry> entries) {
        together.executeWithoutResult(begun -> jdbc.batchUpdate(
                "insert into sanctum_audit (happened_at, event, owner_type, owner_id, token_id, address, detail, times,"
                        + " actor) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                entries,
                entries.size(),
                (statement, entry) -> {
                    Owner owner = entry.owner();
                    TokenId token = entry.token();
                    statement.setObject(1, LocalDateTime.ofInstant(entry.at(), ZoneOffset.UTC));
                    statement.setString(2, fit(ascii(entry.event()), 40));
                    statement.setString(3, owner == null ? null : fit(owner.type(), 255));
                    statement.setString(4, owner == null ? null : fit(owner.id(), 255));
                    statement.setObject(5, token == null ? null : token.value(), Types.BIGINT);
                    statement.setString(6, fit(ascii(entry.address()), 64));
                    statement.setString(7, fit(entry.detail(), 1_000));
                    statement.setInt(8, entry.times());
                    statement.setString(9, fit(entry.actor(), 2 * TokenRequest.MAX_ACTOR));
                }));
    }

    /** What a column for addresses takes on every database. */
    private static @Nullable String ascii(@Nullable String text) {
        return text == null ? null : text.replaceAll("[^ -~]", "?");
    }

    /** Cut to the column, and without what a database takes for no text: an address is what a proxy says it is. */
    private static @Nullable String fit(@Nullable String text, int length) {
        if (text == null) {
            return null;
        }
        StringBuilder fitting = new StringBuilder();
        text.codePoints()
                .map(point ->
                        Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE ? '?' : point)
                .takeWhile(point -> fitting.length() + Character.charCount(point) <= length)
                .forEach(fitting::appendCodePoint);
        return fitting.toString();
    }

    /**
     * Deletes entries of before a time, the oldest first, past some that a wrong clock has dated later; where a trigger guards the
     * table it lets these go, and no others. Who deletes the same as another node waits for that, and then finds none of them.
     *
     * @return how many were deleted; there may be more if it was as many as were asked for
     */
    int prune(Instant before, int count) {
        LocalDateTime time = LocalDateTime.ofInstant(before, ZoneOffset.UTC);
        List<Long> old = JdbcClient.create(jdbc)
                .sql("select id from (select id, happened_at from sanctum_audit order by id limit ?) head"
                        + " where happened_at < ? order by id limit ?")
                .params(HEAD, time, count)
                .query((row, number) -> row.getLong("id"))
                .list();
        return old.isEmpty()
                ? 0
                : jdbc.update(
                        "delete from sanctum_audit where id <= ? and happened_at < ?", old.get(old.size() - 1), time);
    }

    /** Tells the triggers how old an entry must be to be deleted. */
    void keep(long days) {
        jdbc.update("update sanctum_audit_keep set days = ? where days <> ?", days, days);
    }

    /**
     * The latest entries about an owner or one of the owner's tokens, the newest first.
     *
     * @param token only those about this one, if given
     */
    List<Entry> latest(Owner owner, @Nullable TokenId token, int count) {
        List<Object> values = new ArrayList<>(List.of(owner.type(), owner.id()));
        if (token != null) {
            values.add(token.value());
        }
        values.add(count);
        return JdbcClient.create(jdbc)
                .sql("select * from sanctum_audit where owner_type = ? and owner_id = ?"
                        + (token == null ? "" : " and token_id = ?") + " order by id desc limit ?")
                .params(values)
                .query(AuditLog::entry)
                .list();
    }

    /** An entry and its number in the table. */
    record Numbered(long number, Entry entry) {}

    /**
     * Entries before a number, the newest first.
     *
     * @param owner only those about this owner or one of the owner's tokens, if given
     */
    List<Numbered> page(@Nullable Owner owner, long before, int count) {
        String about = owner == null ? "" : " and owner_type = ? and owner_id = ?";
        List<Object> values = new ArrayList<>(List.of(before));
        if (owner != null) {
            values.addAll(List.of(owner.type(), owner.id()));
        }
        values.add(count);
        return JdbcClient.create(jdbc)
                .sql("select * from sanctum_audit where id < ?" + about + " order by id desc limit ?")
                .params(values)
                .query((row, number) -> new Numbered(row.getLong("id"), entry(row, number)))
                .list();
    }

    private static Instant at(ResultSet row) throws SQLException {
        return row.getObject("happened_at", LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        String type = row.getString("owner_type");
        String id = row.getString("owner_id");
        long token = row.getLong("token_id");
        boolean hasToken = !row.wasNull();
        return new Entry(
                at(row),
                row.getString("event"),
                type == null || id == null ? null : Owner.of(type, id),
                hasToken ? TokenId.of(token) : null,
                row.getString("actor"),
                row.getString("address"),
                row.getString("detail"),
                row.getInt("times"));
    }
}
