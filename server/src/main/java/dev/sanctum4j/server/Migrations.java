package dev.sanctum4j.server;

import static dev.sanctum4j.jdbc.Right.DELETE;
import static dev.sanctum4j.jdbc.Right.INSERT;
import static dev.sanctum4j.jdbc.Right.SELECT;
import static dev.sanctum4j.jdbc.Right.UPDATE;

import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.jdbc.JdbcWork;
import dev.sanctum4j.jdbc.MissingRight;
import dev.sanctum4j.jdbc.Right;
import dev.sanctum4j.server.cli.Contexts;
import dev.sanctum4j.server.cli.OutdatedDatabaseException;
import dev.sanctum4j.server.cli.Refusal;
import dev.sanctum4j.server.cli.Tables;
import dev.sanctum4j.spring.store.StoreProperties;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Brings the table of the tokens up to date and then our own: two series of migrations, each with its own history. Then come the
 * triggers, without which it works as well, and the rights, without which it does not.
 */
@Configuration(proxyBeanMethods = false)
class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final String TRIGGERS = "sanctum.server.triggers";
    private static final String USERS = "SANCTUM_LARAVEL_USERS";
    private static final Set<String> PROVIDERS = Set.of("sanctum_identities", "sanctum_invitations");
    private static final String HISTORY = "sanctum_token_history";

    /** Says what becomes of missing migrations; only commands set it. */
    static final String MODE = "sanctum.server.migrations";

    private final String triggers;
    private final String laravelUsers;
    private final boolean redis;
    private final boolean provider;
    private final String account;

    Migrations(
            @Value("${" + TRIGGERS + ":auto}") String triggers,
            @Value("${" + USERS + ":}") String laravelUsers,
            @Value("${SANCTUM_REDIS_URL:}") String redis,
            @Value("${sanctum.oidc.issuer:}") String provider,
            @Value("${SANCTUM_DATABASE_USERNAME:}") String account) {
        this.triggers = triggers;
        this.laravelUsers = laravelUsers;
        this.redis = !redis.isEmpty();
        this.provider = !provider.isEmpty();
        this.account = account;
        if (!Set.of("auto", "true", "false").contains(triggers)) {
            throw new InvalidConfigurationPropertyValueException(TRIGGERS, triggers, "It is auto, true or false.");
        }
    }

    /** A folder for each database; MariaDB and MySQL share one. All of it goes past a pooler where that can be done. */
    @Bean
    FlywayConfigurationCustomizer serverMigrations(StoreProperties properties, JdbcConnectionDetails details) {
        return flyway -> {
            String direct = properties.jdbc().directUrl();
            if (direct != null) {
                flyway.dataSource(direct, details.getUsername(), details.getPassword());
            }
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
        return flyway -> {
            Both both = both(flyway, properties);
            switch (mode) {
                case APPLY -> {
                    both.requirePrimary();
                    both.require(both.unreadable());
                    both.requireLaravels();
                    both.migrate();
                    both.triggers();
                    both.require(both.unusable());
                }
                case REFUSE -> {
                    both.require(both.unreadable());
                    if (!both.pending().isEmpty()) {
                        throw new OutdatedDatabaseException();
                    }
                }
                case LEAVE -> {}
            }
        };
    }

    @Bean
    @Lazy
    Tables tables(Flyway flyway, StoreProperties properties) {
        return both(flyway, properties);
    }

    private Both both(Flyway server, StoreProperties properties) {
        DataSource dataSource = server.getConfiguration().getDataSource();
        String table = properties.jdbc().table();
        Flyway tokens = Flyway.configure()
                .dataSource(dataSource)
                .locations(JdbcSchema.location(dataSource))
                .table(HISTORY)
                .baselineOnMigrate(true) // a Laravel may live here already
                .baselineVersion("0")
                .placeholders(Map.of("table", table, "name", table.substring(table.indexOf('.') + 1)))
                .ignoreMigrationPatterns("repeatable:missing") // triggers, which an older version brought in this way
                .load();
        return new Both(new Scripts(tokens), new Scripts(server), dataSource, table);
    }

    private final class Both implements Tables {

        private final Scripts tokens;
        private final Scripts server;
        private final DataSource dataSource;
        private final String table;
        private final JdbcSchema schema;

        Both(Scripts tokens, Scripts server, DataSource dataSource, String table) {
            this.tokens = tokens;
            this.server = server;
            this.dataSource = dataSource;
            this.table = table;
            this.schema = JdbcSchema.of(dataSource, table);
        }

        @Override
        public List<String> pending() {
            return Stream.concat(
                            tokens.pending().stream().map(one -> "tokens " + one),
                            server.pending().stream().map(one -> "server " + one))
                    .toList();
        }

        /** Nothing that the server could not do without: a failure is told, and whoever wants them can have them later. */
        void triggers() {
            try {
                if (triggers.equals("true") || triggers.equals("auto") && areInNobodysWay()) {
                    schema.createTriggers();
                } else if (triggers.equals("auto") && schema.dropOutdatedTriggers()) {
                    LOG.warn(
                            "The trigger {}_deleted of an earlier version is dropped, for without the account that made it"
                                    + " nobody could delete a token. The command 'database triggers' brings another.",
                            table);
                }
            } catch (TokenStoreException e) {
                LOG.warn(
                        "There are no triggers, so what others delete is noticed within three seconds and not at once:"
                                + " {}. SANCTUM_SERVER_TRIGGERS=false leaves them out; the command 'database triggers'"
                                + " adds them, with an account that may.",
                        e.getMessage());
            }
        }

        /** A Laravel's table is its own, whoever made it. */
        private boolean areInNobodysWay() {
            return JdbcSchema.location(dataSource).endsWith("/postgresql")
                    || laravelUsers.isEmpty() && schema.triggersAreInNobodysWay();
        }

        @Override
        public boolean createTriggers() {
            schema.createTriggers();
            return areInNobodysWay();
        }

        void requirePrimary() {
            if (JdbcSchema.isStandby(JdbcWork.on(dataSource))) {
                throw new InvalidConfigurationPropertyValueException(
                        "SANCTUM_DATABASE_URL",
                        "…", // there may be a password in it
                        "The database takes no changes: it is a standby, or read-only. Connect to the primary: a URL with"
                                + " several hosts of PostgreSQL finds it by targetServerType=primary.");
            }
        }

        void require(List<MissingRight> missing) {
            if (!missing.isEmpty()) {
                throw refused(missing.stream()
                        .map(one -> "It " + one.what() + ": " + one.cure())
                        .collect(Collectors.joining("; ", "", ".")));
            }
        }

        private InvalidConfigurationPropertyValueException refused(String reason) {
            return new InvalidConfigurationPropertyValueException("SANCTUM_DATABASE_USERNAME", account, reason);
        }

        /** The table of a Laravel's people; empty if they are not its, or that is no name of a table, which ends the start. */
        private Optional<JdbcSchema> people() {
            try {
                return Optional.of(JdbcSchema.of(dataSource, laravelUsers));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /** A Laravel makes its tables itself, and could not if they were there. */
        void requireLaravels() {
            if (laravelUsers.isEmpty()) {
                return;
            }
            if (people().isEmpty()) {
                throw new InvalidConfigurationPropertyValueException(
                        USERS, laravelUsers, "it must be the name of a table");
            }
            for (String one : List.of(laravelUsers, table)) {
                require(JdbcSchema.of(dataSource, one).missingRights(Set.of(SELECT)));
                if (!server.isThere(one)) {
                    throw new InvalidConfigurationPropertyValueException(
                            USERS,
                            laravelUsers,
                            "there is no table " + one + ", which Laravel makes: run 'php artisan migrate' first");
                }
            }
        }

        void migrate() {
            try {
                tokens.migrate();
                server.migrate();
            } catch (RuntimeException e) {
                throw Refusal.of(e)
                        .map(told ->
                                refused("The database refused a change of tables (" + told + "). Run './run migrate'"
                                        + " with an account that may change tables; see docs/with-laravel.md, Rights."))
                        .orElseThrow(() -> e);
            }
        }

        /** What hides that tables are there: Flyway takes a history that it cannot see for none. */
        List<MissingRight> unreadable() {
            List<MissingRight> missing = new ArrayList<>(Schemas.unusable(dataSource, table));
            for (String one : List.of(HISTORY, server.history())) {
                JdbcSchema.of(dataSource, one)
                        .missingRights(Set.of(SELECT))
                        .forEach(right -> missing.add(new MissingRight(
                                right.what(),
                                right.cure() + " or, where it is not made yet, run './run migrate' with an account that"
                                        + " may change tables; see docs/with-laravel.md, Rights")));
            }
            return missing;
        }

        @Override
        public List<MissingRight> missingRights() {
            List<MissingRight> missing = unreadable();
            return missing.isEmpty() ? unusable() : missing;
        }

        /** What hinders the work with the tables, once it can be seen that they are there. */
        List<MissingRight> unusable() {
            List<MissingRight> missing = new ArrayList<>(schema.missingRights(Set.of(SELECT, INSERT, UPDATE, DELETE)));
            for (String beside : List.of(JdbcApprovalStore.TABLE, JdbcTokenStore.KEYS_TABLE)) {
                missing.addAll(JdbcSchema.of(dataSource, beside).missingRights(Set.of(SELECT, INSERT, UPDATE, DELETE)));
            }
            for (String one : server.tables()) {
                boolean unused = redis && one.startsWith("sanctum_session") || !provider && PROVIDERS.contains(one);
                if (!unused) {
                    missing.addAll(JdbcSchema.of(dataSource, one).missingRights(needed(one)));
                }
            }
            people().ifPresent(users -> missing.addAll(users.missingRights(Set.of(SELECT))));
            return missing;
        }

        private static Set<Right> needed(String table) {
            return switch (table) {
                case "sanctum_audit" -> Set.of(SELECT, INSERT, DELETE);
                case "sanctum_audit_keep" -> Set.of(SELECT, UPDATE);
                case "sanctum_accounts", "sanctum_laravel_users" -> Set.of(SELECT, INSERT, UPDATE);
                default -> Set.of(SELECT, INSERT, UPDATE, DELETE);
            };
        }

        @Override
        public List<String> remove() {
            schema.remove();
            List<String> names = new ArrayList<>(server.tables());
            Collections.reverse(names); // what refers to another comes after it
            names.add(HISTORY);
            names.add(server.history());
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String name : names) {
                    statement.execute("drop table if exists " + name);
                }
                for (String function : server.functions()) {
                    statement.execute("drop function if exists " + function);
                    names.add(function);
                }
            } catch (SQLException e) {
                throw new IllegalStateException("could not take everything away: " + e.getMessage(), e);
            }
            return names;
        }
    }
}
