package dev.sanctum4j.server.audit;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of the audit log: written to and read, never changed. Times are UTC. */
@Repository
class AuditLog {

    private final JdbcTemplate jdbc;

    AuditLog(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void append(List<Entry> entries) {
        jdbc.batchUpdate(
                "insert into sanctum_audit (happened_at, event, owner_type, owner_id, token_id, address, detail)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                entries,
                entries.size(),
                (statement, entry) -> {
                    Owner owner = entry.owner();
                    TokenId token = entry.token();
                    statement.setObject(1, LocalDateTime.ofInstant(entry.at(), ZoneOffset.UTC));
                    statement.setString(2, entry.event());
                    statement.setString(3, owner == null ? null : owner.type());
                    statement.setString(4, owner == null ? null : owner.id());
                    statement.setObject(5, token == null ? null : token.value(), Types.BIGINT);
                    statement.setString(6, entry.address());
                    statement.setString(7, entry.detail());
                });
    }

    /** The latest entries about an owner or one of the owner's tokens, the newest first. */
    List<Entry> latest(Owner owner, int count) {
        return JdbcClient.create(jdbc)
                .sql("select * from sanctum_audit where owner_type = ? and owner_id = ? order by id desc limit ?")
                .params(owner.type(), owner.id(), count)
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

    private static Entry entry(ResultSet row, int number) throws SQLException {
        String type = row.getString("owner_type");
        String id = row.getString("owner_id");
        long token = row.getLong("token_id");
        boolean hasToken = !row.wasNull();
        return new Entry(
                row.getObject("happened_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                row.getString("event"),
                type == null || id == null ? null : Owner.of(type, id),
                hasToken ? TokenId.of(token) : null,
                row.getString("address"),
                row.getString("detail"));
    }
}
