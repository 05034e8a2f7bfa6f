package dev.sanctum4j.jdbc;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests in the table {@value #TABLE} of H2, PostgreSQL, MySQL, MariaDB or SQLite, which the migrations of the core bring and
 * {@link JdbcSchema#createRequests} does without them. Times stand there as milliseconds since 1970, so that they have no zone.
 *
 * <p>An exception never carries the text of a database that may quote values. Thread-safe.
 */
public final class JdbcApprovalStore implements ApprovalStore {

    /** Where requests are. */
    public static final String TABLE = "sanctum_requests";

    private static final int SQLITE_CONSTRAINT = 19;

    private static final String COLUMNS =
            "id, client_id, client_name, abilities, lifetime, address, network, created_at,"
                    + " expires_at, poll_interval, asker_type, asker_id, state, owner_type, owner_id, allowed_abilities, allowed_lifetime, decided_at";

    private static final String OPEN = "state in ('asked', 'allowed') and expires_at > ?";

    private final JdbcWork work;

    private JdbcApprovalStore(JdbcWork work) {
        this.work = work;
    }

    /** A store in a database, each change in a transaction of its own. Does not connect. */
    public static JdbcApprovalStore of(DataSource dataSource) {
        return of(JdbcWork.on(dataSource));
    }

    /** A store that works in somebody else's transactions. Does not connect. */
    public static JdbcApprovalStore of(JdbcWork work) {
        return new JdbcApprovalStore(work);
    }

    @Override
    public Optional<ApprovalRequest> insert(ApprovalDraft draft) {
        String sql = "insert into " + TABLE
                + " (device_hash, user_hash, client_id, client_name, abilities, lifetime, address,"
                + " network, created_at, expires_at, poll_interval, state, asker_type, asker_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        Owner asker = draft.asker();
        return SqlFailure.translateChange("store a request", () -> {
            try {
                return work.write(connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(sql, new String[] {"id"})) {
                        bind(
                                insert,
                                draft.deviceCode().toHex(),
                                draft.userCode().toHex(),
                                draft.clientId(),
                                draft.clientName(),
                                JsonColumn.of(draft.asked()),
                                draft.lifetime().toSeconds(),
                                draft.address(),
                                draft.network(),
                                draft.createdAt().toEpochMilli(),
                                draft.expiresAt().toEpochMilli(),
                                draft.interval().toSeconds(),
                                State.ASKED.text(),
                                asker == null ? null : asker.type(),
                                asker == null ? null : asker.id());
                        insert.executeUpdate();
                        try (ResultSet keys = insert.getGeneratedKeys()) {
                            if (!keys.next()) {
                                throw new SQLException("the database returned no id", "HY000");
                            }
                            return Optional.of(draft.withId(keys.getLong(1)));
                        }
                    }
                });
            } catch (SQLException e) {
                if (isTaken(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Whether a unique column has the value already; SQLite knows no states. */
    private static boolean isTaken(SQLException e) {
        String state = e.getSQLState();
        return state == null ? e.getErrorCode() == SQLITE_CONSTRAINT : state.startsWith("23");
    }

    @Override
    public Optional<ApprovalRequest> findByDeviceCode(SecretHash code) {
        return find("device_hash", code);
    }

    @Override
    public Optional<ApprovalRequest> findByUserCode(SecretHash code) {
        return find("user_hash", code);
    }

    private Optional<ApprovalRequest> find(String column, SecretHash code) {
        return select(1, column + " = ?", code.toHex()).stream().findFirst();
    }

    @Override
    public Optional<ApprovalRequest> findOfPerson(long id) {
        return select(1, "id = ? and asker_id is not null", id).stream().findFirst();
    }

    @Override
    public List<ApprovalRequest> ofPerson(Owner asker, Instant now) {
        return select(
                Approvals.PER_PERSON,
                "asker_type = ? and asker_id = ? and state <> 'claimed' and expires_at > ?",
                asker.type(),
                asker.id(),
                now.toEpochMilli());
    }

    @Override
    public List<ApprovalRequest> openOfPeople(Instant now, int limit) {
        return select(limit, "asker_id is not null and state = 'asked' and expires_at > ?", now.toEpochMilli());
    }

    private List<ApprovalRequest> select(int limit, String which, Object... values) {
        String sql = "select " + COLUMNS + " from " + TABLE + " where " + which + " order by id";
        return SqlFailure.translate(
                "find requests",
                () -> work.read(connection -> {
                    try (PreparedStatement select = connection.prepareStatement(sql)) {
                        select.setMaxRows(limit);
                        bind(select, values);
                        List<ApprovalRequest> found = new ArrayList<>();
                        try (ResultSet rows = select.executeQuery()) {
                            while (rows.next()) {
                                found.add(read(rows));
                            }
                        }
                        return found;
                    }
                }));
    }

    private static ApprovalRequest read(ResultSet row) throws SQLException {
        String asker = row.getString("asker_id");
        State state = State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
        return new ApprovalRequest(
                row.getLong("id"),
                row.getString("client_id"),
                row.getString("client_name"),
                JsonColumn.abilities(row.getString("abilities")),
                Duration.ofSeconds(row.getLong("lifetime")),
                row.getString("address"),
                row.getString("network"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("expires_at")),
                Duration.ofSeconds(row.getLong("poll_interval")),
                asker == null ? null : Owner.of(row.getString("asker_type"), asker),
                state,
                state == State.ASKED ? null : answer(row));
    }

    private static Answer answer(ResultSet row) throws SQLException {
        String allowed = row.getString("allowed_abilities");
        return new Answer(
                Owner.of(row.getString("owner_type"), row.getString("owner_id")),
                allowed == null ? Abilities.NONE : JsonColumn.abilities(allowed),
                Duration.ofSeconds(row.getLong("allowed_lifetime")),
                Instant.ofEpochMilli(row.getLong("decided_at")));
    }

    @Override
    public boolean poll(long id, Instant now) {
        long time = now.toEpochMilli();
        return SqlFailure.translateChange(
                "note a poll",
                () -> work.write(connection -> {
                    boolean late = change(
                            connection,
                            "update " + TABLE + " set polled_at = ? where id = ?"
                                    + " and (polled_at is null or polled_at + poll_interval * 1000 <= ?)",
                            time,
                            id,
                            time);
                    if (!late) {
                        change(
                                connection,
                                "update " + TABLE
                                        + " set polled_at = ?, poll_interval = poll_interval + ? where id = ?",
                                time,
                                SLOWER.toSeconds(),
                                id);
                    }
                    return late;
                }));
    }

    @Override
    public boolean allow(long id, Answer answer) {
        return decide(id, State.ALLOWED, answer, "state = 'asked'");
    }

    @Override
    public boolean deny(long id, Answer answer) {
        return decide(
                id,
                State.DENIED,
                answer,
                "(state = 'asked' or state = 'allowed' and owner_type = ? and owner_id = ?)",
                answer.owner().type(),
                answer.owner().id());
    }

    private boolean decide(long id, State state, Answer answer, String which, Object... more) {
        Object[] values = new Object[8 + more.length];
        values[0] = state.text();
        values[1] = answer.owner().type();
        values[2] = answer.owner().id();
        values[3] = JsonColumn.of(answer.abilities());
        values[4] = answer.lifetime().toSeconds();
        values[5] = answer.at().toEpochMilli();
        values[6] = id;
        values[7] = answer.at().toEpochMilli();
        System.arraycopy(more, 0, values, 8, more.length);
        return write(
                "answer a request",
                "update " + TABLE
                        + " set state = ?, owner_type = ?, owner_id = ?, allowed_abilities = ?, allowed_lifetime = ?,"
                        + " decided_at = ? where id = ? and expires_at > ? and " + which,
                values);
    }

    @Override
    public boolean claim(long id, Instant now) {
        return write(
                "claim a request",
                "update " + TABLE + " set state = 'claimed' where id = ? and state = 'allowed' and expires_at > ?",
                id,
                now.toEpochMilli());
    }

    @Override
    public int countOpen(@Nullable String network, Instant now) {
        return network == null
                ? count("asker_id is null and " + OPEN, now.toEpochMilli())
                : count("network = ? and " + OPEN, network, now.toEpochMilli());
    }

    @Override
    public int countAsked(String network, Instant after) {
        return count("network = ? and created_at > ?", network, after.toEpochMilli());
    }

    private int count(String which, Object... values) {
        String sql = "select count(*) from " + TABLE + " where " + which;
        return SqlFailure.translate(
                "count requests",
                () -> work.read(connection -> {
                    try (PreparedStatement select = connection.prepareStatement(sql)) {
                        bind(select, values);
                        try (ResultSet rows = select.executeQuery()) {
                            rows.next();
                            return rows.getInt(1);
                        }
                    }
                }));
    }

    @Override
    public int prune(Instant overBefore) {
        return SqlFailure.translateChange(
                "delete requests",
                () -> work.write(connection -> {
                    try (PreparedStatement delete =
                            connection.prepareStatement("delete from " + TABLE + " where expires_at < ?")) {
                        bind(delete, overBefore.toEpochMilli());
                        return delete.executeUpdate();
                    }
                }));
    }

    private boolean write(String what, String sql, Object... values) {
        return SqlFailure.translateChange(what, () -> work.write(connection -> change(connection, sql, values)));
    }

    /** Whether a statement changed a row. */
    private static boolean change(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            bind(update, values);
            return update.executeUpdate() > 0;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
