package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.cache.CachingTokenStore;
import dev.sanctum4j.cache.FreshCache;
import dev.sanctum4j.jdbc.ChangeFeed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Tokens and owners in memory, if {@code sanctum.cache.mode} and the database want that. An application that changes an owner
 * calls {@link #forget}: the change counts on this node from then on, and within {@link CacheState#maxStale} on others.
 *
 * <p>Thread-safe.
 */
public final class SanctumCache implements SmartLifecycle {

    private static final int SILENT_ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final StoreProperties properties;
    private final @Nullable FreshCache<Owner, LoadedOwner> owners;
    private final CacheSettings settings;
    private volatile @Nullable CachingTokenStore tokens;
    private volatile @Nullable ChangeFeed feed;
    private volatile @Nullable Thread hearing;

    /**
     * How it is doing.
     *
     * @param tokens the tokens in memory; absent if they are read from the database every time
     * @param owners the owners in memory; absent if they are loaded every time
     * @param feed how changes elsewhere are heard; absent if nothing is in memory
     */
    public record State(
            @Nullable CacheState tokens, @Nullable CacheState owners, ChangeFeed.@Nullable Kind feed) {}

    SanctumCache(StoreProperties properties, boolean active) {
        this.properties = properties;
        StoreProperties.Cache cache = properties.cache();
        settings = new CacheSettings(
                cache.maxEntries(), cache.maxStale(), null, new SpringTransactions(), System::nanoTime);
        owners = active ? new FreshCache<>(settings, (owner, loaded) -> owner) : null;
    }

    /** Whether anything is kept in memory. */
    public boolean isActive() {
        return owners != null;
    }

    /**
     * Forgets what is known of an owner, who has been changed, disabled or deleted; in a transaction, from its end on as well.
     */
    public void forget(Owner owner) {
        if (owners != null) {
            owners.forget(List.of(owner));
        }
    }

    /** How it is doing. */
    public State state() {
        CachingTokenStore store = tokens;
        ChangeFeed listening = feed;
        return new State(
                store == null ? null : store.state(),
                owners == null ? null : owners.state(),
                listening == null ? null : listening.kind());
    }

    Optional<LoadedOwner> owner(Owner owner, Function<Owner, Optional<LoadedOwner>> read) {
        return owners == null ? read.apply(owner) : owners.get(owner, read);
    }

    /** Puts a cache before the store of a table, and a feed beside it. */
    TokenStore over(TokenStore store, DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        if (owners == null) {
            return store;
        }
        StoreProperties.Cache cache = properties.cache();
        CachingTokenStore caching = CachingTokenStore.of(
                store,
                new CacheSettings(
                        settings.maxEntries(),
                        settings.maxStale(),
                        cache.pollInterval().multipliedBy(SILENT_ROUNDS),
                        settings.transactions(),
                        settings.nanoTime()));
        ChangeFeed.Builder builder = ChangeFeed.builder(dataSource, caching)
                .table(properties.jdbc().table())
                .timeZone(properties.jdbc().timeZone())
                .interval(cache.pollInterval());
        if (details != null) {
            builder.direct(direct(details, cache.listenUrl()));
        }
        tokens = caching;
        feed = builder.build();
        return caching;
    }

    /** Connections past the pool, which notice when the network has swallowed them. */
    private static DataSource direct(JdbcConnectionDetails details, @Nullable String url) {
        Properties driver = new Properties();
        driver.setProperty("ApplicationName", "sanctum-feed");
        driver.setProperty("connectTimeout", "3");
        driver.setProperty("socketTimeout", "3");
        DriverManagerDataSource direct = new DriverManagerDataSource();
        direct.setUrl(url == null ? details.getJdbcUrl() : url);
        direct.setUsername(details.getUsername());
        direct.setPassword(details.getPassword());
        direct.setConnectionProperties(driver);
        return direct;
    }

    @Override
    public void start() {
        ChangeFeed listening = feed;
        if (listening != null && hearing == null) {
            Thread thread = new Thread(listening, "sanctum-feed");
            thread.setDaemon(true);
            hearing = thread;
            thread.start();
        }
    }

    @Override
    public void stop() {
        ChangeFeed listening = feed;
        Thread thread = hearing;
        if (listening != null && thread != null) {
            listening.close();
            try {
                thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            hearing = null;
        }
    }

    @Override
    public boolean isRunning() {
        return hearing != null;
    }

    @Override
    public int getPhase() {
        return 0; // stops after the web server, and before the data source
    }
}
