package dev.sanctum4j.jdbc;

import static dev.sanctum4j.jdbc.Sql.bind;
import static dev.sanctum4j.jdbc.Sql.change;
import static dev.sanctum4j.jdbc.Sql.query;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Change;
import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Rotation;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Validity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tokens in a table of H2, PostgreSQL, MySQL, MariaDB or SQLite: one of our own (see {@link JdbcSchema}) or one that
 * Laravel made, once our nullable columns are added.
 *
 * <p>The table is looked at when it is first used, so a database that is down at start is a {@link TokenStoreException}
 * then and works later. Such an exception never carries the text of a database that may quote values. Thread-safe.
 */
public final class JdbcTokenStore implements TokenStore {

    /** The table's name unless another is given, which is Laravel's. */
    public static final String DEFAULT_TABLE = TokenTable.DEFAULT;

    /** Under which keys tokens were issued, whatever the table of the tokens is called. */
    public static final String KEYS_TABLE = IdempotencyKeys.TABLE;

    private static final int BATCH = 1_000;

    private static final String OWNED = "tokenable_type = ? and tokenable_id = ? and revoked_at is null";

    private final JdbcWork work;
    private final TokenTable table;
    private final OwnerTypes ownerTypes;
    private final IdempotencyKeys keys;
    private volatile @Nullable TokenRow known;

    /** No token up to this one is known to be too old. */
    private volatile long passed;

    private JdbcTokenStore(Builder builder) {
        work = builder.work;
        table = builder.table;
        ownerTypes = builder.ownerTypes;
        keys = new IdempotencyKeys(table.name());
    }

    /** A store over the table {@value #DEFAULT_TABLE}. */
    public static JdbcTokenStore of(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** Settings for a store over {@code dataSource}. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public Optional<AccessToken> insert(TokenDraft draft) {
        lookForActors(draft);
        return write("store a token", connection -> insert(connection, draft));
    }

    @Override
    public Optional<AccessToken> insert(TokenDraft draft, IdempotencyKey key) {
        lookForActors(draft);
        Instant now = draft.createdAt();
        List<String> old = read("look for old keys", connection -> keys.old(connection, shape(), now));
        if (!old.isEmpty()) {
            write("forget old keys", connection -> keys.forget(connection, shape(), old, now));
        }
        return write("store a token", connection -> {
            if (!keys.take(connection, shape(), key, now)) {
                return Optional.empty();
            }
            Optional<AccessToken> made = insert(connection, draft);
            keys.settle(connection, shape(), key, made.orElse(null));
            return made;
        });
    }

    @Override
    public Optional<IdempotencyKey.Use> findUse(IdempotencyKey key, Instant now) {
        return read("look for a key", connection -> keys.find(connection, shape(), key, now));
    }

    private void lookForActors(TokenDraft draft) {
        if (draft.actor() != null && !shape().actors()) {
            known = null; // it may have the column by now
        }
    }

    private Optional<AccessToken> insert(Connection connection, TokenDraft draft) throws SQLException {
        TableShape shape = shape();
        if (draft.expiresAt() != null
                && shape.latestExpiry() != null
                && draft.expiresAt().isAfter(shape.latestExpiry())) {
            throw new InvalidTokenRequestException(
                    "expires_at",
                    "too-late",
                    "The expiry must not be after " + shape.latestExpiry() + ", which this table cannot hold.");
        }
        Object key = shape.key(draft.owner())
                .orElseThrow(() -> new IllegalArgumentException("the id of owner " + draft.owner()
                        + " does not fit the column tokenable_id, which holds " + shape.ownerKey()));
        if (draft.actor() != null && !shape.actors()) {
            throw TableShape.lacking(shape.database(), table.name(), List.of(TableShape.ACTOR));
        }
        Map<String, String> more = new LinkedHashMap<>(); // columns that a table can do without
        if (draft.actor() != null) {
            more.put(TableShape.ACTOR, draft.actor());
        }
        if (draft.hint() != null && shape.hints()) {
            more.put(TableShape.HINT, draft.hint());
        }
        String sql = """
                insert into %s (tokenable_type, tokenable_id, name, token, abilities, expires_at, created_at, updated_at,
                    issued_by, metadata%s)
                values (?, ?, ?, ?, ?, %s, %s, %s, ?, ?%s)
                """.formatted(
                        table.name(),
                        more.keySet().stream().map(", "::concat).collect(Collectors.joining()),
                        shape.mark("expires_at"),
                        shape.mark("created_at"),
                        row().now(draft.createdAt()),
                        ", ?".repeat(more.size()));
        if (draft.issuedBy() != null
                && locked(connection, draft.issuedBy()).filter(draft::holdsFor).isEmpty()) {
            return Optional.empty();
        }
        try (PreparedStatement insert = connection.prepareStatement(sql, new String[] {"id"})) {
            List<@Nullable Object> values = new ArrayList<>(Arrays.<@Nullable Object>asList(
                    ownerTypes.toTable(draft.owner().type()),
                    key,
                    draft.name(),
                    draft.hash().toHex(),
                    JsonColumn.of(draft.abilities()),
                    row().time("expires_at", draft.expiresAt()),
                    row().time("created_at", draft.createdAt()),
                    draft.issuedBy() == null ? null : draft.issuedBy().value(),
                    row().metadata(draft)));
            values.addAll(more.values());
            bind(insert, values.toArray());
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                if (!keys.next()) {
                    throw new SQLException("the database returned no id", "HY000");
                }
                return Optional.of(draft.withId(TokenId.of(keys.getLong(1))));
            }
        }
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        return read("find a token", connection -> find(connection, "id", id.value()));
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        return read("find a token", connection -> find(connection, "token", hash.toHex()));
    }

    @Override
    public Optional<StoredToken> findOwn(Owner owner, SecretHash hash) {
        return read("find a token", connection -> {
            Optional<Object> key = shape().key(owner);
            if (key.isEmpty()) {
                return Optional.empty();
            }
            String sql = shape().reading() + "select " + row().columns() + " from " + table.name()
                    + " where token = ? and " + OWNED;
            return query(connection, sql, row()::read, hash.toHex(), ownerTypes.toTable(owner.type()), key.get())
                    .stream()
                    .filter(found -> found.token().owner().equals(owner)) // a collation may have found a look-alike
                    .findFirst();
        });
    }

    @Override
    public Map<TokenId, String> hints(Collection<TokenId> ids) {
        if (!shape().hints()) {
            return Map.of();
        }
        List<TokenId> sorted = ids.stream().distinct().sorted().toList();
        return read("find hints of tokens", connection -> {
            Map<TokenId, String> hints = new HashMap<>();
            for (int from = 0; from < sorted.size(); from += BATCH) {
                List<TokenId> chunk = sorted.subList(from, Math.min(from + BATCH, sorted.size()));
                String sql = shape().reading() + "select id, " + TableShape.HINT + " from " + table.name() + " where "
                        + TableShape.HINT + " is not null and id " + among(chunk);
                Sql.Row<Map.Entry<TokenId, String>> read =
                        row -> Map.entry(TokenId.of(row.getLong(1)), row.getString(2));
                query(connection, sql, read, values(chunk).toArray())
                        .forEach(hint -> hints.put(hint.getKey(), hint.getValue()));
            }
            return hints;
        });
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        return list(owner, null, Integer.MAX_VALUE);
    }

    @Override
    public List<AccessToken> list(Owner owner, @Nullable TokenId before, int limit) {
        return read("list tokens", connection -> {
            Optional<Object> key = shape().key(owner);
            if (key.isEmpty()) {
                return List.of();
            }
            String sql = shape().reading() + "select " + row().columns() + " from " + table.name() + " where " + OWNED
                    + " and id < ? order by id desc limit ?";
            List<AccessToken> page = new ArrayList<>();
            long last = before == null ? Long.MAX_VALUE : before.value();
            int asked;
            int found;
            do {
                asked = limit - page.size();
                List<StoredToken> rows =
                        query(connection, sql, row()::read, ownerTypes.toTable(owner.type()), key.get(), last, asked);
                found = rows.size();
                for (StoredToken one : rows) {
                    last = one.token().id().value();
                    if (one.token().owner().equals(owner)) { // a collation may have found look-alikes
                        page.add(one.token());
                    }
                }
            } while (found == asked && page.size() < limit);
            return page;
        });
    }

    @Override
    public int count(Owner owner, Validity when, int most) {
        return read("count tokens", connection -> {
            Optional<Object> key = shape().key(owner);
            if (key.isEmpty()) {
                return 0;
            }
            Condition owned = valid(OWNED, List.of(ownerTypes.toTable(owner.type()), key.get()), when);
            int found = count(connection, owned, most);
            return found < most ? found : countAlone(connection, owner, owned, most);
        });
    }

    /** What is the owner's very own: a collation may have found look-alikes. */
    private int countAlone(Connection connection, Owner owner, Condition owned, int most) throws SQLException {
        Condition next = owned.and(" and id > ?");
        String sql = shape().reading() + "select " + Seen.COLUMNS + " from " + table.name() + " where " + next.sql
                + " order by id limit " + BATCH;
        int count = 0;
        long last = 0;
        List<Seen> page;
        do {
            page = query(connection, sql, this::whose, next.with(last));
            count += (int) page.stream().filter(one -> one.owner.equals(owner)).count();
            last = page.isEmpty() ? last : page.get(page.size() - 1).id.value();
        } while (page.size() == BATCH && count < most);
        return Math.min(count, most);
    }

    @Override
    public int countIssued(AccessToken issuer, Validity when, int most) {
        return read(
                "count tokens",
                connection -> count(
                        connection,
                        valid(
                                "issued_by = ? and revoked_at is null",
                                List.of(issuer.id().value()),
                                when),
                        most));
    }

    /** What a row has to fulfil, and the values for it. */
    private record Condition(String sql, List<@Nullable Object> values) {

        Condition and(String more) {
            return new Condition(sql + more, values);
        }

        @Nullable
        Object[] with(Object last) {
            List<@Nullable Object> all = new ArrayList<>(values);
            all.add(last);
            return all.toArray();
        }
    }

    private int count(Connection connection, Condition which, int most) throws SQLException {
        String sql = shape().reading() + "select count(*) from (select 1 as one from " + table.name() + " where "
                + which.sql + " limit ?) valid";
        return query(connection, sql, row -> row.getInt(1), which.with(most)).get(0);
    }

    private Condition valid(String which, List<Object> whose, Validity when) {
        String expires = shape().mark("expires_at");
        String created = shape().mark("created_at");
        String used = shape().mark("last_used_at");
        StringBuilder valid = new StringBuilder(which + " and (expires_at is null or expires_at >= " + expires + ")");
        List<@Nullable Object> values = new ArrayList<>(whose);
        values.add(row().time("expires_at", when.now()));
        if (when.createdAfter() != null) {
            valid.append(" and created_at > ").append(created);
            values.add(row().time("created_at", when.createdAfter()));
        }
        if (when.usedAfter() != null) {
            valid.append(" and (last_used_at > " + used
                    + " or last_used_at is null and (created_at is null or created_at > " + created + "))");
            values.add(row().time("last_used_at", when.usedAfter()));
            values.add(row().time("created_at", when.usedAfter()));
        }
        return new Condition(valid.toString(), values);
    }

    @Override
    public Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        String sql = "update " + table.name() + " set name = ?, abilities = ?, updated_at = " + row().now(now)
                + " where id = ?";
        return write("change a token", connection -> {
            Optional<AccessToken> found = locked(connection, id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            AccessToken old = found.get();
            AccessToken wanted = change.apply(old);
            change(connection, sql, wanted.name(), JsonColumn.of(wanted.abilities()), id.value());
            List<AccessToken> narrowed = new ArrayList<>();
            for (TokenId child : children(connection, id, found)) {
                Optional<AccessToken> had = locked(connection, child)
                        .filter(token -> !wanted.abilities().covers(token.abilities()));
                if (had.isPresent()) {
                    AccessToken left = had.get()
                            .with(had.get().name(), had.get().abilities().cutTo(wanted.abilities()));
                    change(connection, sql, left.name(), JsonColumn.of(left.abilities()), child.value());
                    narrowed.add(left);
                }
            }
            return Optional.of(new Change(old.with(wanted.name(), wanted.abilities()), narrowed));
        });
    }

    @Override
    public List<TokenId> revoke(TokenId id, Instant now) {
        return write("revoke a token", connection -> revoke(connection, id, seen(connection, id), now));
    }

    /** Revokes a token, which locks it, so that no child comes after this, and the children it has. */
    private List<TokenId> revoke(Connection connection, TokenId id, Optional<AccessToken> seen, Instant now)
            throws SQLException {
        List<TokenId> revoked = stamp(connection, List.of(id), now);
        revoked.addAll(stamp(connection, children(connection, id, seen), now));
        return revoked;
    }

    /** The tokens that one has issued which is locked, as far as they are not revoked. */
    private List<TokenId> children(Connection connection, TokenId id, Optional<AccessToken> seen) throws SQLException {
        String children = "select id from " + table.name() + " where issued_by = ? and revoked_at is null order by id";
        List<TokenId> found = ids(connection, children, id.value());
        if (!found.isEmpty() || seen.isEmpty() || seen.get().mayIssue()) {
            // There may be some that an open transaction does not see. Else nobody asks: MySQL lets nobody insert
            // beside them.
            found = ids(connection, children + shape().locking(), id.value());
        }
        return found;
    }

    @Override
    public Optional<Rotation> rotate(TokenId id, Function<AccessToken, TokenDraft> make, Instant now) {
        return write("rotate a token", connection -> {
            Optional<AccessToken> seen = seen(connection, id);
            Optional<TokenId> issuer = seen.map(AccessToken::issuedBy);
            if (issuer.isPresent()) {
                locked(connection, issuer.get()); // before what it issued, as whoever revokes it does
            }
            Optional<AccessToken> old = locked(connection, id);
            if (old.isEmpty()) {
                return Optional.empty();
            }
            Optional<AccessToken> made = insert(connection, make.apply(old.get()));
            return made.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Rotation(made.get(), revoke(connection, id, seen, now)));
        });
    }

    @Override
    public List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
        return write("revoke tokens", connection -> {
            List<TokenId> revoked = new ArrayList<>();
            String locking = "";
            while (revokeEach(connection, owner, keep, now, locking, revoked)) {
                locking = shape().locking(); // what came of them before they were stamped
            }
            return revoked;
        });
    }

    /** Revokes the tokens of an owner that are seen. Returns whether there were some. */
    private boolean revokeEach(
            Connection connection,
            Owner owner,
            @Nullable TokenId keep,
            Instant now,
            String locking,
            List<TokenId> revoked)
            throws SQLException {
        Optional<Object> key = shape().key(owner);
        if (key.isEmpty()) {
            return false;
        }
        String sql = "select " + Seen.COLUMNS + " from " + table.name() + " where " + OWNED
                + " and id > ? order by id limit " + BATCH + locking;
        boolean some = false;
        long last = 0;
        List<Seen> page;
        do {
            page = query(connection, sql, this::whose, ownerTypes.toTable(owner.type()), key.get(), last);
            List<TokenId> ids = page.stream()
                    .filter(one -> one.owner.equals(owner)) // a collation may have found look-alikes
                    .map(Seen::id)
                    .filter(id -> !id.equals(keep))
                    .toList();
            revoked.addAll(stamp(connection, ids, now));
            some |= !ids.isEmpty();
            last = page.isEmpty() ? last : page.get(page.size() - 1).id().value();
        } while (page.size() == BATCH);
        return some;
    }

    /** As much of a token as tells whose it is. */
    private record Seen(TokenId id, Owner owner) {

        private static final String COLUMNS = "id, tokenable_type, tokenable_id";
    }

    private Seen whose(ResultSet row) throws SQLException {
        return new Seen(TokenId.of(row.getLong(1)), Owner.of(ownerTypes.fromTable(row.getString(2)), row.getString(3)));
    }

    @Override
    public List<TokenId> revokeIssued(TokenId issuer, Instant now) {
        return write("revoke tokens", connection -> {
            Optional<AccessToken> seen = seen(connection, issuer);
            locked(connection, issuer); // so that no other comes of it before this is done
            return stamp(connection, children(connection, issuer, seen), now);
        });
    }

    @Override
    public void touch(Map<TokenId, LastUse> lastUses) {
        String sql = """
                update %1$s set last_used_at = %2$s, last_used_from = ?
                where id = ? and (last_used_at is null or last_used_at < %2$s)
                """.formatted(table.name(), shape().mark("last_used_at"));
        List<TokenId> sorted = lastUses.keySet().stream().sorted().toList(); // the same order on every node
        for (int from = 0; from < sorted.size(); from += BATCH) {
            touch(sql, sorted.subList(from, Math.min(from + BATCH, sorted.size())), lastUses);
        }
    }

    /** All at once; where an address cannot stand in the table, half by half, so that only its own use is noted without it. */
    private void touch(String sql, List<TokenId> ids, Map<TokenId, LastUse> uses) {
        try {
            write("note last uses", connection -> {
                try (PreparedStatement update = connection.prepareStatement(sql)) {
                    for (TokenId id : shape().skipsLocked() ? unlocked(connection, ids) : ids) {
                        LastUse use = uses.get(id);
                        if (use != null) {
                            Object at = row().time("last_used_at", use.at());
                            bind(update, at, use.from(), id.value(), at);
                            update.addBatch();
                        }
                    }
                    return update.executeBatch().length;
                }
            });
        } catch (InvalidTokenRequestException e) {
            if (ids.size() > 1) {
                touch(sql, ids.subList(0, ids.size() / 2), uses);
                touch(sql, ids.subList(ids.size() / 2, ids.size()), uses);
                return;
            }
            TokenId id = ids.get(0);
            LastUse use = uses.get(id);
            if (use == null || use.from() == null) {
                throw e;
            }
            touch(sql, ids, Map.of(id, new LastUse(use.at(), null)));
        }
    }

    /** Locks those rows that nobody else has locked. */
    private List<TokenId> unlocked(Connection connection, List<TokenId> ids) throws SQLException {
        String sql =
                "select id from " + table.name() + " where id " + among(ids) + " order by id for update skip locked";
        return ids(connection, sql, values(ids).toArray());
    }

    /** An array where there are arrays: hundreds of values take a planner longer than their rows. */
    private String among(List<TokenId> ids) {
        return shape().hasArrays()
                ? "= any(?)"
                : "in (" + String.join(", ", Collections.nCopies(ids.size(), "?")) + ")";
    }

    /** What {@link #among} asks for, in order: a database that waits for rows then waits for nobody who waits for it. */
    private List<Object> values(List<TokenId> ids) {
        LongStream sorted = ids.stream().mapToLong(TokenId::value).sorted();
        return shape().hasArrays()
                ? List.of(sorted.toArray())
                : sorted.<Object>mapToObj(Long::valueOf).toList();
    }

    private static List<TokenId> ids(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        return query(connection, sql, row -> TokenId.of(row.getLong(1)), values);
    }

    @Override
    public int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        int pruned = 0;
        int gone;
        do {
            int most = Math.min(BATCH, limit - pruned);
            List<TokenId> expired = expired(expiredBefore, most);
            List<TokenId> over = expired.isEmpty() && createdBefore != null ? aged(createdBefore, most) : expired;
            gone = over.isEmpty()
                    ? 0
                    : write("prune tokens", connection -> delete(connection, over, expiredBefore, createdBefore));
            pruned += gone;
        } while (gone > 0 && pruned < limit); // none gone: there are none, or another node is at it
        return pruned;
    }

    /** Those that expired first. */
    private List<TokenId> expired(Instant before, int most) {
        String sql = "select id from " + table.name() + " where expires_at < ? order by expires_at limit " + most;
        return read("look for tokens that are over", connection -> {
            Object time = bound(connection, "expires_at", before);
            return ids(connection, sql, time);
        });
    }

    /**
     * The oldest. There is no index by age, but ids grow with the time of creation: this goes by them, past tokens of which it
     * is not known, up to the first young ones, after which it begins anew.
     */
    private List<TokenId> aged(Instant before, int most) {
        String sql = "select id, case when created_at is null then 0 when created_at < ? then -1 else 1 end from "
                + table.name() + " where id > ? order by id limit " + BATCH;
        while (true) {
            List<Aged> page = read(
                    "look for tokens that are too old",
                    connection -> query(
                            connection,
                            sql,
                            row -> new Aged(TokenId.of(row.getLong(1)), row.getInt(2)),
                            bound(connection, "created_at", before),
                            passed));
            for (Aged one : page) {
                if (one.age() != 0) {
                    break;
                }
                passed = one.id().value();
            }
            List<TokenId> old = page.stream()
                    .filter(one -> one.age() < 0)
                    .map(Aged::id)
                    .limit(most)
                    .toList();
            if (!old.isEmpty()) {
                return old;
            }
            if (page.size() < BATCH || page.stream().anyMatch(one -> one.age() > 0)) {
                passed = 0;
                return old;
            }
        }
    }

    /** A token, and whether it is too old (-1), young (1), or nobody knows (0). */
    private record Aged(TokenId id, int age) {}

    /** A time as the column is compared with it: read first, as what a subquery tells is compared with every row. */
    private @Nullable Object bound(Connection connection, String column, Instant before) throws SQLException {
        Object time = row().time(column, before);
        String mark = shape().mark(column);
        return mark.equals("?")
                ? time
                : query(connection, "select " + mark, held -> held.getString(1), time)
                        .get(0);
    }

    /**
     * Deletes those of them that are over still and that nobody else has locked: none if another node is deleting the same, which
     * has locked them all.
     */
    private int delete(
            Connection connection, List<TokenId> over, Instant expiredBefore, @Nullable Instant createdBefore)
            throws SQLException {
        boolean atOnce = shape().hasArrays(); // a statement less, and so the locks are shorter
        List<TokenId> ids = shape().skipsLocked() && !atOnce ? unlocked(connection, over) : over;
        if (ids.isEmpty()) {
            return 0;
        }
        List<@Nullable Object> values = new ArrayList<>(values(ids));
        values.add(bound(connection, "expires_at", expiredBefore));
        String still = "id " + among(ids) + " and (expires_at < ?";
        if (createdBefore != null) {
            still += " or created_at < ?";
            values.add(bound(connection, "created_at", createdBefore));
        }
        still += ")";
        if (atOnce) {
            still = "id = any(array(select id from " + table.name() + " where " + still + " for update skip locked))";
        }
        return change(connection, "delete from " + table.name() + " where " + still, values.toArray());
    }

    /** A token as it is to this transaction, which may have begun a while ago; nothing where who reads first cannot write. */
    private Optional<AccessToken> seen(Connection connection, TokenId id) throws SQLException {
        return shape().locking().isEmpty()
                ? Optional.empty()
                : find(connection, "id", id.value()).map(StoredToken::token);
    }

    /**
     * A token that is not revoked, as it is when its row is locked, which it is until the transaction ends. A plain read could
     * see what was there when an open transaction began.
     */
    private Optional<AccessToken> locked(Connection connection, TokenId id) throws SQLException {
        if (shape().locking().isEmpty()) {
            change(connection, "update " + table.name() + " set issued_by = issued_by where id = ?", id.value());
        }
        return find(connection, "id", id.value(), shape().locking())
                .map(StoredToken::token)
                .filter(token -> !token.isRevoked());
    }

    /** Revokes; a Laravel on the same table sees tokens that have expired. Returns those that were not revoked before. */
    private List<TokenId> stamp(Connection connection, List<TokenId> ids, Instant now) throws SQLException {
        String sql =
                """
                update %s set revoked_at = %s, updated_at = %s,
                    expires_at = case when expires_at < %4$s then expires_at else %4$s end
                where id = ? and revoked_at is null
                """.formatted(table.name(), shape().mark("revoked_at"), row().now(now), shape().mark("expires_at"));
        Object time = row().time("revoked_at", now);
        Object expiry = row().time("expires_at", now.minusSeconds(1));
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (TokenId id : ids) {
                bind(update, time, expiry, expiry, id.value());
                update.addBatch();
            }
            int[] changed = ids.isEmpty() ? new int[0] : update.executeBatch();
            return IntStream.range(0, changed.length)
                    .filter(i -> changed[i] != 0)
                    .mapToObj(ids::get)
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private Optional<StoredToken> find(Connection connection, String column, Object value) throws SQLException {
        return find(connection, column, value, "");
    }

    private Optional<StoredToken> find(Connection connection, String column, Object value, String locking)
            throws SQLException {
        String sql = shape().reading() + "select " + row().columns() + " from " + table.name() + " where " + column
                + " = ?" + locking;
        return query(connection, sql, row()::read, value).stream().findFirst();
    }

    private TableShape shape() {
        return row().shape();
    }

    /** How tokens stand in the table, which is looked at the first time. */
    private TokenRow row() {
        TokenRow seen = known;
        if (seen == null) {
            TableShape shape = SqlFailure.translate(
                    "look at the table",
                    () -> work.read(connection -> table.work(connection, zoned -> TableShape.of(zoned, table.name()))));
            seen = new TokenRow(table, ownerTypes, shape);
            known = seen;
        }
        return seen;
    }

    private <T> T read(String what, JdbcWork.SqlFunction<T> query) {
        row(); // before the work, which holds a connection: looking at the table takes one, too
        return SqlFailure.translate(what, () -> doubt(() -> work.read(connection -> table.work(connection, query))));
    }

    private <T> T write(String what, JdbcWork.SqlFunction<T> statements) {
        row(); // before the work, which holds a connection: looking at the table takes one, too
        return SqlFailure.translateChange(
                what, () -> doubt(() -> work.write(connection -> table.work(connection, statements))));
    }

    /** Works, and lets the table be looked at again if it seems to be another one now; that says which columns it lacks. */
    private <T> T doubt(SqlFailure.Work<T> work) throws SQLException {
        try {
            return work.run();
        } catch (SQLException e) {
            if (SqlFailure.isAboutTable(e)) {
                known = null;
            }
            throw e;
        }
    }

    /** Settings of a {@link JdbcTokenStore}. Not thread-safe. */
    public static final class Builder {

        private JdbcWork work;
        private TokenTable table = TokenTable.of(DEFAULT_TABLE);
        private OwnerTypes ownerTypes = OwnerTypes.of(Map.of());

        private Builder(DataSource dataSource) {
            this.work = JdbcWork.on(dataSource);
        }

        /**
         * The table, with its schema if need be; {@value #DEFAULT_TABLE} unless set.
         *
         * @throws IllegalArgumentException if it is not a plain identifier
         */
        public Builder table(String table) {
            this.table = this.table.named(table);
            return this;
        }

        /**
         * The zone in which times stand in the table; UTC unless set. For a Laravel application it is its
         * {@code app.timezone}. In the hour that a clock is set back by, a token ends by the earlier of two moments and is as young
         * as the later; of tokens of ours the right one is noted beside their metadata.
         */
        public Builder timeZone(ZoneId zone) {
            this.table = table.in(zone);
            return this;
        }

        /**
         * The zone in which MySQL or MariaDB converts columns of the type {@code timestamp}, which is what the option
         * {@code timezone} of a Laravel's connection says; that of our own connections unless set. Each piece of work sets it
         * and puts it back.
         */
        public Builder sessionTimeZone(@Nullable ZoneId zone) {
            this.table = table.within(zone);
            return this;
        }

        /**
         * What the table calls the types of owners that have another name there: {@code user} is
         * {@code App\Models\User} to a Laravel application. Types that are not listed stand there as they are.
         *
         * @throws IllegalArgumentException if two types have the same name in the table
         */
        public Builder ownerTypes(Map<String, String> ownerTypes) {
            this.ownerTypes = OwnerTypes.of(ownerTypes);
            return this;
        }

        /** How connections and transactions come about; each write in a transaction of its own unless set. */
        public Builder work(JdbcWork work) {
            this.work = work;
            return this;
        }

        /** The store. Does not connect. */
        public JdbcTokenStore build() {
            return new JdbcTokenStore(this);
        }
    }
}
