package dev.sanctum4j.jdbc;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * How a token stands in a row.
 *
 * @param table the table, which has a zone for its times
 * @param ownerTypes what it calls the types of owners
 * @param shape what the table looks like
 */
record TokenRow(TokenTable table, OwnerTypes ownerTypes, TableShape shape) {

    /** All that {@link #read} wants to see. */
    static final String COLUMNS = "id, tokenable_type, tokenable_id, name, token, abilities, last_used_at,"
            + " last_used_from, expires_at, created_at, revoked_at, issued_by, metadata";

    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    StoredToken read(ResultSet row) throws SQLException {
        long issuedBy = row.getLong("issued_by");
        AccessToken token = new AccessToken(
                TokenId.of(row.getLong("id")),
                Owner.of(ownerTypes.fromTable(row.getString("tokenable_type")), row.getString("tokenable_id")),
                row.getString("name"),
                JsonColumn.abilities(row.getString("abilities")),
                time(row, "created_at"),
                time(row, "last_used_at"),
                row.getString("last_used_from"),
                time(row, "expires_at"),
                time(row, "revoked_at"),
                issuedBy > 0 ? TokenId.of(issuedBy) : null,
                JsonColumn.metadata(row.getString("metadata")));
        return new StoredToken(token, SecretHash.parse(row.getString("token")).orElse(null));
    }

    private @Nullable Instant time(ResultSet row, String column) throws SQLException {
        if (!shape.database().textTimes) {
            LocalDateTime time = row.getObject(column, LocalDateTime.class);
            return time == null ? null : table.instant(time);
        }
        String text = row.getString(column);
        if (text == null) {
            return null;
        }
        try {
            return table.instant(LocalDateTime.parse(text.replace(' ', 'T')));
        } catch (DateTimeException e) {
            return Instant.EPOCH; // MySQL's 0000-00-00, or damage: so long ago that nothing is valid by it
        }
    }

    /** A time as a statement takes it. */
    @Nullable
    Object time(@Nullable Instant time) {
        if (time == null) {
            return null;
        }
        LocalDateTime local = table.local(time);
        return shape.database() == Database.SQLITE ? TEXT.format(local) : local;
    }

    /** For {@code updated_at}, which other nodes compare: by the clock of the database, in the zone of the table. */
    String now(Instant now) {
        return shape.database().now(table.offset(now));
    }
}
