package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.jdbc.JdbcSchema;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The table is there when an application starts, or the start ends with what to do. */
@ExtendWith(OutputCaptureExtension.class)
class TableTest {

    private static final String MEMORY = "jdbc:h2:mem:table";

    private static ConfigurableApplicationContext start(Class<?> more, String url, String... properties) {
        return new SpringApplicationBuilder(App.class, more)
                .properties("server.port=0", "spring.main.banner-mode=off", "spring.datasource.url=" + url)
                .run(Stream.of(properties).map(one -> "--" + one).toArray(String[]::new));
    }

    private static void assertFails(CapturedOutput output, Class<?> more, String url, String... properties) {
        assertThatThrownBy(() -> start(more, url, properties)).isInstanceOf(RuntimeException.class);
        assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain("\tat ");
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Test
    void withoutATableTheStartEndsWithWhatToDo(CapturedOutput output) {
        assertFails(output, Nothing.class, MEMORY + "1", "sanctum.jdbc.initialize-schema=never");

        assertThat(output)
                .contains(
                        "Tokens are in use, but the table personal_access_tokens is missing.",
                        "spring.flyway.locations=classpath:db/migration,classpath:dev/sanctum4j/jdbc/flyway/{vendor}",
                        "dev/sanctum4j/jdbc/liquibase.xml",
                        "sanctum.jdbc.initialize-schema=always");
    }

    @Test
    void lazyApplicationEndsTheSameWay(CapturedOutput output) {
        assertFails(
                output,
                Nothing.class,
                MEMORY + "2",
                "sanctum.jdbc.initialize-schema=never",
                "spring.main.lazy-initialization=true");
        assertThat(output).contains("Tokens are in use, but the table personal_access_tokens is missing.");
    }

    @Test
    void tableThatLacksColumnsEndsTheStart(CapturedOutput output) {
        String url = MEMORY + "3;DB_CLOSE_DELAY=-1";
        new JdbcTemplate(new DriverManagerDataSource(url, "sa", ""))
                .execute("create table personal_access_tokens (id bigint)");

        assertFails(output, Nothing.class, url, "sanctum.jdbc.initialize-schema=never");

        assertThat(output)
                .contains("Tokens are in use, but the table personal_access_tokens lacks the columns"
                        + " revoked_at, issued_by, metadata, last_used_from.");
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {
        @Bean
        DataSource orders() {
            return DataSourceBuilder.create().url(MEMORY + "4").build();
        }

        @Bean
        DataSource reports() {
            return DataSourceBuilder.create().url(MEMORY + "5").build();
        }
    }

    @Test
    void twoDataSourcesEndTheStart(CapturedOutput output) {
        assertFails(output, TwoDataSources.class, MEMORY);

        assertThat(output)
                .contains(
                        "Tokens are in use, but nothing says in which of the data sources they are: orders, reports.",
                        "@Primary");
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryDataSource extends TwoDataSources {
        @Bean
        @Primary
        DataSource tokens() {
            return DataSourceBuilder.create().url(MEMORY + "6").build();
        }
    }

    @Test
    void primaryOneDecides() {
        try (var context = start(PrimaryDataSource.class, MEMORY)) {
            assertThat(JdbcSchema.of(context.getBean("tokens", DataSource.class), "personal_access_tokens")
                            .missing())
                    .isEmpty();
        }
    }

    @Test
    void noDataSourceEndsTheStart(CapturedOutput output) {
        assertFails(
                output,
                Nothing.class,
                MEMORY,
                "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
                        + "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration");

        assertThat(output)
                .contains("Tokens are in use, but there is nowhere to keep them: no data source, and no bean"
                        + " TokenStore.");
    }

    @Test
    void databaseThatDoesNotAnswerIsToldAndTheStartGoesOn(CapturedOutput output) {
        try (var context = start(
                Nothing.class,
                "jdbc:h2:tcp://localhost:1/nowhere",
                "spring.datasource.hikari.connection-timeout=250",
                "sanctum.jdbc.initialize-schema=never")) {
            assertThat(context.isRunning()).isTrue();
            assertThat(output).contains("Nobody knows yet whether the table of tokens is there");
        }
    }

    @Test
    void periodicWorkRunsOnThreadsOfItsOwn() {
        try (var context = start(Nothing.class, MEMORY + "7", "sanctum.last-used.flush-interval=1ms")) {
            assertThat(context.isRunning()).isTrue();
            List<String> names = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .toList();
            assertThat(names).anyMatch(name -> name.startsWith("sanctum-housekeeping"));
        }
    }

    @Test
    void accountThatMayNotReadTheTableEndsTheStartWithTheGrant(CapturedOutput output) {
        String url = prepared("8", "insert, update, delete");

        assertFails(
                output,
                Nothing.class,
                url,
                "spring.datasource.username=few",
                "spring.datasource.password=few",
                "sanctum.jdbc.initialize-schema=never");

        assertThat(output)
                .contains(
                        "Tokens are in use, but the account of the database may not select from personal_access_tokens.",
                        "grant select on personal_access_tokens to FEW;");
    }

    @Test
    void accountThatMayOnlyReadIsWarnedOf(CapturedOutput output) {
        String url = prepared("9", "select");

        try (var context = start(
                Nothing.class,
                url,
                "spring.datasource.username=few",
                "spring.datasource.password=few",
                "sanctum.jdbc.initialize-schema=never")) {
            assertThat(context.isRunning()).isTrue();
        }
        assertThat(output)
                .contains("it may not insert into personal_access_tokens, may not update personal_access_tokens,"
                        + " may not delete from personal_access_tokens. Let whoever owns the table say:"
                        + " grant insert on personal_access_tokens to FEW;");
    }

    /** A database in which an account may do little. */
    private static String prepared(String number, String rights) {
        String url = MEMORY + number + ";DB_CLOSE_DELAY=-1";
        DriverManagerDataSource owner = new DriverManagerDataSource(url, "sa", "");
        JdbcSchema.of(owner, "personal_access_tokens").createIfMissing();
        JdbcTemplate jdbc = new JdbcTemplate(owner);
        jdbc.execute("create user few password 'few'");
        jdbc.execute("grant " + rights + " on personal_access_tokens to few");
        return MEMORY + number; // its settings are for an administrator
    }
}
