package dev.sanctum4j.spring.store;

import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.Housekeeping;
import dev.sanctum4j.TokenFormat;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.jdbc.JdbcWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;

/** Tokens over the application's data source. Each bean gives way to one of the application's own. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(
        after = {
            DataSourceAutoConfiguration.class,
            DataSourceTransactionManagerAutoConfiguration.class,
            TransactionAutoConfiguration.class
        })
@EnableConfigurationProperties(StoreProperties.class)
@ImportRuntimeHints(SanctumAutoConfiguration.Hints.class)
@Conditional(OnTokensInUse.class)
public final class SanctumAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(SanctumAutoConfiguration.class);

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TokenStore.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    static class Jdbc {

        @Bean
        @DependsOnDatabaseInitialization
        TokenStore sanctumTokenStore(
                DataSource dataSource,
                ObjectProvider<JdbcConnectionDetails> details,
                ObjectProvider<PlatformTransactionManager> transactions,
                FeedLifecycle feed,
                ListableBeanFactory beans,
                StoreProperties properties) {
            StoreProperties.Jdbc jdbc = properties.jdbc();
            if (TableCheck.isToBeMade(jdbc.initializeSchema(), dataSource, beans)) {
                JdbcSchema schema = JdbcSchema.of(dataSource, jdbc.table());
                if (schema.createIfMissing() && feed.settings().isPresent()) {
                    createTriggers(schema);
                }
                createKeys(dataSource);
            }
            JdbcTokenStore store = JdbcTokenStore.builder(dataSource)
                    .table(jdbc.table())
                    .timeZone(jdbc.timeZone())
                    .sessionTimeZone(jdbc.sessionTimeZone())
                    .ownerTypes(jdbc.ownerTypes())
                    .work(new SpringJdbcWork(dataSource, transactions.getIfUnique()))
                    .build();
            return feed.over(store, dataSource, details.getIfUnique());
        }

        /** When everything else is there, migrations too. */
        @Bean
        SmartInitializingSingleton sanctumTableCheck(
                TokenStore made,
                DataSource dataSource,
                ObjectProvider<PlatformTransactionManager> transactions,
                StoreProperties properties) {
            return () -> {
                JdbcWork work = new SpringJdbcWork(dataSource, transactions.getIfUnique());
                TableCheck.require(dataSource, work, properties.jdbc().table());
                TableCheck.requireTimes(dataSource, properties.jdbc());
            };
        }

        /** Where requests wait for their answer, if programs can ask. */
        @Bean
        @DependsOnDatabaseInitialization
        @ConditionalOnBooleanProperty("sanctum.endpoints.approval")
        @ConditionalOnMissingBean
        ApprovalStore sanctumApprovalStore(
                DataSource dataSource,
                ObjectProvider<PlatformTransactionManager> transactions,
                ListableBeanFactory beans,
                StoreProperties properties) {
            if (TableCheck.isToBeMade(properties.jdbc().initializeSchema(), dataSource, beans)) {
                JdbcSchema.createRequests(dataSource);
            }
            return JdbcApprovalStore.of(
                    new SpringJdbcWork(dataSource, transactions.getIfUnique()),
                    properties.jdbc().table());
        }

        @Bean
        @ConditionalOnBooleanProperty("sanctum.endpoints.approval")
        SmartInitializingSingleton sanctumRequestsCheck(ApprovalStore store, DataSource dataSource) {
            return () -> {
                if (store instanceof JdbcApprovalStore) { // and none of the application's own
                    TableCheck.requireRequests(dataSource);
                }
            };
        }

        /** Class names of PHP as types of owners tell it as well as the columns. */
        @Bean
        LaravelTable sanctumLaravelTable(DataSource dataSource, StoreProperties properties) {
            StoreProperties.Jdbc jdbc = properties.jdbc();
            boolean named = jdbc.ownerTypes().values().stream().anyMatch(type -> type.contains("\\"));
            return new LaravelTable(
                    () -> named || JdbcSchema.of(dataSource, jdbc.table()).isLaravels());
        }

        private static void createKeys(DataSource dataSource) {
            try {
                JdbcSchema.createIdempotencyKeys(dataSource);
            } catch (TokenStoreException e) { // the table of tokens is there, and all else works without
                LOG.warn("Requests with an Idempotency-Key will be refused: {}", e.getMessage());
            }
        }

        private static void createTriggers(JdbcSchema schema) {
            try {
                schema.createTriggers();
            } catch (TokenStoreException e) { // a right that not every user of a database has
                LOG.warn("Deletions by others will be noticed later: {}", e.getMessage());
            }
        }
    }

    @Bean
    FeedLifecycle sanctumFeed(
            StoreProperties properties,
            ObjectProvider<DataSource> dataSource,
            ObjectProvider<JdbcConnectionDetails> details) {
        boolean active = switch (properties.cache().mode()) {
            case ON -> !readsLate(dataSource.getIfUnique(), details.getIfUnique());
            case STRICT -> false;
            case AUTO -> isPostgres(dataSource.getIfUnique(), details.getIfUnique());
        };
        return new FeedLifecycle(properties, active);
    }

    private static boolean isPostgres(@Nullable DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        if (details != null) {
            return DatabaseDriver.fromJdbcUrl(details.getJdbcUrl()) == DatabaseDriver.POSTGRESQL;
        }
        if (dataSource == null) {
            return false;
        }
        try (Connection connection = dataSource.getConnection()) {
            return DatabaseDriver.fromProductName(connection.getMetaData().getDatabaseProductName())
                    == DatabaseDriver.POSTGRESQL;
        } catch (SQLException e) {
            LOG.warn("The database does not answer, so tokens and owners are not kept in memory");
            return false;
        }
    }

    /** Whether nothing may be kept, for a poll of changes would miss some. */
    private static boolean readsLate(@Nullable DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        if (dataSource == null || details != null && !isMySql(details)) {
            return false;
        }
        try {
            return JdbcSchema.readsLate(dataSource);
        } catch (TokenStoreException e) {
            LOG.warn("The database does not answer, so tokens and owners are not kept in memory");
            return true;
        }
    }

    private static boolean isMySql(JdbcConnectionDetails details) {
        return switch (DatabaseDriver.fromJdbcUrl(details.getJdbcUrl())) {
            case MYSQL, MARIADB -> true;
            default -> false;
        };
    }

    @Bean
    @ConditionalOnMissingBean
    Tokens sanctumTokens(
            ObjectProvider<TokenStore> stores,
            ObjectProvider<TokenListener> listeners,
            ObjectProvider<Clock> clock,
            ObjectProvider<TokenFormat> format,
            ObjectProvider<TokenPolicy> policies,
            ObjectProvider<ApprovalStore> approvals,
            ListableBeanFactory beans,
            StoreProperties properties) {
        TokenStore store = stores.getIfAvailable();
        if (store == null) {
            throw nowhere(beans.getBeanNamesForType(DataSource.class, true, false));
        }
        if (properties.policy().idleExpiry() != null && !properties.lastUsed().enabled()) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.policy.idle-expiry",
                    properties.policy().idleExpiry(),
                    "It needs to know when tokens were used, but sanctum.last-used.enabled is false.");
        }
        Tokens.Builder builder = Tokens.builder(store)
                .format(format.getIfUnique(() -> format(properties.token()))
                        .formerly(properties.token().formerPrefixes()))
                .policy(policies.orderedStream().reduce(properties.policy(), TokenPolicy::and))
                .listeners(listeners.orderedStream().toList());
        clock.ifUnique(builder::clock);
        approvals.ifUnique(builder::approvals);
        if (properties.token().maxAge() != null) {
            builder.maxAge(properties.token().maxAge());
        }
        if (properties.lastUsed().enabled()) {
            builder.lastUsedResolution(properties.lastUsed().resolution());
        } else {
            builder.withoutLastUsed();
        }
        return builder.build();
    }

    private static StartFailure nowhere(String[] dataSources) {
        return dataSources.length == 0
                ? new StartFailure(
                        "Tokens are in use, but there is nowhere to keep them: no data source, and no bean TokenStore.",
                        "Configure a data source (spring.datasource.url), or declare a bean TokenStore.")
                : new StartFailure(
                        "Tokens are in use, but nothing says in which of the data sources they are: "
                                + String.join(", ", dataSources) + ".",
                        "Mark one of them @Primary, or declare a bean TokenStore over the right one:"
                                + " JdbcTokenStore.builder(dataSource).build().");
    }

    private static TokenFormat format(StoreProperties.Token token) {
        return switch (token.format()) {
            case STANDARD -> token.prefix() == null ? TokenFormat.standard() : TokenFormat.prefixed(token.prefix());
            case LARAVEL -> TokenFormat.laravel(token.prefix() == null ? "" : token.prefix());
        };
    }

    @Bean
    Events sanctumEvents(ApplicationEventPublisher publisher) {
        return new Events(publisher);
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "sanctum.last-used.enabled", matchIfMissing = true)
    PeriodicTask sanctumLastUses(Tokens tokens, StoreProperties properties) {
        Duration interval = properties.lastUsed().flushInterval();
        return new PeriodicTask("write last uses", interval, interval, true, tokens::flush);
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "sanctum.last-used.enabled", matchIfMissing = true)
    PeriodicTask sanctumFirstUses(Tokens tokens) {
        return PeriodicTask.of("write first uses", Housekeeping.FIRST_USES, tokens::flushFirstUses);
    }

    /** On every node, each at another moment: one that finds another at it leaves it to that. */
    @Bean
    @Conditional(OnHousekeeping.class)
    @ConditionalOnBooleanProperty(name = "sanctum.prune.enabled", matchIfMissing = true)
    PeriodicTask sanctumPruning(Tokens tokens, StoreProperties properties) {
        StoreProperties.Prune prune = properties.prune();
        Duration first = Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(prune.every().toMillis() + 1));
        return new PeriodicTask("prune tokens", prune.every(), first, false, () -> tokens.prune(prune.after()));
    }

    @Bean
    HousekeepingLifecycle sanctumHousekeeping(ObjectProvider<PeriodicTask> tasks) {
        return new HousekeepingLifecycle(tasks.orderedStream().toList());
    }

    /** What a native image cannot see: the scripts of the schema. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
            hints.resources().registerPattern("dev/sanctum4j/jdbc/**");
        }
    }
}
