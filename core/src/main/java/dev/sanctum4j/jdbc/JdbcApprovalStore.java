package dev.sanctum4j.jdbc;

import static dev.sanctum4j.jdbc.Sql.bind;
import static dev.sanctum4j.jdbc.Sql.change;
import static dev.sanctum4j.jdbc.Sql.query;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenStoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests in the table {@value #TABLE} of H2, PostgreSQL, MySQL, MariaDB or SQLite, which the migrations of the core bring and
 * {@link JdbcSchema#createRequests} does without them. A row belongs to a table of tokens, so that two applications in one schema
 * with a table each answer only what was asked of themselves. Times stand there as milliseconds since 1970, so that they have no zone.
 *
 * <p>An exception never carries the text of a database that may quote values. Thread-safe.
 */
public final class JdbcApprovalStore implements ApprovalStore {

    /** Where requests are. */
    public static final String TABLE = "sanctum_requests";

    private static final int SQLITE_CONSTRAINT = 19;
    private static final int BATCH = 500;

    private static final String COLUMNS =
            "id, client_id, client_name, abilities, lifetime, address, network, created_at,"
                    + " expires_at, poll_interval, asker_type, asker_id, state, owner_type, owner_id, allowed_abilities, allowed_lifetime, decided_at,"
                    + " credential_version";

    private static final String OPEN = "realm = ? and state in ('asked', 'allowed') and expires_at > ?";

    private final JdbcWork work;
    private final String realm;

    private JdbcApprovalStore(JdbcWork work, String realm) {
        this.work = work;
        this.realm = realm;
    }

    /**
     * A store in a database, each change in a transaction of its own. Does not connect.
     *
     * @param tokens the table of the tokens that are asked for, written alike on all nodes
     * @throws IllegalArgumentException if that is not a plain identifier
     */
    public static JdbcApprovalStore of(DataSource dataSource, String tokens) {
        return of(JdbcWork.on(dataSource), tokens);
    }

    /** The same in somebody else's transactions. */
    public static JdbcApprovalStore of(JdbcWork work, String tokens) {
        return new JdbcApprovalStore(work, TokenTable.of(tokens).name());
    }

    @Override
    public Optional<ApprovalRequest> insert(ApprovalDraft draft) {
        String sql = "insert into " + TABLE
                + " (realm, device_hash, user_hash, client_id, client_name, abilities, lifetime, address,"
                + " network, created_at, expires_at, poll_interval, state, asker_type, asker_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        Owner asker = draft.asker();
        return SqlFailure.translateChange("store a request", () -> {
            try {
                return work.write(connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(sql, new String[] {"id"})) {
                        bind(
                                insert,
                                realm,
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
    public List<ApprovalRequest> openOfPeople(long after, Instant now, int limit) {
        return select(
                limit,
                "id > ? and asker_id is not null and state = 'asked' and expires_at > ?",
                after,
                now.toEpochMilli());
    }

    private List<ApprovalRequest> select(int limit, String which, Object... values) {
        String sql = "select " + COLUMNS + " from " + TABLE + " where realm = ? and " + which + " order by id";
        Object[] all = Stream.concat(Stream.of(realm), Stream.of(values)).toArray();
        return SqlFailure.translate(
                "find requests",
                () -> work.read(connection -> {
                    try (PreparedStatement select = connection.prepareStatement(sql)) {
                        select.setMaxRows(limit);
                        bind(select, all);
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
        State state = state(row.getString("state"));
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

    /** One that a newer node has written is no answer that we know. */
    private static State state(String text) {
        return Arrays.stream(State.values())
                .filter(state -> state.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new TokenStoreException("a request is in a state that this version does not know"));
    }

    private static Answer answer(ResultSet row) throws SQLException {
        String allowed = row.getString("allowed_abilities");
        return new Answer(
                Owner.of(row.getString("owner_type"), row.getString("owner_id")),
                allowed == null ? Abilities.NONE : JsonColumn.abilities(allowed),
                Duration.ofSeconds(row.getLong("allowed_lifetime")),
                Instant.ofEpochMilli(row.getLong("decided_at")),
                row.getString("credential_version"));
    }

    @Override
    public boolean poll(long id, Instant now) {
        long time = now.toEpochMilli();
        return SqlFailure.translateChange(
                "note a poll",
                () -> work.write(connection -> {
                    boolean late = change(
                                    connection,
                                    "update " + TABLE + " set polled_at = ? where realm = ? and id = ?"
                                            + " and (polled_at is null or polled_at + poll_interval * 1000 <= ?)",
                                    time,
                                    realm,
                                    id,
                                    time)
                            > 0;
                    if (!late) {
                        change(
                                connection,
                                "update " + TABLE
                                        + " set polled_at = ?, poll_interval = poll_interval + ?"
                                        + " where realm = ? and id = ? and poll_interval < ?",
                                time,
                                SLOWER.toSeconds(),
                                realm,
                                id,
                                SLOWEST.toSeconds());
                    }
                    return late;
                }));
    }

    @Override
    public boolean allow(long id, Answer answer, Instant expiresAt) {
        return write(
                        "answer a request",
                        "update " + TABLE
                                + " set state = 'allowed', owner_type = ?, owner_id = ?, allowed_abilities = ?,"
                                + " allowed_lifetime = ?, decided_at = ?, credential_version = ?, expires_at = ?"
                                + " where realm = ? and id = ? and state = 'asked' and expires_at > ?",
                        answer.owner().type(),
                        answer.owner().id(),
                        JsonColumn.of(answer.abilities()),
                        answer.lifetime().toSeconds(),
                        answer.at().toEpochMilli(),
                        answer.credentialVersion(),
                        expiresAt.toEpochMilli(),
                        realm,
                        id,
                        answer.at().toEpochMilli())
                > 0;
    }

    @Override
    public boolean deny(long id, Answer answer) {
        return write(
                        "answer a request",
                        "update " + TABLE
                                + " set state = 'denied', owner_type = ?, owner_id = ?, allowed_abilities = null,"
                                + " allowed_lifetime = 0, decided_at = ?, credential_version = null"
                                + " where realm = ? and id = ? and expires_at > ?"
                                + " and (state = 'asked' or state = 'allowed'"
                                + " and (asker_id is not null or owner_type = ? and owner_id = ?))",
                        answer.owner().type(),
                        answer.owner().id(),
                        answer.at().toEpochMilli(),
                        realm,
                        id,
                        answer.at().toEpochMilli(),
                        answer.owner().type(),
                        answer.owner().id())
                > 0;
    }

    @Override
    public int takeBack(Owner owner, Instant now) {
        return write(
                "take back what was allowed",
                "update " + TABLE
                        + " set state = 'denied', allowed_abilities = null, allowed_lifetime = 0, decided_at = ?,"
                        + " credential_version = null"
                        + " where realm = ? and state = 'allowed' and expires_at > ?"
                        + " and (asker_id is null and owner_type = ? and owner_id = ? or asker_type = ? and asker_id = ?)",
                now.toEpochMilli(),
                realm,
                now.toEpochMilli(),
                owner.type(),
                owner.id(),
                owner.type(),
                owner.id());
    }

    @Override
    public boolean claim(long id, Instant now) {
        return write(
                        "claim a request",
                        "update " + TABLE
                                + " set state = 'claimed' where realm = ? and id = ? and state = 'allowed' and expires_at > ?",
                        realm,
                        id,
                        now.toEpochMilli())
                > 0;
    }

    @Override
    public int countOpen(@Nullable String network, Instant now) {
        return network == null
                ? count(OPEN + " and asker_id is null", realm, now.toEpochMilli())
                : count(OPEN + " and network = ?", realm, now.toEpochMilli(), network);
    }

    @Override
    public int countOpenAround(String beginning, Instant now) {
        String which = OPEN + " and substr(network, 1, ?) = ?";
        return count(which, realm, now.toEpochMilli(), beginning.length(), beginning);
    }

    @Override
    public int countAsked(String network, Instant after) {
        return count("realm = ? and network = ? and created_at > ?", realm, network, after.toEpochMilli());
    }

    private int count(String which, Object... values) {
        String sql = "select count(*) from " + TABLE + " where " + which;
        return SqlFailure.translate(
                "count requests",
                () -> work.read(connection ->
                        query(connection, sql, row -> row.getInt(1), values).get(0)));
    }

    @Override
    public int prune(Instant overBefore) {
        int pruned = 0;
        int gone;
        do {
            List<Long> over = SqlFailure.translate( // by itself: on SQLite who has read first may not write
                    "find requests that are over",
                    () -> work.read(connection -> query(
                            connection,
                            "select id from " + TABLE + " where realm = ? and expires_at < ? order by expires_at limit "
                                    + BATCH,
                            row -> row.getLong(1),
                            realm,
                            overBefore.toEpochMilli())));
            gone = over.isEmpty()
                    ? 0
                    : write(
                            "delete requests",
                            "delete from " + TABLE + " where id in ("
                                    + String.join(", ", Collections.nCopies(over.size(), "?")) + ")",
                            over.toArray());
            pruned += gone;
        } while (gone == BATCH);
        return pruned;
    }

    /** How many rows a statement changed. */
    private int write(String what, String sql, @Nullable Object... values) {
        return SqlFailure.translateChange(what, () -> work.write(connection -> change(connection, sql, values)));
    }
}
