package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcWork;
import dev.sanctum4j.jdbc.MissingRight;
import dev.sanctum4j.jdbc.Right;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.util.ClassUtils;

/** The table at the start: made where that is wanted, and looked for, so that nothing of ours runs without it. */
@Internal
public final class TableCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TableCheck.class);
    private static final List<String> MIGRATIONS =
            List.of("org.flywaydb.core.Flyway", "liquibase.integration.spring.SpringLiquibase");

    private static final String WAYS_TO_CREATE = """
            Create it in one of three ways:
             - Flyway: spring.flyway.locations=classpath:db/migration,classpath:dev/sanctum4j/jdbc/flyway/{vendor}
               (the first is where your migrations are, and has to be said as well)
             - Liquibase: include dev/sanctum4j/jdbc/liquibase.xml in your changelog
             - neither: set sanctum.jdbc.initialize-schema=always""";

    private TableCheck() {}

    /**
     * Whether a table of ours is to be made, if it is not there.
     *
     * @param asked what {@code sanctum.jdbc.initialize-schema} says
     */
    public static boolean isToBeMade(
            @Nullable DatabaseInitializationMode asked, DataSource dataSource, ListableBeanFactory beans) {
        return switch (asked == null && hasMigrations(beans) ? DatabaseInitializationMode.NEVER : orDefault(asked)) {
            case ALWAYS -> true;
            case EMBEDDED -> EmbeddedDatabaseConnection.isEmbedded(dataSource);
            case NEVER -> false;
        };
    }

    private static DatabaseInitializationMode orDefault(@Nullable DatabaseInitializationMode asked) {
        return asked == null ? DatabaseInitializationMode.EMBEDDED : asked;
    }

    /** Whether Flyway or Liquibase makes the tables of the application. */
    private static boolean hasMigrations(ListableBeanFactory beans) {
        ClassLoader loader = TableCheck.class.getClassLoader();
        return MIGRATIONS.stream()
                .filter(type -> ClassUtils.isPresent(type, loader))
                .map(type -> ClassUtils.resolveClassName(type, loader))
                .anyMatch(type -> beans.getBeanNamesForType(type, true, false).length > 0);
    }

    /**
     * Looks for the table, and tries out what may be done with it. A database that does not answer is asked again by whoever
     * needs it.
     *
     * @param work how changes come about: reading may be another database's
     * @throws StartFailure if it is not there, lacks columns, has some of a type that will not do, or may not be read; or if changes
     *     come to a database that takes none
     */
    static void require(DataSource dataSource, JdbcWork work, String table) {
        JdbcSchema schema = JdbcSchema.of(dataSource, table);
        Optional<String> missing;
        List<MissingRight> denied;
        boolean readsLate;
        try {
            requirePrimary(work);
            lookForPooler(dataSource);
            denied = schema.missingRights(EnumSet.allOf(Right.class));
            missing = schema.missing();
            readsLate = JdbcSchema.readsLate(dataSource);
        } catch (TokenStoreException e) {
            LOG.warn("Nobody knows yet whether the table of tokens is there: {}", e.getMessage());
            return;
        }
        String cures = denied.stream().map(one -> one.cure() + ";").collect(Collectors.joining("\n"));
        if (!denied.isEmpty() && denied.get(0).what().contains("select")) {
            throw new StartFailure(
                    "Tokens are in use, but the account of the database "
                            + denied.get(0).what() + ".",
                    cures);
        }
        missing.ifPresent(what -> {
            boolean ofWrongType = what.contains(" and must be ");
            throw new StartFailure("Tokens are in use, but " + what + ".", ofWrongType ? """
                    Change the column in a migration of yours.""" : WAYS_TO_CREATE);
        });
        if (!denied.isEmpty()) {
            LOG.warn(
                    "The account of the database lacks rights that tokens need; it {}. Let whoever owns the table say: {}",
                    denied.stream().map(MissingRight::what).collect(Collectors.joining(", ")),
                    cures.replace('\n', ' '));
        }
        if (readsLate) {
            LOG.warn(
                    "Connections to this Galera cluster may not see what was committed on another node, so no token is kept in"
                            + " memory: add sessionVariables=wsrep_sync_wait=1 to the JDBC URL");
        }
    }

    /**
     * Looks for the table of requests.
     *
     * @throws StartFailure if it is not there
     */
    static void requireRequests(DataSource dataSource) {
        boolean there;
        try {
            there = JdbcSchema.hasRequests(dataSource);
        } catch (TokenStoreException e) {
            LOG.warn("Nobody knows yet whether the table of requests is there: {}", e.getMessage());
            return;
        }
        if (!there) {
            throw new StartFailure(
                    "Programs can ask for tokens, for sanctum.endpoints.approval is true, but the table "
                            + JdbcApprovalStore.TABLE + " is missing.",
                    WAYS_TO_CREATE);
        }
    }

    private static void requirePrimary(JdbcWork work) {
        if (JdbcSchema.isStandby(work)) {
            throw new StartFailure(
                    "Tokens are in use, but the database takes no changes: it is a standby, or read-only.",
                    "Connect to the primary. A JDBC URL with several hosts of PostgreSQL finds it by"
                            + " targetServerType=primary.");
        }
    }

    private static void lookForPooler(DataSource dataSource) {
        if (JdbcSchema.preparesBehindPooler(dataSource)) {
            LOG.warn("A pooler stands before PostgreSQL, and the driver prepares statements: where the pooler works by"
                    + " transactions and does not keep track of them, statements fail, or those of others run in"
                    + " their place. Add prepareThreshold=0 to the JDBC URL");
        }
    }

    /**
     * Looks whether times in the table are what they are taken for.
     *
     * @throws StartFailure if they cannot be
     */
    static void requireTimes(DataSource dataSource, StoreProperties.Jdbc jdbc) {
        Optional<String> contradiction;
        try {
            contradiction =
                    JdbcSchema.of(dataSource, jdbc.table()).contradiction(jdbc.timeZone(), jdbc.sessionTimeZone());
        } catch (TokenStoreException e) {
            LOG.warn("Nobody knows yet in which zone the times of tokens are: {}", e.getMessage());
            return;
        }
        contradiction.ifPresent(what -> {
            throw new StartFailure("Tokens are in use, but " + what + ".", """
                    Say in which zones a Laravel writes them:
                     - sanctum.jdbc.time-zone is what app.timezone says there, UTC unless set
                     - sanctum.jdbc.session-time-zone is what timezone says in its connection to MySQL or MariaDB, if anything
                    If the row is dated so for another reason, set sanctum.jdbc.session-time-zone all the same, to the zone that the
                    connection has anyway (+00:00, for one): then this is a warning.""");
        });
    }
}
