package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Column types that migration tools make: either a token can be issued and checked, or the column is named. */
class ColumnTypesTest {

    private static final String TABLE = "typed_tokens";

    private static Map<String, String> columns(Databases database) {
        String time = database == Databases.MARIADB ? "datetime(6)" : "timestamp(6)";
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("tokenable_type", "varchar(255)");
        columns.put("tokenable_id", "varchar(255)");
        columns.put("name", "varchar(255)");
        columns.put("token", "varchar(64)");
        columns.put("abilities", "text");
        columns.put("metadata", "text");
        columns.put("last_used_from", "varchar(64)");
        columns.put("actor", "varchar(240)");
        columns.put("hint", "varchar(4)");
        columns.put("issued_by", "bigint");
        List.of("last_used_at", "expires_at", "created_at", "updated_at", "revoked_at")
                .forEach(column -> columns.put(column, time));
        return columns;
    }

    private static List<String> types(Databases database) {
        return switch (database) {
            case POSTGRESQL ->
                List.of(
                        "text",
                        "varchar(255)",
                        "varchar",
                        "char(64)",
                        "varchar(40)",
                        "json",
                        "jsonb",
                        "uuid",
                        "text[]",
                        "bytea",
                        "smallint",
                        "int",
                        "bigint",
                        "numeric(20)",
                        "boolean",
                        "double precision",
                        "date",
                        "timestamp(0)",
                        "timestamptz",
                        "timestamptz(0)",
                        "time");
            case H2 ->
                List.of(
                        "text",
                        "varchar(255)",
                        "char(64)",
                        "varchar(40)",
                        "json",
                        "uuid",
                        "binary varying(64)",
                        "smallint",
                        "int",
                        "bigint",
                        "numeric(20)",
                        "boolean",
                        "double precision",
                        "date",
                        "timestamp(0)",
                        "timestamp with time zone",
                        "time");
            default ->
                List.of(
                        "text",
                        "tinytext",
                        "longtext",
                        "varchar(255)",
                        "char(64)",
                        "varchar(40)",
                        "json",
                        "smallint",
                        "int",
                        "int unsigned",
                        "bigint",
                        "bigint unsigned",
                        "decimal(20)",
                        "boolean",
                        "double",
                        "date",
                        "datetime",
                        "timestamp null",
                        "time",
                        "blob");
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL", "MARIADB"})
    void columnOfAnyTypeWorksOrIsNamed(Databases database) throws Exception {
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (String column : columns(database).keySet()) {
            for (String type : types(database)) {
                Map<String, String> changed = columns(database);
                changed.put(column, type);
                create(database, "bigint", changed);
                outcomes.put(column + " " + type, outcome(database, column, type));
            }
        }
        for (String type : List.of("int", "bigint", "smallint")) {
            create(database, type, columns(database));
            outcomes.put("id " + type, outcome(database, "id", type));
        }

        assertThat(outcomes.entrySet())
                .filteredOn(outcome -> !List.of("works", "named").contains(outcome.getValue()))
                .isEmpty();
        assertThat(outcomes)
                .containsEntry("abilities text", "works")
                .containsEntry("abilities varchar(255)", "works")
                .containsEntry("token char(64)", "works")
                .containsEntry("token varchar(40)", "named")
                .containsEntry("tokenable_id bigint", "works")
                .containsEntry("tokenable_id int", "works")
                .containsEntry("expires_at date", "named")
                .containsEntry("expires_at bigint", "named");
        if (database == Databases.MARIADB) {
            assertThat(outcomes)
                    .containsEntry("abilities json", "works")
                    .containsEntry("metadata json", "works")
                    .containsEntry("tokenable_id json", "named")
                    .containsEntry("last_used_from json", "named");
        }
        if (database == Databases.POSTGRESQL) {
            assertThat(outcomes)
                    .containsEntry("abilities jsonb", "named")
                    .containsEntry("abilities json", "named")
                    .containsEntry("tokenable_id uuid", "works")
                    .containsEntry("expires_at timestamptz", "works");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL", "MARIADB"})
    void columnThatIsTooNarrowOrPadsTextIsNamed(Databases database) throws Exception {
        assertThat(told(database, "last_used_from", "varchar(39)"))
                .contains("last_used_from is ")
                .endsWith(" and must be text of varying length, of 45 characters or more");
        assertThat(told(database, "last_used_from", "varchar(45)")).isEmpty();
        assertThat(told(database, "actor", "varchar(40)"))
                .endsWith(" and must be text of varying length, of 120 characters or more");
        assertThat(told(database, "hint", "varchar(3)"))
                .endsWith(" and must be text of varying length, of 4 characters or more");
        if (database != Databases.MARIADB) { // which takes the spaces away
            assertThat(told(database, "token", "char(80)")).endsWith(" and must be text of 64 characters");
            assertThat(told(database, "name", "char(255)")).endsWith(" and must be text of varying length");
            assertThat(told(database, "last_used_from", "char(64)")).contains(" and must be ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void columnThatMayNotBeEmptyIsNamed(Databases database) throws Exception {
        for (String column : List.of(
                "metadata",
                "issued_by",
                "expires_at",
                "last_used_at",
                "last_used_from",
                "revoked_at",
                "actor",
                "hint")) {
            assertThat(told(database, column, columns(database).get(column) + " not null"))
                    .isEqualTo("in the table " + TABLE + " " + column + " is not null and must be nullable");
        }
    }

    private static String told(Databases database, String column, String type) throws Exception {
        Map<String, String> changed = columns(database);
        changed.put(column, type);
        create(database, "bigint", changed);
        return JdbcSchema.of(database.dataSource(), TABLE).missing().orElse("");
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL", "MARIADB"})
    void addressThatHasNoRoomKeepsNoUseFromBeingNoted(Databases database) throws Exception {
        assertThat(told(database, "last_used_from", "varchar(45)")).isEmpty();
        TokenStore store =
                JdbcTokenStore.builder(database.dataSource()).table(TABLE).build();
        Tokens tokens = Tokens.of(store);
        List<TokenId> ids = IntStream.range(0, 5)
                .mapToObj(i -> tokens.issue(TokenRequest.of(Owner.of("user", "7"), "ci", "orders:read"))
                        .token()
                        .id())
                .toList();
        Instant now = Instant.parse("2026-11-24T10:15:30Z");
        Map<TokenId, LastUse> uses = new LinkedHashMap<>();
        ids.forEach(id -> uses.put(id, new LastUse(now, "192.0.2.7")));
        uses.put(ids.get(2), new LastUse(now, "x".repeat(46)));

        store.touch(uses);

        assertThat(ids).allSatisfy(id -> {
            AccessToken token = tokens.find(id).orElseThrow();
            assertThat(token.lastUsedAt()).isEqualTo(now);
            assertThat(token.lastUsedFrom()).isEqualTo(id.equals(ids.get(2)) ? null : "192.0.2.7");
        });
    }

    private static String outcome(Databases database, String column, String type) {
        Optional<String> told = JdbcSchema.of(database.dataSource(), TABLE).missing();
        if (told.isPresent()) {
            return told.get().startsWith("in the table " + TABLE + " " + column + " is ")
                            && told.get().contains(" and must be ")
                    ? "named"
                    : told.get();
        }
        Owner owner = Owner.of("user", type.equals("uuid") ? UUID.randomUUID().toString() : "7");
        try {
            Tokens tokens = Tokens.of(
                    JdbcTokenStore.builder(database.dataSource()).table(TABLE).build());
            String text = tokens.issue(TokenRequest.of(owner, "ci", "orders:read"))
                    .plainText()
                    .reveal();
            return tokens.authenticate(text) instanceof Verdict.Accepted accepted
                            && accepted.token().owner().equals(owner)
                            && accepted.token().can("orders:read")
                            && tokens.list(owner).size() == 1
                    ? "works"
                    : "is another";
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void create(Databases database, String id, Map<String, String> columns) throws Exception {
        database.run("drop table if exists " + TABLE);
        String identity = switch (database) {
            case MARIADB -> " auto_increment";
            case SQLITE -> "";
            default -> " generated by default as identity";
        };
        StringBuilder sql = new StringBuilder("create table " + TABLE + " (id " + id + identity + " primary key");
        columns.forEach(
                (name, type) -> sql.append(", ").append(name).append(' ').append(type));
        database.run(sql.append(')').toString());
    }
}
