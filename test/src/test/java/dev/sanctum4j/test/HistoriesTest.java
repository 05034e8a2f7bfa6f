package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table in a history of migrations that the application has for all of its tables. */
class HistoriesTest {

    private static final String TABLE = "personal_access_tokens";
    private static final String FOLDER = "dev/sanctum4j/jdbc/flyway/";
    private static final String FILE = "/R__personal_access_tokens_of_sanctum4j.sql";

    private static void migrate(DataSource dataSource, Databases database, String... more) {
        String[] locations = Stream.concat(
                        Stream.of("classpath:histories", "classpath:" + FOLDER + database.vendor()), Stream.of(more))
                .toArray(String[]::new);
        Flyway.configure().dataSource(dataSource).locations(locations).load().migrate();
    }

    @ParameterizedTest
    @EnumSource
    void flywayKeepsOneHistoryAndTheApplicationsNextVersionComesAfterIt(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_flyway");

        migrate(dataSource, database);
        assertWorks(dataSource);
        migrate(dataSource, database, "classpath:histories/later");

        assertWorks(dataSource);
        assertThat(columns(dataSource, "orders")).anyMatch(column -> column.startsWith("note "));
        assertThat(columns(dataSource, "customers")).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void flywayCompletesAHistoryThatIsThere(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_late");
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:histories")
                .load()
                .migrate();
        assertThat(JdbcSchema.of(dataSource, TABLE).missing()).hasValue("the table " + TABLE + " is missing");

        migrate(dataSource, database);

        assertWorks(dataSource);
    }

    @ParameterizedTest
    @EnumSource
    void liquibaseIncludesAFile(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_liquibase");

        for (int i = 0; i < 2; i++) {
            try (Connection connection = dataSource.getConnection();
                    Liquibase liquibase = new Liquibase(
                            "histories/changelog.xml",
                            new ClassLoaderResourceAccessor(),
                            DatabaseFactory.getInstance()
                                    .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
                liquibase.update(new Contexts());
            }
        }

        assertWorks(dataSource);
        assertThat(columns(dataSource, "orders")).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void tableIsTheSameAsByNumberedMigrations(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_same");
        migrate(dataSource, database);
        JdbcSchema.of(dataSource, "numbered").createIfMissing();

        assertThat(columns(dataSource, TABLE)).isEqualTo(columns(dataSource, "numbered"));
        Set<String> requests = columns(dataSource, JdbcApprovalStore.TABLE);
        Set<String> keys = columns(dataSource, JdbcTokenStore.KEYS_TABLE);
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table " + JdbcApprovalStore.TABLE);
            statement.execute("drop table " + JdbcTokenStore.KEYS_TABLE);
        }
        assertThat(JdbcSchema.createRequests(dataSource)).isTrue();
        assertThat(JdbcSchema.createIdempotencyKeys(dataSource)).isTrue();
        assertThat(columns(dataSource, JdbcApprovalStore.TABLE)).isEqualTo(requests);
        assertThat(columns(dataSource, JdbcTokenStore.KEYS_TABLE)).isEqualTo(keys);
    }

    @Test
    void mySqlAndMariaDbHaveTheSame() {
        assertThat(Databases.resource("/" + FOLDER + "mysql" + FILE))
                .isEqualTo(Databases.resource("/" + FOLDER + "mariadb" + FILE));
    }

    private static void assertWorks(DataSource dataSource) {
        assertThat(JdbcSchema.of(dataSource, TABLE).missing()).isEmpty();
        Tokens tokens = Tokens.of(JdbcTokenStore.builder(dataSource).build());
        String text = tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci", "a"))
                .plainText()
                .reveal();
        assertThat(tokens.authenticate(text)).isInstanceOf(Verdict.Accepted.class);
    }

    /** Name, type and size of each column, in no order. */
    private static Set<String> columns(DataSource dataSource, String table) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                found.add(meta.getColumnName(i).toLowerCase(Locale.ROOT) + " " + meta.getColumnTypeName(i) + " "
                        + meta.getPrecision(i) + " " + meta.getScale(i) + " " + meta.isNullable(i));
            }
        }
        return new TreeSet<>(found);
    }
}
