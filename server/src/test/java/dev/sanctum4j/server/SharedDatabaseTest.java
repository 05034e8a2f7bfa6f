package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.cli.Cli;
import dev.sanctum4j.server.cli.Contexts;
import dev.sanctum4j.server.cli.Tables;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The server in a database that others change behind its back, and with an account that may little there. */
@ExtendWith(OutputCaptureExtension.class)
@ExtendWith(TestDatabases.class)
class SharedDatabaseTest {

    private static final String TOKENS = "personal_access_tokens";
    private static final String OURS = TOKENS + "_deleted";
    private static final Path PAGE = Path.of("..", "docs", "with-laravel.md");

    @TempDir
    private Path folder;

    private final Map<String, String> settings = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String url = "";
    private JdbcTemplate jdbc = new JdbcTemplate();

    private void in(LaravelDatabase database) throws Exception {
        url = database.create(folder);
        jdbc = LaravelDatabase.jdbc(url);
        settings.put("SANCTUM_DATABASE_URL", url);
        settings.put("SANCTUM_LARAVEL_USERS", "users");
    }

    @AfterEach
    void forget() {
        settings.keySet().forEach(System::clearProperty);
    }

    /** As the server starts, without what answers. */
    private ConfigurableApplicationContext start(Contexts.Migrations migrations, boolean verbose) {
        settings.forEach(System::setProperty);
        return SanctumServer.command(settings, migrations, verbose);
    }

    private int run(String... args) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return Cli.run(args, this::start, new BufferedReader(new StringReader("")), stream, stream);
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void assertStartsAndWorks(String after) {
        try (ConfigurableApplicationContext server = start(Contexts.Migrations.APPLY, false)) {
            assertThat(server.getBean(Tables.class).pending()).as(after).isEmpty();
            if (!settings.containsKey("SANCTUM_LARAVEL_USERS")) {
                server.getBean(Accounts.class).create("Ada", "ada@example.test", "a long password", Account.Role.USER);
            } else if (jdbc.queryForList("select id from users").isEmpty()) {
                sql("insert into users (name, email, password) values ('Ada', 'ada@example.test', '-')");
            }
            Tokens tokens = server.getBean(Tokens.class);
            String text = tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci", "a"))
                    .plainText()
                    .reveal();
            assertThat(tokens.authenticate(text)).as(after).isInstanceOf(Verdict.Accepted.class);
        }
        assertThat(run("doctor")).as(after).isEqualTo(1); // nobody may administer it
        assertThat(told()).as(after).doesNotContain("The tables lack", "The account of the database");
        try (ConfigurableApplicationContext again = start(Contexts.Migrations.REFUSE, false)) {
            assertThat(again.isActive()).as(after).isTrue();
        }
    }

    private void sql(String... statements) {
        for (String one : statements) {
            jdbc.execute(one);
        }
    }

    private List<String> tables() {
        String sql = url.contains("sqlite")
                ? "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
                : "select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = "
                        + (url.contains("mariadb") ? "database()" : "current_schema()");
        return jdbc.queryForList(sql, String.class);
    }

    /** As Laravel drops them: without looking at what refers to them. */
    private void drop(LaravelDatabase database, Pattern which) throws Exception {
        List<String> names = tables().stream()
                .filter(name -> which.matcher(name).matches())
                .map(name -> database == LaravelDatabase.MARIADB ? "`" + name + "`" : "\"" + name + "\"")
                .toList();
        switch (database) {
            case POSTGRESQL -> sql("drop table " + String.join(", ", names) + " cascade");
            case MARIADB ->
                LaravelDatabase.run(url, "set foreign_key_checks = 0; drop table " + String.join(", ", names));
            case SQLITE -> names.forEach(name -> sql("drop table " + name));
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverStartsAgainWhateverWasDroppedBehindItsBack(LaravelDatabase database) throws Exception {
        in(database);
        assertStartsAndWorks("the first start");

        drop(database, Pattern.compile(".*"));
        database.makeTables(url);
        assertStartsAndWorks("php artisan migrate:fresh");

        drop(database, Pattern.compile("users|" + TOKENS));
        database.makeTables(url);
        assertStartsAndWorks("php artisan migrate:refresh");

        drop(database, Pattern.compile("sanctum_(token|server)_history"));
        assertStartsAndWorks("both histories dropped");

        drop(database, Pattern.compile("sanctum_.*", Pattern.CASE_INSENSITIVE));
        assertStartsAndWorks("every table of ours dropped");

        drop(database, Pattern.compile("sanctum_clients|sanctum_audit"));
        assertStartsAndWorks("two tables of ours dropped");

        drop(database, Pattern.compile("sanctum_server_history|sanctum_session.*", Pattern.CASE_INSENSITIVE));
        assertStartsAndWorks("a history dropped, and some tables");
    }

    @ParameterizedTest
    @EnumSource
    void everythingOfOursIsTakenAwayBeforeOrAfterLaravelDropsItsTables(LaravelDatabase database) throws Exception {
        in(database);
        Set<String> before = objects();
        assertStartsAndWorks("the first start");
        assertThat(run("database", "remove")).isEqualTo(1);
        assertThat(told()).contains("Nothing was changed; say --yes.");
        assertThat(run("database", "triggers")).isZero();
        assertThat(told())
                .contains(database == LaravelDatabase.POSTGRESQL ? "nobody's statement fails" : "cannot make");

        assertThat(run("database", "remove", "--yes")).as(told()).isZero();
        assertThat(objects()).isEqualTo(before);
        assertThat(run("database", "remove", "--yes", "--verbose")).as(told()).isZero();
        sql("delete from " + TOKENS);
        assertStartsAndWorks("taken away, and started again");

        assertThat(run("database", "triggers")).isZero();
        drop(database, Pattern.compile("users|" + TOKENS));
        assertThat(run("database", "remove", "--yes")).as(told()).isZero();
        assertThat(objects()).isEmpty();
        database.makeTables(url);
        assertStartsAndWorks("dropped by Laravel, then taken away, and started again");
    }

    /** Tables with their columns, indexes, triggers and functions, by the names that people give them. */
    private Set<String> objects() {
        String sql;
        if (url.contains("sqlite")) {
            sql = "select type || ' ' || name from sqlite_master where name not like 'sqlite%' union"
                    + " select 'column ' || c.name from pragma_table_info('" + TOKENS + "') c";
        } else if (url.contains("mariadb")) {
            sql = "select concat('table ', table_name) from information_schema.tables where table_schema = database()"
                    + " union select concat('column ', column_name) from information_schema.columns"
                    + " where table_schema = database() and table_name = '" + TOKENS + "'"
                    + " union select concat('index ', index_name) from information_schema.statistics"
                    + " where table_schema = database() and index_name <> 'PRIMARY' and table_name = '" + TOKENS + "'"
                    + " union select concat('trigger ', trigger_name) from information_schema.triggers"
                    + " where trigger_schema = database()";
        } else {
            sql =
                    "select 'table ' || relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
                            + " union select 'column ' || attname from pg_attribute where attrelid = to_regclass('"
                            + TOKENS
                            + "') and attnum > 0 and not attisdropped"
                            + " union select 'index ' || i.indexrelid::regclass from pg_index i where i.indrelid = to_regclass('"
                            + TOKENS + "')"
                            + " union select 'trigger ' || tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
                            + " where not tgisinternal and c.relnamespace = current_schema()::regnamespace"
                            + " union select 'function ' || proname from pg_proc where pronamespace = current_schema()::regnamespace";
        }
        return new TreeSet<>(jdbc.queryForList(sql, String.class));
    }

    @ParameterizedTest
    @EnumSource
    void pageNamesEverythingOfOurs(LaravelDatabase database) throws Exception {
        in(database);
        Set<String> before = objects();
        start(Contexts.Migrations.APPLY, false).close();
        assertThat(run("database", "triggers")).isZero();
        Set<String> ours = objects();
        ours.removeAll(before);
        ours.removeIf(name -> name.startsWith("index sanctum_"));

        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("## What is changed"), page.indexOf("## Who a token belongs to"));
        for (String one : ours) {
            assertThat(section.toLowerCase(Locale.ROOT))
                    .contains("`" + one.substring(one.indexOf(' ') + 1).toLowerCase(Locale.ROOT));
        }
        assertThat(ours).hasSizeGreaterThan(10);
    }

    private Flyway olderServer(LaravelDatabase database, String user, String password) {
        String kind =
                database == LaravelDatabase.MARIADB ? "mysql" : database.name().toLowerCase(Locale.ROOT);
        return Flyway.configure()
                .dataSource(url, user, password)
                .locations("classpath:dev/sanctum4j/jdbc/" + kind, "classpath:fixtures/57dd67b/triggers/" + kind)
                .table("sanctum_token_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .placeholders(Map.of("table", TOKENS, "name", TOKENS))
                .load();
    }

    /** MySQL's default: a binary log, and an account that is no administrator's. 57dd67b never started there, nor afterwards. */
    @Test
    void serverStartsWhereAnOlderOneHadFailedToCreateItsTrigger(CapturedOutput output) throws Exception {
        in(LaravelDatabase.MARIADB);
        settings.remove("SANCTUM_LARAVEL_USERS");
        sql("drop table users, " + TOKENS);
        limited("grant all on *.*", "revoke super, binlog admin on *.*");
        assertThatThrownBy(() -> olderServer(LaravelDatabase.MARIADB, "limited", "limited")
                        .migrate())
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("1419");
        assertThat(jdbc.queryForList("select success from sanctum_token_history where version is null", Boolean.class))
                .containsExactly(false);

        try (ConfigurableApplicationContext server = start(Contexts.Migrations.APPLY, true)) {
            assertThat(server.getBean(Tables.class).pending()).isEmpty();
        }

        assertThat(output)
                .contains("There are no triggers", "code 1419", "SANCTUM_SERVER_TRIGGERS=false", "database triggers");
        assertStartsAndWorks("a failed attempt");
        assertThat(run("database", "triggers")).isEqualTo(69);
        assertThat(told()).contains("code 1419", "SUPER", "log_bin_trust_function_creators");
    }

    private void limited(String... grants) {
        sql("create or replace user limited@'127.0.0.1' identified by 'limited'");
        for (String grant : grants) {
            sql(grant + (grant.startsWith("grant") ? " to" : " from") + " limited@'127.0.0.1'");
        }
        url = url.replaceAll("[?].*", "");
        settings.put("SANCTUM_DATABASE_URL", url);
        settings.put("SANCTUM_DATABASE_USERNAME", "limited");
        settings.put("SANCTUM_DATABASE_PASSWORD", "limited");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTGRESQL")
    void triggerOfAnOlderServerIsDroppedFromALaravelsTable(LaravelDatabase database, CapturedOutput output)
            throws Exception {
        in(database);
        olderServer(database, database == LaravelDatabase.MARIADB ? "root" : "", "")
                .migrate();
        assertThat(objects()).contains("trigger " + OURS);

        start(Contexts.Migrations.APPLY, true).close();
        assertThat(objects()).doesNotContain("trigger " + OURS, "table sanctum_" + OURS);
        assertThat(output).contains("The trigger " + OURS + " of an earlier version is dropped");

        assertThat(run("database", "triggers")).isZero(); // asked for
        start(Contexts.Migrations.APPLY, true).close();
        assertThat(objects()).contains("trigger " + OURS, "table sanctum_" + OURS);
    }

    /** The statements of the page, one by one. */
    private List<String> granted(String kind) throws Exception {
        String page = Files.readString(PAGE);
        int from = page.indexOf("```sql " + kind) + ("```sql " + kind).length();
        List<String> statements = new ArrayList<>();
        for (String one : page.substring(from, page.indexOf("```", from)).split(";", -1)) {
            if (!one.isBlank()) {
                statements.add(one.strip());
            }
        }
        return statements;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
    void accountWithTheRightsOfThePageIssuesTokensAndWithAnyOneLessTheStartEnds(LaravelDatabase database)
            throws Exception {
        in(database);
        boolean postgres = database == LaravelDatabase.POSTGRESQL;
        sql("insert into users (name, email, password) values ('Ada', 'ada@example.test',"
                + " '$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O')");
        start(Contexts.Migrations.APPLY, false).close();
        if (postgres) {
            sql(
                    "do $$ begin if exists (select from pg_roles where rolname = 'shop') then"
                            + " drop owned by shop; drop role shop; end if; end $$",
                    "create role shop login");
        } else {
            sql("drop user if exists 'shop'@'%'", "create user 'shop'@'%'");
        }
        String name = postgres ? "" : url.replaceAll("jdbc:mariadb://[^/]*/([^?]*).*", "$1");
        for (String grant : granted(postgres ? "postgresql" : "mysql")) {
            sql(
                    postgres
                            ? grant.replace("schema public", "schema laravel")
                            : grant.replace(" shop.", " " + name + "."));
        }
        settings.put("SANCTUM_DATABASE_URL", url.replaceAll("([?&])user=[^&]*", "$1"));
        settings.put("SANCTUM_DATABASE_USERNAME", "shop");
        settings.put("SANCTUM_DATABASE_PASSWORD", "");

        settings.forEach(System::setProperty);
        try (ConfigurableApplicationContext server =
                SanctumServer.application(settings).run("--PORT=0", "--MANAGEMENT_PORT=0")) {
            int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            String token = new Client(port).exchange("ada@example.test", "correct horse battery staple");
            assertThat(new Client(port).bearer("GET", "/api/user", token).statusCode())
                    .isEqualTo(200);

            // What is taken away later is told apart from what cannot be checked
            sql("revoke insert on " + TOKENS + " from " + (postgres ? "shop" : "'shop'@'%'"));
            assertThat(new Client(port)
                            .exchanged("ada@example.test", "correct horse battery staple")
                            .body())
                    .contains("\"code\":\"could-not-be-stored\"");
            assertThat(new Client(port).bearer("GET", "/api/user", token).statusCode())
                    .isEqualTo(200);
            sql("grant insert on " + TOKENS + " to " + (postgres ? "shop" : "'shop'@'%'"));
        }

        List<String> needed = new ArrayList<>(List.of(
                "select on " + TOKENS,
                "insert on " + TOKENS,
                "update on " + TOKENS,
                "delete on " + TOKENS,
                "select on users",
                "insert on sanctum_audit",
                "delete on sanctum_audit",
                "update on sanctum_audit_keep",
                "update on sanctum_laravel_users",
                "delete on sanctum_session",
                "select on sanctum_token_history",
                "select on sanctum_server_history"));
        if (postgres) {
            needed.add("usage on schema laravel");
            needed.add("usage on sequence " + TOKENS + "_id_seq");
        }
        String whom = postgres ? "shop" : "'shop'@'%'";
        for (String right : needed) {
            sql("revoke " + right + " from " + whom);
            String cure = "grant " + right + " to " + whom;
            assertThatThrownBy(() -> start(Contexts.Migrations.APPLY, false))
                    .as(right)
                    .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class)
                    .rootCause()
                    .hasMessageContaining(cure);
            assertThat(run("doctor", "--verbose")).as(told()).isEqualTo(1);
            assertThat(told())
                    .as(right)
                    .contains("The account of the database may not", cure)
                    .doesNotContain("The tables lack");
            sql(cure);
        }
        start(Contexts.Migrations.APPLY, false).close();

        assertThat(run("database", "remove", "--yes")).as(told()).isEqualTo(69);
        assertThat(told()).contains("The database refused this to its account (", postgres ? "42501" : "code 1");

        // Before 'migrate' was run, or after migrate:fresh
        drop(database, Pattern.compile("sanctum_.*", Pattern.CASE_INSENSITIVE));
        Set<String> left = objects();
        assertThatThrownBy(() -> start(Contexts.Migrations.APPLY, false))
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("./run migrate' with an account that may change tables");
        assertThat(objects()).isEqualTo(left);
        if (!postgres) {
            sql("grant select on " + name + ".* to 'shop'@'%'");
            assertThatThrownBy(() -> start(Contexts.Migrations.APPLY, false))
                    .rootCause()
                    .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                    .hasMessageContaining("The database refused a change of tables (SQLSTATE 42000, code 1142: CREATE");
            assertThat(objects()).isEqualTo(left);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tableOfTheTokensIsLeftToTheLaravelThatIsToMakeIt(LaravelDatabase database) throws Exception {
        in(database);
        drop(database, Pattern.compile(".*"));
        assertEndsBecauseOf("users");

        database.makeTables(url);
        drop(database, Pattern.compile(TOKENS));
        assertEndsBecauseOf(TOKENS);

        drop(database, Pattern.compile("users"));
        database.makeTables(url);
        assertStartsAndWorks("php artisan migrate");

        drop(database, Pattern.compile(TOKENS)); // its migration rolled back
        Set<String> ours = objects();
        assertEndsBecauseOf(TOKENS);
        assertThat(objects()).isEqualTo(ours);
        drop(database, Pattern.compile("users"));
        database.makeTables(url);
        assertStartsAndWorks("migrated again");
    }

    private void assertEndsBecauseOf(String missing) {
        Set<String> before = objects();
        String message = "there is no table " + missing + ", which Laravel makes: run 'php artisan migrate' first";
        assertThatThrownBy(() -> start(Contexts.Migrations.APPLY, false))
                .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class)
                .rootCause()
                .hasMessageContaining(message);
        assertThat(run("migrate")).isEqualTo(69);
        assertThat(told()).contains(message);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void settingOfTheTriggersIsOneOfThree() throws Exception {
        in(LaravelDatabase.SQLITE);
        settings.put("sanctum.server.triggers", "yes");

        assertThatThrownBy(() -> start(Contexts.Migrations.APPLY, false))
                .rootCause()
                .hasMessageContaining("It is auto, true or false.");
    }

    @Test
    void triggersOfATableOfOursComeByThemselvesUnlessTheyAreLeftOut() throws Exception {
        in(LaravelDatabase.SQLITE);
        sql("drop table " + TOKENS, "drop table users");
        settings.remove("SANCTUM_LARAVEL_USERS");
        settings.put("sanctum.server.triggers", "false");
        start(Contexts.Migrations.APPLY, false).close();
        assertThat(objects()).doesNotContain("trigger " + OURS);

        settings.put("sanctum.server.triggers", "auto");
        start(Contexts.Migrations.APPLY, false).close();
        assertThat(objects()).contains("trigger " + OURS);
        assertThat(JdbcSchema.of(Objects.requireNonNull(jdbc.getDataSource()), TOKENS)
                        .createTriggers())
                .isFalse();
    }
}
