package dev.sanctum4j.server.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.spring.store.StoreProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Clients that are answered from memory. */
class ClientsTest {

    private static final String POSTGRESQL = "jdbc:postgresql://db/sanctum";

    private final JdbcClient jdbc = JdbcClient.create(
            new SingleConnectionDataSource("jdbc:h2:mem:clients" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", true));

    private Clients clients(String mode, String url) throws IOException {
        Pattern table = Pattern.compile("create table sanctum_clients \\(.*?\\);", Pattern.DOTALL);
        for (var file : new PathMatchingResourcePatternResolver().getResources("classpath:db/server/h2/*.sql")) {
            Matcher found = table.matcher(file.getContentAsString(StandardCharsets.UTF_8));
            if (found.find()) {
                jdbc.sql(found.group()).update();
            }
        }
        StoreProperties store = new Binder(new MapConfigurationPropertySource(Map.of("sanctum.cache.mode", mode)))
                .bindOrCreate("sanctum", StoreProperties.class);
        return new Clients(jdbc, Clock.systemUTC(), event -> {}, store, url);
    }

    private void changeElsewhere() {
        jdbc.sql("update sanctum_clients set abilities = 'orders:read'").update();
    }

    private static Abilities abilities(Clients clients, String secret) {
        return clients.authenticate("orders", secret).orElseThrow().abilities();
    }

    @Test
    void areReadOnceWhereTokensAreAnsweredFromMemory() throws IOException {
        Clients clients = clients("auto", POSTGRESQL);
        String secret = clients.add("orders", Abilities.NONE).orElseThrow().reveal();
        assertThat(abilities(clients, secret)).isEqualTo(Abilities.NONE);
        changeElsewhere();
        assertThat(abilities(clients, secret)).isEqualTo(Abilities.NONE);
    }

    @ParameterizedTest
    @CsvSource({"strict, jdbc:postgresql://db/sanctum", "auto, jdbc:h2:mem:any"})
    void areReadEachTimeWhereTokensAre(String mode, String url) throws IOException {
        Clients clients = clients(mode, url);
        String secret = clients.add("orders", Abilities.NONE).orElseThrow().reveal();
        assertThat(abilities(clients, secret)).isEqualTo(Abilities.NONE);
        changeElsewhere();
        assertThat(abilities(clients, secret)).isEqualTo(Abilities.of("orders:read"));
    }

    @Test
    void whatChangesHereCountsAtOnce() throws IOException {
        Clients clients = clients("on", "jdbc:h2:mem:any");
        String first = clients.add("orders", Abilities.NONE).orElseThrow().reveal();
        assertThat(clients.authenticate("orders", first)).isPresent();
        String second = clients.rotate("orders").orElseThrow().reveal();
        assertThat(clients.authenticate("orders", first)).isEmpty();
        assertThat(clients.authenticate("orders", second)).isPresent();
        clients.remove("orders");
        assertThat(clients.authenticate("orders", second)).isEmpty();
    }

    @Test
    void whatChangesElsewhereCountsWithinSeconds() throws Exception {
        Clients clients = clients("on", POSTGRESQL);
        String secret = clients.add("orders", Abilities.NONE).orElseThrow().reveal();
        assertThat(clients.authenticate("orders", secret)).isPresent();
        jdbc.sql("delete from sanctum_clients").update();
        long until = System.nanoTime() + 10_000_000_000L;
        while (clients.authenticate("orders", secret).isPresent()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(100);
        }
    }
}
