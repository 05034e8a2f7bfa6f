package dev.sanctum4j.server;

import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.spring.SanctumProperties;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Brings the table of the tokens up to date and then our own: two series of migrations, each with its own history. */
@Configuration(proxyBeanMethods = false)
class Migrations {

    /** A folder for each database; MariaDB and MySQL share one. */
    @Bean
    FlywayConfigurationCustomizer serverMigrations() {
        return flyway -> {
            String cores = JdbcSchema.location(flyway.getDataSource());
            flyway.locations("classpath:db/server" + cores.substring(cores.lastIndexOf('/')));
        };
    }

    @Bean
    FlywayMigrationStrategy migrationStrategy(SanctumProperties properties) {
        return server -> {
            DataSource dataSource = server.getConfiguration().getDataSource();
            String table = properties.jdbc().table();
            Flyway.configure()
                    .dataSource(dataSource)
                    .locations(JdbcSchema.location(dataSource))
                    .table("sanctum_token_history")
                    .baselineOnMigrate(true) // a Laravel may live here already
                    .baselineVersion("0")
                    .placeholders(Map.of("table", table, "name", table.substring(table.indexOf('.') + 1)))
                    .load()
                    .migrate();
            server.migrate();
        };
    }
}
