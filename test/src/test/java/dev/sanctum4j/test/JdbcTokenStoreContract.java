package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.IdempotencyKeyException;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuedOnce;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Validity;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.jdbc.JdbcWork;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract in a database, on a table of ours or one that a Laravel made, and what only databases can do wrong. */
abstract class JdbcTokenStoreContract extends TokenStoreContract {

    private final Databases database;
    private final boolean laravels;
    private final String table;

    JdbcTokenStoreContract(Databases database, boolean laravels) {
        this.database = database;
        this.laravels = laravels;
        this.table =
                (laravels ? "laravel_tokens_" : "tokens_") + database.name().toLowerCase(Locale.ROOT);
    }

    @Override
    protected TokenStore store() throws Exception {
        database.run("drop table if exists " + table);
        forgetKeys(database);
        if (laravels) {
            database.createAsLaravel(table);
            database.migrate("V2__sanctum4j_columns.sql", table);
            database.migrate("V3__last_used_from.sql", table);
            database.migrate("V4__owner_index.sql", table);
            database.migrate("V5__actor.sql", table);
            database.migrate("V8__hint.sql", table);
        } else {
            assertThat(JdbcSchema.of(database.dataSource(), table).createIfMissing())
                    .isTrue();
        }
        return JdbcTokenStore.builder(database.dataSource()).table(table).build();
    }

    static void forgetKeys(Databases database) throws SQLException {
        database.run("drop table if exists " + JdbcTokenStore.KEYS_TABLE);
        assertThat(JdbcSchema.createIdempotencyKeys(database.dataSource())).isTrue();
        assertThat(JdbcSchema.createIdempotencyKeys(database.dataSource())).isFalse();
    }

    @Override
    protected boolean keepsHints() {
        return true;
    }

    private Tokens tokens() {
        return Tokens.of(
                JdbcTokenStore.builder(database.dataSource()).table(table).build());
    }

    @Test
    void completeTableIsLeftAlone() {
        tokens().issue(TokenRequest.of(owner(1), "kept"));

        assertThat(JdbcSchema.of(database.dataSource(), table).createIfMissing())
                .isFalse();

        assertThat(tokens().list(owner(1))).hasSize(1);
    }

    @Test
    void ownersWithMoreTokensThanAStatementTakesLoseThemAll() {
        Tokens tokens = tokens();
        for (int i = 0; i < 1_003; i++) {
            tokens.issue(TokenRequest.of(owner(1), "one of many"));
        }
        TokenId kept = tokens.list(owner(1), null, 500).get(499).id();
        TokenStore again =
                JdbcTokenStore.builder(database.dataSource()).table(table).build();
        assertThat(again.count(owner(1), new Validity(Instant.now(), null, null), 1_002))
                .isEqualTo(1_002);

        assertThat(tokens.revokeOthers(owner(1), kept)).isEqualTo(1_002);

        assertThat(tokens.list(owner(1))).extracting(AccessToken::id).containsExactly(kept);
    }

    @Test
    void allMigrationsRunOverWhateverIsThere() throws Exception {
        database.run("drop table if exists " + table);
        if (laravels) {
            database.createAsLaravel(table);
        }

        database.migrate("V1__personal_access_tokens.sql", table);
        database.migrate("V2__sanctum4j_columns.sql", table);
        database.migrate("V3__last_used_from.sql", table);
        database.migrate("V4__owner_index.sql", table);
        database.migrate("V5__actor.sql", table);
        database.migrate("V6__requests.sql", table);
        database.migrate("V7__idempotency_keys.sql", table);
        database.migrate("V8__hint.sql", table);

        assertThat(tokens().list(owner(1))).isEmpty();
    }

    @Test
    void tableWithoutOurColumnsNamesTheMigration() throws Exception {
        database.run("drop table if exists " + table);
        database.migrate("V1__personal_access_tokens.sql", table);

        assertThatThrownBy(() -> tokens().authenticate("anything"))
                .hasMessageContaining("the table " + table
                        + " lacks the columns revoked_at, issued_by, metadata, last_used_from: "
                        + "apply the migrations from the classpath folder dev/sanctum4j/jdbc/" + database.folder);
        assertThatThrownBy(() -> JdbcSchema.of(database.dataSource(), table).createIfMissing())
                .hasMessageContaining("lacks the columns");
    }

    @Test
    void columnThatIsDroppedUnderUsIsNamed() throws Exception {
        Tokens tokens = tokens();
        tokens.authenticate("anything");
        database.run("alter table " + table + " drop column last_used_from");

        assertThatThrownBy(() -> tokens.authenticate("anything")).isInstanceOf(TokenStoreException.class);
        assertThatThrownBy(() -> tokens.authenticate("anything"))
                .isInstanceOf(TokenStoreException.class)
                .hasMessageContaining("the table " + table + " lacks the columns last_used_from");
        database.migrate("V3__last_used_from.sql", table);
        assertThat(tokens.authenticate("anything")).isInstanceOf(Verdict.Rejected.class);
    }

    /** A table that nobody has brought up to date goes on, as long as nobody asks for what it cannot hold. */
    @Test
    void tableWithoutActorsServesWhoeverHasNone() throws Exception {
        NewToken before = tokens().issue(TokenRequest.of(owner(1), "before").actor("robot"));
        database.run("alter table " + table + " drop column actor");
        Tokens tokens = tokens();
        NewToken made = tokens.issue(TokenRequest.of(owner(1), "ci", "a"));

        assertThat(JdbcSchema.of(database.dataSource(), table).missing()).isEmpty();
        assertThat(tokens.authenticate(made.plainText().reveal())).isEqualTo(new Verdict.Accepted(made.token()));
        assertThat(tokens.find(before.token().id()).orElseThrow().actor()).isNull();
        assertThat(tokens.rename(made.token().id(), "cd")).isPresent();
        assertThat(tokens.rotate(made.token().id())).isPresent();
        assertThatThrownBy(() -> tokens.issue(TokenRequest.of(owner(1), "run").actor("robot")))
                .isInstanceOf(TokenStoreException.class)
                .hasMessageContaining("the table " + table + " lacks the columns actor: apply the migrations");
        assertThat(tokens.list(owner(1))).extracting(AccessToken::name).containsExactly("cd", "before");

        database.migrate("V5__actor.sql", table);
        AccessToken run =
                tokens.issue(TokenRequest.of(owner(1), "run").actor("robot")).token();
        assertThat(tokens.find(run.id()).orElseThrow().actor()).isEqualTo("robot");
    }

    /** A table that nobody has brought up to date, and a node of an earlier version beside this one. */
    @Test
    void tableWithoutHintsServesEverybodyAndTellsNone() throws Exception {
        database.run("alter table " + table + " drop column hint");
        Tokens tokens = tokens();
        NewToken before = tokens.issue(TokenRequest.of(owner(1), "ci", "a"));
        List<TokenId> ids = List.of(before.token().id());

        assertThat(JdbcSchema.of(database.dataSource(), table).missing()).isEmpty();
        assertThat(tokens.hints(ids)).isEmpty();
        assertThat(tokens.authenticate(before.plainText().reveal())).isEqualTo(new Accepted(before.token()));
        assertThat(tokens.identify(owner(1), before.plainText().reveal())).hasValue(before.token());
        assertThat(tokens.rename(before.token().id(), "cd")).isPresent();

        database.migrate("V8__hint.sql", table);
        Tokens after = tokens();
        NewToken made = after.issue(TokenRequest.of(owner(1), "new", "a"));
        NewToken byTheOld = tokens.rotate(before.token().id()).orElseThrow();
        String text = made.plainText().reveal();
        assertThat(after.hints(List.of(
                        before.token().id(), byTheOld.token().id(), made.token().id())))
                .isEqualTo(Map.of(made.token().id(), text.substring(text.length() - 4)));
        assertThat(tokens.hints(List.of(made.token().id()))).isEmpty();
    }

    @Test
    void tableIsAPlainNameOrNothing() {
        for (String name : List.of("", "a b", "a;drop table b", "a--", "\"a\"", "a.b.c", "1a", "ä", "a".repeat(64))) {
            assertThatThrownBy(
                            () -> JdbcTokenStore.builder(database.dataSource()).table(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("table must be a plain name, with a schema if need be, was '" + name + "'");
        }
    }

    @Test
    void hostileTextIsStoredAsText() {
        String hostile = "'; drop table " + table + "; -- <script>alert(1)</script> =1+1 ${jndi:ldap://x}";
        var made = tokens().issue(TokenRequest.of(Owner.of("user' or '1'='1", 1), hostile));

        assertThat(tokens().find(made.token().id()).orElseThrow().name()).isEqualTo(hostile);
        assertThat(tokens().list(Owner.of("user", 1))).isEmpty();
        assertThat(tokens().list(Owner.of("user' or '1'='1", 1))).hasSize(1);
    }

    @Test
    void damagedHashesMatchNothing() throws Exception {
        var made = tokens().issue(TokenRequest.of(owner(1), "ci"));
        String text = made.plainText().reveal();
        String hash = dev.sanctum4j.SecretHash.of(text).toHex();

        for (String damaged : List.of("", hash.substring(1), hash.toUpperCase(Locale.ROOT), "z".repeat(64), text)) {
            set("token", damaged);
            assertThat(tokens().authenticate(text)).isEqualTo(new Rejected(Reason.UNKNOWN));
            assertThat(tokens().authenticate(made.token().id() + "|" + text)).isEqualTo(new Rejected(Reason.UNKNOWN));
        }
        set("token", hash);
        assertThat(tokens().authenticate(text)).isInstanceOf(Accepted.class);
    }

    @Test
    void abilitiesThatAreNoListOfTextsGrantNothing() throws Exception {
        var made = tokens().issue(TokenRequest.of(owner(1), "ci", "*"));
        String text = made.plainText().reveal();

        for (String stored : List.of(
                "[true]",
                "\"*\"",
                "*",
                "{}",
                "[[\"*\"]]",
                "[\"*\"",
                "null",
                "",
                "[\"*\"]x",
                "[".repeat(2_000),
                "[1,null]")) {
            set("abilities", stored);
            assertThat(((Accepted) tokens().authenticate(text))
                            .token()
                            .abilities()
                            .names())
                    .as(stored)
                    .isEmpty();
        }
        set("abilities", "{\"a\": \"r\\u00e9sum\\u00e9\", \"b\":\"a\\/b\", \"c\": 1}");
        assertThat(((Accepted) tokens().authenticate(text)).token().abilities().names())
                .containsExactly("résumé", "a/b");
    }

    @Test
    void timesOfAnotherZoneAreReadAndWrittenInIt() throws Exception {
        JdbcTokenStore kolkata = JdbcTokenStore.builder(database.dataSource())
                .table(table)
                .timeZone(ZoneId.of("Asia/Kolkata"))
                .build();
        MovableClock clock = MovableClock.at(Instant.parse("2026-11-24T10:00:00Z"));
        var made = Tokens.builder(kolkata).clock(clock).build().issue(TokenRequest.of(owner(1), "ci"));

        assertThat(Tokens.of(kolkata).find(made.token().id()).orElseThrow().createdAt())
                .isEqualTo("2026-11-24T10:00:00Z");
        assertThat(tokens().find(made.token().id()).orElseThrow().createdAt()).isEqualTo("2026-11-24T15:30:00Z");
    }

    /** Each ten minutes around a change of clocks: hours that exist twice, and hours that do not. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-10-25T01:00:00Z", "Europe/Berlin, 2026-03-29T01:00:00Z",
        "America/New_York, 2026-11-01T06:00:00Z", "America/New_York, 2026-03-08T07:00:00Z"
    })
    void clocksThatAreSetBackOrForwardChangeNothing(String zone, Instant change) throws Exception {
        JdbcTokenStore zoned = JdbcTokenStore.builder(database.dataSource())
                .table(table)
                .timeZone(ZoneId.of(zone))
                .build();
        MovableClock clock = MovableClock.at(change);
        Tokens tokens = Tokens.builder(zoned).clock(clock).build();
        Tokens idle = Tokens.builder(zoned)
                .clock(clock)
                .policy(new TokenPolicy() {
                    @Override
                    public Duration idleExpiry(Owner owner) {
                        return Duration.ofMinutes(15);
                    }
                })
                .build();
        for (int minutes = -90; minutes <= 90; minutes += 10) {
            Instant now = change.plus(Duration.ofMinutes(minutes));
            clock.set(now);
            NewToken ends = tokens.issue(TokenRequest.of(owner(1), "ends")
                    .lifetime(Duration.ofMinutes(25))
                    .metadata(Map.of("kept", "as it is")));
            NewToken revoked = tokens.issue(TokenRequest.of(owner(1), "revoked"));
            NewToken used = idle.issue(TokenRequest.of(owner(1), "used"));
            AccessToken stored = tokens.find(ends.token().id()).orElseThrow();
            assertThat(stored).as(now.toString()).isEqualTo(ends.token());
            clock.move(Duration.ofMinutes(10));
            assertThat(tokens.authenticate(revoked.plainText().reveal())).isInstanceOf(Accepted.class);
            assertThat(tokens.revoke(revoked.token().id())).isTrue();
            assertThat(tokens.authenticate(revoked.plainText().reveal())).isEqualTo(new Rejected(Reason.REVOKED));
            assertThat(endInLaravel(revoked, zone)).as(now.toString()).isBefore(clock.instant());
            assertThat(idle.authenticate(used.plainText().reveal())).isInstanceOf(Accepted.class);
            idle.flush();
            clock.move(Duration.ofMinutes(14));
            assertThat(idle.authenticate(used.plainText().reveal())).isInstanceOf(Accepted.class);
            assertThat(tokens.authenticate(ends.plainText().reveal()))
                    .as(now.toString())
                    .isInstanceOf(Accepted.class);
            clock.move(Duration.ofMinutes(2));
            assertThat(tokens.authenticate(ends.plainText().reveal()))
                    .as(now.toString())
                    .isEqualTo(new Rejected(Reason.EXPIRED));
            assertThat(endInLaravel(ends, zone)).as(now.toString()).isBefore(clock.instant());
            tokens.revoke(used.token().id());
        }
        assertThat(tokens.list(owner(1)))
                .hasSize(19)
                .allMatch(token -> token.metadata().equals(Map.of("kept", "as it is")));
    }

    /** A local time that comes twice is the second to PHP. */
    private Instant endInLaravel(NewToken token, String zone) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select expires_at from " + table + " where id = ?")) {
            select.setLong(1, token.token().id().value());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return LocalDateTime.parse(row.getString(1).replace(' ', 'T'))
                        .atZone(ZoneId.of(zone))
                        .withLaterOffsetAtOverlap()
                        .toInstant();
            }
        }
    }

    /** What a Laravel wrote or changed has no note beside it: such a token ends rather too early, and is rather too young. */
    @Test
    void timesOfOthersThatComeTwiceAreTakenWithCare() throws Exception {
        JdbcTokenStore berlin = JdbcTokenStore.builder(database.dataSource())
                .table(table)
                .timeZone(ZoneId.of("Europe/Berlin"))
                .build();
        MovableClock clock = MovableClock.at(Instant.parse("2026-10-25T01:10:00Z"));
        Tokens tokens = Tokens.builder(berlin).clock(clock).build();
        NewToken made = tokens.issue(TokenRequest.of(owner(1), "x").lifetime(Duration.ofMinutes(10)));
        database.run("update " + table + " set expires_at = '2026-10-25 02:50:00', created_at = '2026-10-25 02:30:00'");

        AccessToken token = tokens.find(made.token().id()).orElseThrow();
        assertThat(token.expiresAt()).isEqualTo("2026-10-25T00:50:00Z");
        assertThat(token.createdAt()).isEqualTo("2026-10-25T01:30:00Z");
    }

    @Test
    void ownerTypesAreCalledAsTheTableCallsThem() throws Exception {
        JdbcTokenStore mapped = JdbcTokenStore.builder(database.dataSource())
                .table(table)
                .ownerTypes(Map.of("user", "App\\Models\\User"))
                .build();
        Tokens tokens = Tokens.of(mapped);
        Owner laravels = Owner.of("App\\Models\\User", 1);
        var made = tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci"));
        var admins = tokens().issue(TokenRequest.of(Owner.of("App\\Models\\Admin", 1), "ci"));

        assertThat(tokens().find(made.token().id()).orElseThrow().owner()).isEqualTo(laravels);
        assertThat(tokens.find(made.token().id()).orElseThrow().owner()).isEqualTo(Owner.of("user", 1));
        assertThat(tokens.list(Owner.of("user", 1))).hasSize(1);
        assertThat(tokens.find(admins.token().id()).orElseThrow().owner().type())
                .isEqualTo("App\\Models\\Admin");
        assertThat(tokens.revokeAll(Owner.of("user", 1))).isEqualTo(1);

        for (String nobodys : List.of("user", "app\\models\\user", "App\\Models\\User ", "User")) {
            set("tokenable_type", nobodys);
            assertThat(tokens.find(admins.token().id()).orElseThrow().owner().type())
                    .as(nobodys)
                    .isNotEqualTo("user");
            assertThat(tokens.list(Owner.of("user", 1))).isEmpty();
            assertThat(tokens.revokeAll(Owner.of("user", 1))).isZero();
        }
        assertThatThrownBy(() -> JdbcTokenStore.builder(database.dataSource()).ownerTypes(Map.of("a", "x", "b", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("have the same name in the table: 'x'");
    }

    /** R24: who is changing a token for a while keeps nobody from noting the use of others, where rows can be skipped. */
    @Test
    void rowsThatAreLockedAreSkipped() throws Exception {
        if (database != Databases.POSTGRESQL && database != Databases.MARIADB) {
            return; // the others wait
        }
        JdbcTokenStore store =
                JdbcTokenStore.builder(database.dataSource()).table(table).build();
        Instant now = Instant.parse("2026-11-24T10:00:00Z");
        TokenId locked = tokens().issue(TokenRequest.of(owner(1), "locked").lifetime(Duration.ofDays(1)))
                .token()
                .id();
        TokenId free = tokens().issue(TokenRequest.of(owner(1), "free").lifetime(Duration.ofDays(1)))
                .token()
                .id();
        try (Connection other = database.dataSource().getConnection();
                PreparedStatement lock =
                        other.prepareStatement("update " + table + " set name = 'held' where id = ?")) {
            other.setAutoCommit(false);
            lock.setLong(1, locked.value());
            lock.executeUpdate();

            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                store.touch(Map.of(locked, new LastUse(now, "a"), free, new LastUse(now, "b")));
                assertThat(store.prune(Instant.now().plus(Duration.ofDays(2)), null, 10))
                        .isEqualTo(1); // the one whose use could be noted
            });
            other.rollback();
            other.setAutoCommit(true);
        }

        assertThat(tokens().find(free)).isEmpty();
        assertThat(tokens().find(locked).orElseThrow().lastUsedAt()).isNull();
        store.touch(Map.of(locked, new LastUse(now, "a")));
        assertThat(tokens().find(locked).orElseThrow().lastUsedFrom()).isEqualTo("a");
    }

    /** What is issued or rotated between the two halves of a revocation of all comes of a token that it revokes. */
    @Test
    void nothingComesOfATokenWhileAllAreRevoked() throws Exception {
        if (database == Databases.SQLITE) {
            return; // one writes at a time
        }
        for (int keep = 0; keep < 2; keep++) {
            AccessToken manager = tokens().issue(TokenRequest.of(owner(1), "manager", "a", "tokens:manage"))
                    .token();
            AccessToken other =
                    tokens().issue(TokenRequest.of(owner(1), "other", "a")).token();
            AccessToken kept =
                    tokens().issue(TokenRequest.of(owner(1), "kept", "a")).token();
            Tokens interrupted = Tokens.of(JdbcTokenStore.builder(interrupted("set revoked_at", () -> {
                        tokens().issue(TokenRequest.of(owner(1), "child", "a"), manager);
                        assertThat(tokens().rotate(other.id())).isPresent();
                    }))
                    .table(table)
                    .build());

            if (keep == 0) {
                assertThat(interrupted.revokeAll(owner(1))).isEqualTo(4);
                assertThat(tokens().list(owner(1))).isEmpty();
            } else {
                assertThat(interrupted.revokeOthers(owner(1), kept.id())).isEqualTo(3);
                assertThat(tokens().list(owner(1))).containsExactly(kept);
            }
        }
    }

    /** Connections that do something before the first statement that says this, or call of that name. */
    private DataSource interrupted(String sql, Runnable before) {
        AtomicBoolean done = new AtomicBoolean();
        return watched(sql, () -> {
            if (done.compareAndSet(false, true)) {
                before.run();
            }
        });
    }

    /** Connections that do something before each statement that says this, or call of that name. */
    private DataSource watched(String sql, Runnable before) {
        ClassLoader loader = getClass().getClassLoader();
        return (DataSource) Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (source, got, none) -> {
            Object connection = got.invoke(database.dataSource(), none);
            return Proxy.newProxyInstance(loader, new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                boolean says = args != null && args[0] instanceof String statement && statement.contains(sql);
                if (says || method.getName().equals(sql)) {
                    before.run();
                }
                return method.invoke(connection, args);
            });
        });
    }

    /** In a transaction of the application that has read already, and would read the same again. */
    @Test
    void openTransactionDoesNotDecideByWhatItReadBefore() throws Exception {
        if (database == Databases.SQLITE) {
            return; // one writes at a time
        }
        AccessToken narrowed = tokens().issue(TokenRequest.of(owner(1), "narrowed", "a", "b", "c"))
                .token();
        AccessToken manager = tokens().issue(TokenRequest.of(owner(1), "manager", "a", "b", "tokens:manage"))
                .token();
        AccessToken parent = tokens().issue(TokenRequest.of(owner(1), "parent", "a", "tokens:manage"))
                .token();
        AccessToken former = tokens().issue(TokenRequest.of(owner(1), "former", "a", "tokens:manage"))
                .token();
        AccessToken formers =
                tokens().issue(TokenRequest.of(owner(1), "child", "a"), former).token();
        AccessToken rotated =
                tokens().issue(TokenRequest.of(owner(2), "rotated", "a", "b")).token();
        AccessToken wide = tokens().issue(TokenRequest.of(owner(2), "wide", "a", "b", "tokens:manage"))
                .token();
        try (Connection open = database.dataSource().getConnection()) {
            open.setAutoCommit(false);
            Tokens within = Tokens.of(JdbcTokenStore.builder(database.dataSource())
                    .table(table)
                    .work(joining(open))
                    .build());
            assertThat(within.list(owner(1))).hasSize(5);
            AccessToken late = tokens().issue(TokenRequest.of(owner(2), "late", "a", "b"), wide)
                    .token();
            tokens().narrow(narrowed.id(), Abilities.of("a", "b"));
            tokens().narrow(manager.id(), Abilities.of("a", "tokens:manage"));
            tokens().narrow(rotated.id(), Abilities.of("a"));
            tokens().issue(TokenRequest.of(owner(1), "child", "a"), parent);
            tokens().narrow(former.id(), Abilities.of("a"));
            assertThat(tokens().rotate(formers.id())).isPresent();

            assertThatThrownBy(() -> within.narrow(narrowed.id(), Abilities.of("b", "c")))
                    .isInstanceOf(InvalidTokenRequestException.class);
            assertThatThrownBy(() -> within.issue(TokenRequest.of(owner(1), "child", "b"), manager))
                    .isInstanceOf(RuntimeException.class);
            assertThat(within.rotate(rotated.id()).orElseThrow().token().abilities())
                    .isEqualTo(Abilities.of("a"));
            assertThat(within.narrow(wide.id(), Abilities.of("a"))).isPresent();
            assertThat(within.find(late.id()).orElseThrow().abilities()).isEqualTo(Abilities.of("a"));
            assertThat(within.revoke(parent.id())).isTrue();
            assertThat(within.revoke(former.id())).isTrue();
            open.commit();
            open.setAutoCommit(true);
        }
        assertThat(tokens().list(owner(1))).extracting(AccessToken::name).containsExactly("manager", "narrowed");
    }

    private static JdbcWork joining(Connection open) {
        return new JdbcWork() {
            @Override
            public <T> T read(SqlFunction<T> query) throws SQLException {
                return query.apply(open);
            }

            @Override
            public <T> T write(SqlFunction<T> statements) throws SQLException {
                return statements.apply(open);
            }
        };
    }

    @Test
    void manyPruneAtOnceAndEachRowGoesOnce() throws Exception {
        int many = Integer.getInteger("sanctum.test.rows", 3_000);
        rows(many, "'2020-01-01 00:00:00', null");
        var kept = tokens().issue(TokenRequest.of(owner(1), "kept"));
        ExecutorService nodes = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> pruned = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                pruned.add(nodes.submit(() -> tokens().prune(Duration.ZERO)));
            }
            int total = 0;
            for (Future<Integer> one : pruned) {
                assertThat(tokens().authenticate(kept.plainText().reveal())).isInstanceOf(Accepted.class);
                total += one.get();
            }
            assertThat(total + tokens().prune(Duration.ZERO)).isEqualTo(many);
        } finally {
            nodes.shutdownNow();
        }
    }

    /** Who comes while another deletes finds the same tokens locked, and leaves them to it, the rest as well. */
    @ParameterizedTest
    @ValueSource(strings = {"'2020-01-01 00:00:00', null", "null, '2020-01-01 00:00:00'"})
    void oneNodePrunesAtATimeAThousandInATransaction(String times) throws Exception {
        rows(1_700, times);
        boolean waits = database == Databases.H2 || database == Databases.SQLITE;
        List<Integer> left = new ArrayList<>();
        List<Future<Integer>> meanwhile = new ArrayList<>();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Runnable look = () -> {
                left.add(count());
                if (meanwhile.isEmpty()) {
                    TokenStore second = JdbcTokenStore.builder(database.dataSource())
                            .table(table)
                            .build();
                    meanwhile.add(other.submit(() -> prune(second, 2_000)));
                    try {
                        meanwhile.get(0).get(waits ? 500 : 10_000, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException | ExecutionException | TimeoutException e) {
                        assertThat(waits).as("waits: " + e).isTrue();
                    }
                }
            };
            TokenStore first =
                    JdbcTokenStore.builder(watched("commit", look)).table(table).build();

            assertThat(prune(first, 2_000)).isEqualTo(1_700);
            assertThat(meanwhile.get(0).get()).isZero();
            assertThat(left).containsExactly(1_700, 700);
        } finally {
            other.shutdownNow();
        }
    }

    private void change(String sql) {
        try {
            database.run(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private int count() {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"expires_at, created_at", "created_at, expires_at"})
    void tokenThatIsRenewedAfterItWasFoundIsNotPruned(String column, String other) throws Exception {
        rows(1, "'2020-01-01 00:00:00', '2020-01-01 00:00:00'");
        database.run("update " + table + " set " + other + " = null");
        String renew = "update " + table + " set " + column + " = '2030-01-01 00:00:00'";
        TokenStore store = JdbcTokenStore.builder(interrupted("setAutoCommit", () -> change(renew)))
                .table(table)
                .build();

        assertThat(prune(store, 10)).isZero();
        assertThat(count()).isEqualTo(1);
    }

    /** Numbers go with the time of creation, mostly: what is older than those before it goes when it is reached. */
    @Test
    void oldTokensAreFoundPastThoseOfUnknownAgeAndAFewYoungOnes() throws Exception {
        String old = "null, '2020-01-01 00:00:00'";
        String young = "null, '2030-01-01 00:00:00'";
        rows(1_100, "null, null");
        rows(1_200, old);
        rows(1, young);
        rows(100, old);
        rows(1_100, young);
        rows(5, old);
        JdbcTokenStore store =
                JdbcTokenStore.builder(database.dataSource()).table(table).build();

        assertThat(prune(store, 520)).isEqualTo(520);
        assertThat(prune(store, 1_000)).isEqualTo(780);
        assertThat(prune(store, 1_000)).isZero(); // five are beyond those that are young
        database.run(
                "update " + table + " set created_at = '2021-01-01 00:00:00' where created_at > '2029-01-01 00:00:00'");
        assertThat(prune(store, 2_000)).isEqualTo(1_106);
        assertThat(prune(store, 1_000)).isZero();
        database.run("update " + table + " set created_at = '2021-01-01 00:00:00' where created_at is null");
        assertThat(prune(store, 2_000)).isEqualTo(1_100);
    }

    private static int prune(TokenStore store, int limit) {
        return store.prune(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"), limit);
    }

    private int rows;

    /** Tokens of one owner, with an expiry and a time of creation as a statement has them. */
    private void rows(int count, String times) throws Exception {
        String insert = "insert into " + table
                + " (tokenable_type, tokenable_id, name, token, abilities, expires_at, created_at)"
                + " values ('user', '1', 'old', ?, '[]', " + times + ")";
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(insert)) {
            for (int i = 0; i < count; i++) {
                statement.setString(1, "%064d".formatted(rows++));
                statement.addBatch();
            }
            connection.setAutoCommit(false);
            statement.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** A table that nobody has brought up to date goes on, as long as nobody has a key. */
    @Test
    void withoutTheTableOfKeysTokensAreIssuedAsEver() throws Exception {
        Tokens tokens = tokens();
        database.run("drop table " + JdbcTokenStore.KEYS_TABLE);

        assertThatThrownBy(() -> tokens.issueOnce(TokenRequest.of(owner(1), "ci"), "key"))
                .isInstanceOfSatisfying(
                        IdempotencyKeyException.class,
                        e -> assertThat(e.reason()).isEqualTo(IdempotencyKeyException.Reason.UNSUPPORTED))
                .hasMessage("the table sanctum_idempotency_keys is missing, or its rows may not be read, added, changed"
                        + " and deleted: apply the migrations from the classpath folder dev/sanctum4j/jdbc/"
                        + database.folder);
        assertThat(tokens.list(owner(1))).isEmpty();
        tokens.issue(TokenRequest.of(owner(1), "without"));

        database.migrate("V7__idempotency_keys.sql", table);
        assertThat(tokens.issueOnce(TokenRequest.of(owner(1), "ci"), "key").replayed())
                .isFalse();
        assertThat(tokens.issueOnce(TokenRequest.of(owner(1), "ci"), "key").replayed())
                .isTrue();
        assertThat(tokens.list(owner(1))).extracting(AccessToken::name).containsExactly("ci", "without");
    }

    /** The first transaction is as long as this test wants it; the other store has connections of its own. */
    @Test
    void keyThatAnotherNodeUsesIsWaitedForAndNotForLong() throws Exception {
        CountDownLatch stored = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicBoolean fails = new AtomicBoolean();
        Tokens slow = Tokens.of(JdbcTokenStore.builder(database.dataSource())
                .table(table)
                .work(working(statements -> connection -> {
                    Object made = statements.apply(connection);
                    stored.countDown();
                    await(released);
                    if (fails.get()) {
                        throw new SQLException("the node is gone", "HY000");
                    }
                    return made;
                }))
                .build());
        TokenRequest wanted = TokenRequest.of(owner(1), "ci", "a");
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<IssuedOnce> first = other.submit(() -> slow.issueOnce(wanted, "key"));
            assertThat(stored.await(20, TimeUnit.SECONDS)).isTrue();
            if (database != Databases.SQLITE) { // where nobody else writes at all
                assertThatThrownBy(() -> tokens().issueOnce(wanted, "key"))
                        .isInstanceOfSatisfying(
                                IdempotencyKeyException.class,
                                e -> assertThat(e.reason()).isEqualTo(IdempotencyKeyException.Reason.RUNNING));
                assertThat(tokens().issueOnce(wanted, "another").replayed()).isFalse();
            }
            released.countDown();

            AccessToken made = first.get().token();
            assertThat(tokens().issueOnce(wanted, "key")).isEqualTo(new IssuedOnce(made, null));

            fails.set(true);
            assertThatThrownBy(() -> slow.issueOnce(wanted, "failed")).isInstanceOf(TokenStoreException.class);
            assertThat(tokens().issueOnce(wanted, "failed").replayed()).isFalse();
            assertThat(tokens().list(owner(1))).hasSize(database == Databases.SQLITE ? 2 : 3);
        } finally {
            released.countDown();
            other.shutdownNow();
        }
    }

    private interface Wrapping {
        JdbcWork.SqlFunction<Object> around(JdbcWork.SqlFunction<?> statements);
    }

    private JdbcWork working(Wrapping wrapping) {
        JdbcWork work = JdbcWork.on(database.dataSource());
        return new JdbcWork() {
            @Override
            public <T> T read(SqlFunction<T> query) throws SQLException {
                return work.read(query);
            }

            @Override
            @SuppressWarnings("unchecked") // what is around returns what is within
            public <T> T write(SqlFunction<T> statements) throws SQLException {
                return (T) work.write(wrapping.around(statements));
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void severalStoresIssueOneTokenUnderAKey() throws Exception {
        ExecutorService nodes = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 10; round++) {
                TokenRequest wanted = TokenRequest.of(owner(1), "round-" + round);
                CyclicBarrier start = new CyclicBarrier(4);
                List<Future<IssuedOnce>> asked = new ArrayList<>();
                for (int node = 0; node < 4; node++) {
                    Tokens tokens = tokens();
                    asked.add(nodes.submit(() -> {
                        start.await();
                        return tokens.issueOnce(wanted, wanted.name());
                    }));
                }
                List<IssuedOnce> answers = new ArrayList<>();
                for (Future<IssuedOnce> one : asked) {
                    answers.add(one.get());
                }
                assertThat(answers).filteredOn(answer -> !answer.replayed()).hasSize(1);
                assertThat(answers)
                        .extracting(answer -> answer.token().id())
                        .containsOnly(answers.get(0).token().id());
            }
            assertThat(tokens().list(owner(1))).hasSize(10);
        } finally {
            nodes.shutdownNow();
        }
    }

    @Test
    void keysAreKeptAsHashesForOneTableAndNotForLong() throws Exception {
        MovableClock clock = MovableClock.at(Instant.parse("2026-11-24T10:15:30Z"));
        Tokens tokens = Tokens.builder(JdbcTokenStore.builder(database.dataSource())
                        .table(table)
                        .build())
                .clock(clock)
                .build();
        String other = "other_" + table;
        database.run("drop table if exists " + other);
        JdbcSchema.of(database.dataSource(), other).createIfMissing();
        for (int i = 0; i < 3; i++) {
            tokens.issueOnce(TokenRequest.of(owner(1), "ci"), "secret-key-" + i);
        }

        Tokens others = Tokens.builder(JdbcTokenStore.builder(database.dataSource())
                        .table(other)
                        .build())
                .clock(clock)
                .build();
        assertThat(others.issueOnce(TokenRequest.of(owner(1), "cd"), "secret-key-0")
                        .replayed())
                .as("another application's")
                .isFalse();
        database.run("drop table " + other);
        assertThat(keys()).hasSize(4).noneMatch(row -> row.contains("secret-key"));

        clock.move(Duration.ofMinutes(10));
        tokens.issueOnce(TokenRequest.of(owner(2), "ci"), "key");
        assertThat(keys()).as("old ones are gone, whoever's they were").hasSize(1);
    }

    private List<String> keys() throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select * from " + JdbcTokenStore.KEYS_TABLE)) {
            while (row.next()) {
                rows.add(row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
            }
        }
        return rows;
    }

    @Test
    void ownerThatTheColumnCannotHoldHasNoTokens() {
        assertThat(tokens().list(Owner.of("user", "no-number"))).isEmpty();
        if (laravels) {
            assertThatThrownBy(() -> tokens().issue(TokenRequest.of(Owner.of("user", "no-number"), "ci")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the id of owner user:no-number does not fit the column tokenable_id, which holds NUMBER");
        }
    }

    void set(String column, String value) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update = connection.prepareStatement("update " + table + " set " + column + " = ?")) {
            update.setString(1, value);
            update.executeUpdate();
        }
    }

    String table() {
        return table;
    }
}
