package dev.sanctum4j.server;

import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.server.cli.Contexts;
import dev.sanctum4j.server.cli.Migrator;
import dev.sanctum4j.server.cli.OutdatedDatabaseException;
import dev.sanctum4j.spring.store.StoreProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** Brings the table of the tokens up to date and then our own: two series of migrations, each with its own history. */
@Configuration(proxyBeanMethods = false)
class Migrations {

    private final boolean triggers;

    Migrations(@Value("${sanctum.server.triggers:true}") boolean triggers) {
        this.triggers = triggers;
    }

    /** Says what becomes of missing migrations; only commands set it. */
    static final String MODE = "sanctum.server.migrations";

    /** A folder for each database; MariaDB and MySQL share one. */
    @Bean
    FlywayConfigurationCustomizer serverMigrations() {
        return flyway -> {
            DataSource dataSource = flyway.getDataSource();
            // If there is no connection to be had, this tells why; the core repeats no words of drivers
            DataSourceUtils.releaseConnection(DataSourceUtils.getConnection(dataSource), dataSource);
            String cores = JdbcSchema.location(dataSource);
            flyway.locations("classpath:db/server" + cores.substring(cores.lastIndexOf('/')));
        };
    }

    @Bean
    FlywayMigrationStrategy migrationStrategy(
            StoreProperties properties, @Value("${" + MODE + ":apply}") Contexts.Migrations mode) {
        return server -> {
            Flyway tokens = tokens(server, properties);
            switch (mode) {
                case APPLY -> {
                    tokens.migrate();
                    server.migrate();
                }
                case REFUSE -> {
                    if (!pending(server, tokens).isEmpty()) {
                        throw new OutdatedDatabaseException();
                    }
                }
                case LEAVE -> {}
            }
        };
    }

    @Bean
    @Lazy
    Migrator migrator(Flyway server, StoreProperties properties) {
        return () -> pending(server, tokens(server, properties));
    }

    private Flyway tokens(Flyway server, StoreProperties properties) {
        DataSource dataSource = server.getConfiguration().getDataSource();
        String table = properties.jdbc().table();
        List<String> locations = new ArrayList<>(List.of(JdbcSchema.location(dataSource)));
        if (triggers) {
            JdbcSchema.triggerLocation(dataSource).ifPresent(locations::add);
        }
        return Flyway.configure()
                .dataSource(dataSource)
                .locations(locations.toArray(String[]::new))
                .table("sanctum_token_history")
                .baselineOnMigrate(true) // a Laravel may live here already
                .baselineVersion("0")
                .placeholders(Map.of("table", table, "name", table.substring(table.indexOf('.') + 1)))
                .ignoreMigrationPatterns("repeatable:missing") // triggers that were switched off afterwards
                .load();
    }

    private static List<String> pending(Flyway server, Flyway tokens) {
        return Stream.concat(
                        Stream.of(tokens.info().pending())
                                .map(one -> "tokens "
                                        + (one.getVersion() == null ? one.getDescription() : one.getVersion())),
                        Stream.of(server.info().pending()).map(one -> "server " + one.getVersion()))
                .toList();
    }
}
