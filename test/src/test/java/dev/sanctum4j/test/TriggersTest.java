package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a trigger of ours does to the statements of others, and how it comes and goes. */
class TriggersTest {

    private static final String TABLE = "shared_tokens";
    private static final String ROW = "insert into " + TABLE
            + " (tokenable_type, tokenable_id, name, token) values ('user', '1', 'theirs', 'hash')";
    private static final String USE =
            "update " + TABLE + " set last_used_at = '2026-01-01 00:00:00', updated_at = '2026-01-01 00:00:00'";
    private static final String EDIT = "update " + TABLE + " set abilities = '[]'";
    private static final String DELETE = "delete from " + TABLE;

    private static JdbcSchema anew(Databases database, boolean laravels) throws SQLException {
        JdbcSchema schema = JdbcSchema.of(database.dataSource(), TABLE);
        schema.remove();
        database.run("drop table if exists " + TABLE);
        if (laravels) {
            database.createAsLaravel(TABLE);
        } else {
            schema.createIfMissing();
        }
        return schema;
    }

    private static List<String> ask(DataSource dataSource, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    /** What a Laravel does, all of which has to go on. */
    private static void assertNothingFails(Databases database) throws SQLException {
        for (String sql : List.of(ROW, USE, EDIT, DELETE)) {
            database.run(sql);
        }
        assertThat(ask(database.dataSource(), "select id from " + TABLE)).isEmpty();
        database.run((database == Databases.SQLITE ? "delete from " : "truncate table ") + TABLE);
    }

    @ParameterizedTest
    @EnumSource
    void triggersAreMadeOnceAndWhatIsOldIsMadeAnew(Databases database) throws Exception {
        JdbcSchema schema = anew(database, false);
        boolean has = database != Databases.H2;

        assertThat(schema.createTriggers()).isEqualTo(has);
        assertThat(schema.createTriggers()).isFalse();
        assertThat(schema.dropOutdatedTriggers()).isFalse();
        assertNothingFails(database);
        if (has) {
            makeOld(database);
            assertThat(schema.createTriggers()).isTrue();
            assertThat(schema.createTriggers()).isFalse();
            makeOld(database);
            assertThat(schema.dropOutdatedTriggers()).isTrue();
            assertThat(schema.dropOutdatedTriggers()).isFalse();
        }
        assertNothingFails(database);
    }

    private static void makeOld(Databases database) throws SQLException {
        switch (database) {
            case POSTGRESQL -> {
                try (Connection connection = database.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("create or replace function sanctum_changed() returns trigger language plpgsql"
                            + " as $$ begin return null; end $$");
                }
            }
            case MARIADB -> {
                database.run("drop trigger " + TABLE + "_deleted");
                database.run("create trigger " + TABLE + "_deleted after delete on " + TABLE
                        + " for each row replace into sanctum_" + TABLE + "_deleted values (old.id, utc_timestamp(6))");
            }
            default -> {
                try (Connection connection = database.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("drop trigger " + TABLE + "_deleted");
                    statement.execute("create trigger " + TABLE + "_deleted after delete on " + TABLE
                            + " begin insert or replace into sanctum_" + TABLE
                            + "_deleted values (old.id, '2026'); end");
                }
            }
        }
    }

    /** The function runs with the settings and the search path of whoever fires it. */
    @Test
    void laravelsStatementsSucceedWhateverTheFunctionOnPostgresMeets() throws Exception {
        Databases database = Databases.POSTGRESQL;
        JdbcSchema schema = anew(database, false);
        schema.createTriggers();
        for (String meets : List.of(
                "set sanctum.told = 'garbage'",
                "set sanctum.told = '99999999999999999999:1'",
                "set sanctum.probe = 'garbage'",
                "set sanctum.probe = ''",
                "create schema broken; create function broken.pg_notify(text, text) returns void language plpgsql"
                        + " as 'begin raise exception ''broken''; end'; set search_path = broken, public, pg_catalog",
                "alter table " + TABLE + " drop column revoked_at",
                "alter table " + TABLE + " add column extra json",
                "alter table " + TABLE + " alter column abilities type json using abilities::json",
                "alter table " + TABLE + " rename column tokenable_id to owner_id")) {
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(meets);
                statement.execute(meets.contains("owner_id") ? ROW.replace("tokenable_id", "owner_id") : ROW);
                assertThat(statement.executeUpdate(USE)).as(meets).isEqualTo(1);
                assertThat(statement.executeUpdate(EDIT)).as(meets).isEqualTo(1);
                assertThat(statement.executeUpdate(DELETE)).as(meets).isEqualTo(1);
                statement.execute("truncate " + TABLE);
                connection.rollback();
                statement.execute("reset all");
                connection.commit();
                connection.setAutoCommit(true);
            }
        }
    }

    @Test
    void laravelsDeletesSucceedOnMariaDbWithoutTheTableOfTheTrigger() throws Exception {
        JdbcSchema schema = anew(Databases.MARIADB, true);
        Databases.MARIADB.migrate("V2__sanctum4j_columns.sql", TABLE);
        schema.createTriggers();
        Databases.MARIADB.run("drop table sanctum_" + TABLE + "_deleted");

        assertNothingFails(Databases.MARIADB);
    }

    /** What MySQL checks before the trigger runs no handler can catch, so a Laravel's table has none unless somebody asks. */
    @Test
    void nobodyCanDeleteOnMariaDbOnceTheAccountThatMadeTheTriggerIsGone() throws Exception {
        Databases database = Databases.MARIADB;
        JdbcSchema schema = anew(database, true);
        database.migrate("V2__sanctum4j_columns.sql", TABLE);
        assertThat(schema.triggersAreInNobodysWay()).isFalse();
        database.run("create or replace user gone@localhost");
        schema.createTriggers();
        database.run("drop trigger " + TABLE + "_deleted");
        database.run("create definer = gone@localhost trigger " + TABLE + "_deleted after delete on " + TABLE
                + " for each row set @told = 1");
        database.run("drop user gone@localhost");
        database.run(ROW);

        assertThatThrownBy(() -> database.run(DELETE))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1449));
        schema.remove();
        database.run(DELETE);
    }

    @ParameterizedTest
    @EnumSource
    void tableIsToldFromOneThatALaravelMade(Databases database) throws Exception {
        assertThat(anew(database, false).triggersAreInNobodysWay()).isTrue();
        if (database != Databases.H2) {
            assertThat(anew(database, true).triggersAreInNobodysWay()).isEqualTo(database == Databases.POSTGRESQL);
        }
    }

    /** MySQL's default: a binary log, and an account that is no administrator's. */
    @Test
    void accountThatMayCreateNoTriggerIsToldSoAndLeavesNothingBehind() throws Exception {
        Databases database = Databases.MARIADB;
        anew(database, false);
        database.run("create or replace user limited@'127.0.0.1' identified by 'limited'");
        database.run("grant all on *.* to limited@'127.0.0.1'");
        database.run("revoke super, binlog admin on *.* from limited@'127.0.0.1'");
        String url = ask(database.dataSource(), "select concat('jdbc:mariadb://127.0.0.1:', @@port, '/', database())")
                .get(0);
        DataSource limited = new DriverManagerDataSource(url, "limited", "limited");
        assertThat(ask(limited, "select @@log_bin"))
                .as("CI's server writes a binary log")
                .containsExactly("1");
        JdbcSchema schema = JdbcSchema.of(limited, TABLE);

        assertThatThrownBy(schema::createTriggers)
                .isInstanceOf(TokenStoreException.class)
                .hasMessageContaining("code 1419");
        assertThat(ask(limited, "show tables like 'sanctum\\_" + TABLE + "\\_deleted'"))
                .isEmpty();
        assertNothingFails(database);

        // Once an administrator made them, the account finds nothing to do, whether it may see them or not
        JdbcSchema.of(database.dataSource(), TABLE).createTriggers();
        assertThat(schema.createTriggers()).isFalse();
        database.run("revoke all on *.* from limited@'127.0.0.1'");
        database.run("grant select, insert, update, delete on *.* to limited@'127.0.0.1'");
        assertThat(schema.createTriggers()).isFalse();
        database.run("drop user limited@'127.0.0.1'");
    }

    @ParameterizedTest
    @EnumSource
    void everythingOfOursCanBeTakenAwayAndComeAgain(Databases database) throws Exception {
        JdbcSchema schema = anew(database, false);
        schema.createTriggers();
        database.run(ROW);

        schema.remove();
        schema.remove(); // nothing is left to take away

        assertThat(schema.missing())
                .hasValue("the table " + TABLE + " lacks the columns revoked_at, issued_by, metadata, last_used_from");
        assertThat(ask(database.dataSource(), "select name from " + TABLE)).containsExactly("theirs");
        database.run(DELETE);
        for (String file : List.of(
                "V1__personal_access_tokens",
                "V2__sanctum4j_columns",
                "V3__last_used_from",
                "V4__owner_index",
                "V5__actor",
                "V8__hint")) {
            database.migrate(file + ".sql", TABLE);
        }
        assertThat(schema.missing()).isEmpty();
        assertThat(schema.createTriggers()).isEqualTo(database != Databases.H2);
        database.run("drop table " + TABLE); // the other order
        schema.remove();
        if (database == Databases.POSTGRESQL) {
            assertThat(ask(
                            database.dataSource(),
                            "select 1 from pg_proc f where proname = 'sanctum_changed'"
                                    + " and not exists (select 1 from pg_trigger where tgfoid = f.oid)"))
                    .isEmpty();
        }
        assertThatThrownBy(() -> ask(database.dataSource(), "select * from sanctum_" + TABLE + "_deleted"))
                .isInstanceOf(SQLException.class);
    }

    /** Two applications in one schema, of which one goes: what was asked of the other waits on. */
    @ParameterizedTest
    @EnumSource
    void requestsOfAnotherApplicationStayUntilTheyAreOver(Databases database) throws Exception {
        JdbcSchema schema = anew(database, false);
        database.run("drop table if exists " + JdbcApprovalStore.TABLE);
        JdbcSchema.createRequests(database.dataSource());
        JdbcApprovalStore ours = JdbcApprovalStore.of(database.dataSource(), TABLE);
        JdbcApprovalStore theirs = JdbcApprovalStore.of(database.dataSource(), "other_tokens");
        Instant now = Instant.parse("2026-11-29T10:15:30Z");
        ours.insert(asked("ours", now));
        theirs.insert(asked("theirs", now));

        schema.remove();

        assertThat(ours.findByUserCode(SecretHash.of("user ours"))).isEmpty();
        assertThat(theirs.findByUserCode(SecretHash.of("user theirs"))).isPresent();
        theirs.prune(now.plusSeconds(601));
        schema.remove();
        assertThat(JdbcSchema.hasRequests(database.dataSource())).isFalse();
    }

    private static ApprovalDraft asked(String name, Instant now) {
        return new ApprovalDraft(
                SecretHash.of("device " + name),
                SecretHash.of("user " + name),
                "cli",
                "cli",
                Abilities.of("orders:read"),
                Duration.ofHours(1),
                "192.0.2.7",
                "192.0.2.7",
                now,
                now.plusSeconds(600),
                Duration.ofSeconds(5),
                null);
    }

    /** An application's own Flyway, whose history says that an older text of the script was applied. */
    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void flywayOfAnApplicationBringsTheTriggersAsBefore(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_triggers");
        for (int i = 0; i < 2; i++) {
            Flyway.configure()
                    .dataSource(dataSource)
                    .locations(
                            JdbcSchema.location(dataSource),
                            JdbcSchema.triggerLocation(dataSource).orElseThrow())
                    .placeholders(Map.of("table", TABLE, "name", TABLE))
                    .load()
                    .migrate();
        }

        assertThat(JdbcSchema.of(dataSource, TABLE).createTriggers()).isFalse();
    }
}
