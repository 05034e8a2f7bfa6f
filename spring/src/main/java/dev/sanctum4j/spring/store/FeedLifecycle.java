package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.cache.CachingTokenStore;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Tokens in memory, if {@code sanctum.cache.mode} and the database want that, and the feed by which changes elsewhere are
 * noticed, which runs while the application does.
 *
 * <p>Thread-safe.
 */
@Internal
public final class FeedLifecycle implements SmartLifecycle {

    private static final int MISSED_ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final StoreProperties properties;
    private final boolean active;
    private volatile @Nullable CachingTokenStore tokens;
    private volatile @Nullable ChangeFeed feed;
    private volatile @Nullable Thread polling;

    /**
     * How it is doing.
     *
     * @param tokens the tokens in memory; absent if they are read from the database every time
     * @param feed how changes elsewhere are noticed; absent if nothing is in memory
     */
    public record State(@Nullable CacheState tokens, ChangeFeed.@Nullable Kind feed) {}

    FeedLifecycle(StoreProperties properties, boolean active) {
        this.properties = properties;
        this.active = active;
    }

    /** How to keep in memory what no feed notifies of; empty if nothing is kept. */
    public Optional<CacheSettings> settings() {
        return active ? Optional.of(settings(null)) : Optional.empty();
    }

    private CacheSettings settings(@Nullable Duration maxFeedLag) {
        StoreProperties.Cache cache = properties.cache();
        return new CacheSettings(
                cache.maxEntries(), cache.maxStale(), maxFeedLag, new SpringTransactions(), System::nanoTime);
    }

    /** How it is doing. */
    public State state() {
        CachingTokenStore store = tokens;
        ChangeFeed running = feed;
        return new State(store == null ? null : store.state(), running == null ? null : running.kind());
    }

    /** Puts a cache before the store of a table, and a feed beside it. */
    TokenStore over(TokenStore store, DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        if (!active) {
            return store;
        }
        StoreProperties.Cache cache = properties.cache();
        CachingTokenStore caching =
                CachingTokenStore.of(store, settings(cache.pollInterval().multipliedBy(MISSED_ROUNDS)));
        ChangeFeed.Builder builder = ChangeFeed.builder(dataSource, caching)
                .table(properties.jdbc().table())
                .timeZone(properties.jdbc().timeZone())
                .sessionTimeZone(properties.jdbc().sessionTimeZone())
                .interval(cache.pollInterval());
        String url = properties.jdbc().directUrl();
        if (details != null || url != null) {
            builder.direct(direct(details, url));
        }
        tokens = caching;
        feed = builder.build();
        return caching;
    }

    /** Refuses a pooler: what listens would stay behind in a session that others have next, and be told what nobody takes. */
    private static final class PastPoolers extends DelegatingDataSource {

        private final DataSource target;

        PastPoolers(DataSource target) {
            super(target);
            this.target = target;
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (JdbcSchema.isBehindPooler(target)) {
                throw new SQLException(
                        "a pooler stands between; name the database itself in sanctum.jdbc.direct-url", "08000");
            }
            return super.getConnection();
        }
    }

    /** Connections past the pool, which notice when the network has swallowed them. */
    private static DataSource direct(@Nullable JdbcConnectionDetails details, @Nullable String url) {
        Properties driver = new Properties();
        driver.setProperty("ApplicationName", "sanctum-feed");
        driver.setProperty("connectTimeout", "3");
        driver.setProperty("socketTimeout", "3");
        DriverManagerDataSource direct = new DriverManagerDataSource();
        if (details != null) {
            direct.setUrl(details.getJdbcUrl());
            direct.setUsername(details.getUsername());
            direct.setPassword(details.getPassword());
        }
        direct.setConnectionProperties(driver);
        if (url == null) {
            return new PastPoolers(direct);
        }
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) { // whose words are the URL
            throw new StartFailure(
                    "No driver here knows the JDBC URL of sanctum.jdbc.direct-url.",
                    "Spell it like jdbc:postgresql://host/database.");
        }
        direct.setUrl(url);
        return direct;
    }

    @Override
    public void start() {
        ChangeFeed running = feed;
        if (running != null && polling == null) {
            Thread thread = new Thread(running, "sanctum-feed");
            thread.setDaemon(true);
            polling = thread;
            thread.start();
        }
    }

    @Override
    public void stop() {
        ChangeFeed running = feed;
        Thread thread = polling;
        if (running != null && thread != null) {
            running.close();
            try {
                thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            polling = null;
        }
    }

    @Override
    public boolean isRunning() {
        return polling != null;
    }

    @Override
    public int getPhase() {
        return 0; // stops after the web server, and before the data source
    }
}
