package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A table whose tokens are older than the accounts of their owners, or of which nobody knows how old they are. */
@ExtendWith(OutputCaptureExtension.class)
class LaravelTableTest {

    /** People who were imported today, and whose tokens were not. */
    @Configuration(proxyBeanMethods = false)
    static class Imported {

        @Bean
        OwnerLoader members() {
            return new OwnerLoader() {
                @Override
                public String type() {
                    return "member";
                }

                @Override
                public Optional<LoadedOwner> load(String id) {
                    return Optional.of(new LoadedOwner(
                            "member " + id, id, List.of(), true, Instant.parse("2026-11-28T00:00:00Z"), null));
                }

                @Override
                public Optional<String> idOf(Object principal) {
                    return Optional.empty();
                }
            };
        }
    }

    private static ConfigurableApplicationContext start(String url, String... properties) {
        return new SpringApplicationBuilder(App.class, Imported.class)
                .properties("server.port=0", "spring.main.banner-mode=off", "spring.datasource.url=" + url)
                .run(Stream.of(properties).map(one -> "--" + one).toArray(String[]::new));
    }

    /** Statuses of a token that is older than its owner, and of one without a time. */
    private static List<Integer> statuses(String url, String type, String... properties) {
        try (ConfigurableApplicationContext context = start(url, properties)) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            jdbc.update("delete from personal_access_tokens");
            for (String created : List.of("timestamp '2020-01-01 00:00:00'", "null")) {
                jdbc.update(
                        "insert into personal_access_tokens (name, token, abilities, tokenable_id, tokenable_type,"
                                + " created_at) values ('x', ?, '[\"*\"]', '1', ?, " + created + ")",
                        SecretHash.of("secret-" + created.charAt(0)).toHex(),
                        type);
            }
            Http http = new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            return Stream.of("secret-t", "secret-n")
                    .map(secret -> http.get("/api/any", "Authorization: Bearer " + secret)
                            .status())
                    .toList();
        }
    }

    @Test
    void tokensMayBeOlderThanTheirOwnersWhereALaravelFillsTheTable() {
        String ours = "jdbc:h2:mem:laravel1;DB_CLOSE_DELAY=-1";
        assertThat(statuses(ours, "member")).containsExactly(401, 200);
        assertThat(statuses(ours, "App\\Models\\Member", "sanctum.jdbc.owner-types.member=App\\Models\\Member"))
                .containsExactly(200, 200);
        assertThat(statuses(ours, "member", "sanctum.token.max-age=365d")).containsExactly(401, 401);

        String laravels = "jdbc:h2:mem:laravel2;DB_CLOSE_DELAY=-1";
        statuses(laravels, "member");
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(laravels, "sa", ""));
        jdbc.execute("alter table personal_access_tokens alter column tokenable_id set data type bigint");
        assertThat(statuses(laravels, "member")).containsExactly(200, 200);
    }

    @Test
    void changesThatAreDatedInTheFutureEndTheStart(CapturedOutput output) {
        String url = "jdbc:h2:mem:laravel3;DB_CLOSE_DELAY=-1";
        statuses(url, "member");
        new JdbcTemplate(new DriverManagerDataSource(url, "sa", ""))
                .execute("update personal_access_tokens set updated_at = dateadd(minute, 120, localtimestamp)");

        assertThatThrownBy(() -> start(url)).isInstanceOf(RuntimeException.class);
        assertThat(output)
                .containsPattern("Tokens are in use, but the newest change in the table personal_access_tokens is dated"
                        + " 1(19|20) minutes in the future.")
                .contains("sanctum.jdbc.session-time-zone", "sanctum.jdbc.time-zone");
        start(url, "sanctum.jdbc.time-zone=+02:00").close();
        assertThat(output).doesNotContain("Nobody can tell whether");
        for (String own :
                List.of("+00:00", "UTC", "Europe/Berlin")) { // somebody said so; the row may be older than that
            start(url, "sanctum.jdbc.session-time-zone=" + own).close();
        }
        assertThat(output)
                .contains("Nobody can tell whether sanctum.jdbc.session-time-zone is right: the newest change");
    }

    @Test
    void changesThatAreDatedInTheFutureAreToldWhileItRuns(CapturedOutput output) throws Exception {
        String url = "jdbc:h2:mem:laravel4;DB_CLOSE_DELAY=-1";
        statuses(url, "member");
        DriverManagerDataSource dataSource = new DriverManagerDataSource(url, "sa", "");
        String told = "Tokens may be accepted after they have ended: the newest change in the table";
        try (var running = start(url, "sanctum.cache.mode=strict")) {
            assertThat(running.isActive()).isTrue();
            new JdbcTemplate(dataSource)
                    .execute("update personal_access_tokens set updated_at = dateadd(minute, 120, localtimestamp)");
            follow(turns -> ChangeFeed.builder(dataSource, turns).sessionTimeZone(ZoneOffset.UTC));
            assertThat(output).doesNotContain(told);
            follow(turns -> ChangeFeed.builder(dataSource, turns));
            assertThat(output.toString().split(told, -1)).hasSize(2); // and not at every turn
        }
    }

    /** For a few turns. */
    private static void follow(Function<InvalidationListener, ChangeFeed.Builder> builder) throws Exception {
        CountDownLatch turns = new CountDownLatch(3);
        InvalidationListener counting = new InvalidationListener() {
            @Override
            public void invalidated(TokenId id) {}

            @Override
            public void invalidateAll() {}

            @Override
            public void caughtUp(long nanoTime, boolean deletes) {
                turns.countDown();
            }
        };
        ChangeFeed feed =
                builder.apply(counting).interval(Duration.ofMillis(20)).build();
        Thread thread = new Thread(feed);
        thread.start();
        assertThat(turns.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(feed.kind()).isEqualTo(ChangeFeed.Kind.POLLING);
        feed.close();
        thread.join();
    }
}
