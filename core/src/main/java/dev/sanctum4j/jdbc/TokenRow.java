package dev.sanctum4j.jdbc;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a token stands in a row.
 *
 * @param table the table, which has a zone for its times
 * @param ownerTypes what it calls the types of owners
 * @param shape what the table looks like
 */
record TokenRow(TokenTable table, OwnerTypes ownerTypes, TableShape shape) {

    private static final String COLUMNS = "id, tokenable_type, tokenable_id, name, token, abilities, last_used_at,"
            + " last_used_from, expires_at, created_at, revoked_at, issued_by, metadata";

    /** Among an application's notes, the seconds in which a token was created and ends. */
    private static final String MOMENTS = "sanctum4j.moments";

    private static final Pattern SECOND = Pattern.compile("[0-9]{1,12}");

    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /** All that {@link #read} wants to see. */
    String columns() {
        return shape.actors() ? COLUMNS + ", " + TableShape.ACTOR : COLUMNS;
    }

    StoredToken read(ResultSet row) throws SQLException {
        long issuedBy = row.getLong("issued_by");
        Map<String, String> notes = JsonColumn.metadata(row.getString("metadata"));
        String[] meant = Objects.requireNonNullElse(notes.remove(MOMENTS), "").split(" ", -1);
        AccessToken token = new AccessToken(
                TokenId.of(row.getLong("id")),
                Owner.of(ownerTypes.fromTable(row.getString("tokenable_type")), row.getString("tokenable_id")),
                row.getString("name"),
                JsonColumn.abilities(row.getString("abilities")),
                time(row, "created_at", meant[0], table::local, table::latest),
                time(row, "last_used_at", "", table::local, table::latest),
                row.getString("last_used_from"),
                time(row, "expires_at", meant[meant.length - 1], table::end, table::instant),
                time(row, "revoked_at", "", table::local, table::instant),
                issuedBy > 0 ? TokenId.of(issuedBy) : null,
                shape.actors() ? row.getString(TableShape.ACTOR) : null,
                notes);
        return new StoredToken(token, SecretHash.parse(row.getString("token")).orElse(null));
    }

    /**
     * A time that stands there.
     *
     * @param noted the second that was meant, if it was noted
     * @param written how that was written, so that a note of what others changed since counts no more
     * @param read what is meant otherwise
     */
    private @Nullable Instant time(
            ResultSet row,
            String column,
            String noted,
            Function<Instant, LocalDateTime> written,
            Function<LocalDateTime, Instant> read)
            throws SQLException {
        if (shape.absolute().contains(column)) {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }
        LocalDateTime local;
        if (!shape.database().textTimes) {
            local = row.getObject(column, LocalDateTime.class);
        } else {
            String text = row.getString(column);
            try {
                local = text == null ? null : LocalDateTime.parse(text.replace(' ', 'T'));
            } catch (DateTimeException e) {
                return Instant.EPOCH; // MySQL's 0000-00-00, or damage: so long ago that nothing is valid by it
            }
        }
        if (local == null) {
            return null;
        }
        if (SECOND.matcher(noted).matches()) {
            Instant meant = Instant.ofEpochSecond(Long.parseLong(noted));
            if (written.apply(meant).equals(local)) {
                return meant;
            }
        }
        return read.apply(local);
    }

    /** The application's notes, and where a time of the token could be mistaken for another, which one is meant. */
    @Nullable
    String metadata(TokenDraft draft) {
        Instant end = draft.expiresAt();
        if (!table.isTwice(draft.createdAt()) && (end == null || !table.isTwice(end))) {
            return JsonColumn.of(draft.metadata());
        }
        Map<String, String> notes = new LinkedHashMap<>(draft.metadata());
        notes.put(MOMENTS, draft.createdAt().getEpochSecond() + " " + (end == null ? "" : end.getEpochSecond()));
        return JsonColumn.of(notes);
    }

    /** A time as a statement takes it for a column. */
    @Nullable
    Object time(String column, @Nullable Instant time) {
        if (time == null) {
            return null;
        }
        if (shape.absolute().contains(column)) {
            return time.atOffset(ZoneOffset.UTC);
        }
        LocalDateTime local = column.equals("expires_at") ? table.end(time) : table.local(time);
        return shape.database() == Database.SQLITE ? TEXT.format(local) : local;
    }

    /** For {@code updated_at}, which other nodes compare: by the clock of the database, in the zone of the table. */
    String now(Instant now) {
        return shape.now(table.offset(now), 0);
    }
}
