package dev.sanctum4j.server.web;

import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.store.StoreProperties;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.data.redis.serializer.JdkSerializationRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.serializer.SerializationException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.session.MapSession;
import org.springframework.session.config.SessionRepositoryCustomizer;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionMapper;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** What the stores of sessions need beyond what Spring Session does. */
@Configuration(proxyBeanMethods = false)
class SessionStores {

    private static final Logger LOG = LoggerFactory.getLogger(SessionStores.class);

    /** Of a session that is there still: one that has ended gets no attribute more. */
    private static final String INSERT = """
            %%s into %%%%TABLE_NAME%%%%_ATTRIBUTES (SESSION_PRIMARY_ID, ATTRIBUTE_NAME, ATTRIBUTE_BYTES)%%s
            select s.PRIMARY_ID, v.name, v.bytes from (select %s as id, %s as name, %s as bytes) v
            join %%%%TABLE_NAME%%%% s on s.PRIMARY_ID = v.id%%s""";

    private static final String UPSERT =
            " on conflict (SESSION_PRIMARY_ID, ATTRIBUTE_NAME) do update set ATTRIBUTE_BYTES = excluded.ATTRIBUTE_BYTES";

    private static final String OVER =
            "select PRIMARY_ID from %TABLE_NAME% where EXPIRY_TIME < ? order by EXPIRY_TIME limit 250";

    /**
     * Transactions of the server's own tables, of sessions for one. What the database gives up in favour of another is run again, four
     * times at most; a single statement, which Galera runs again by itself, needs none.
     */
    @Bean
    TransactionOperations springSessionTransactionOperations(PlatformTransactionManager transactions) {
        TransactionTemplate own = new TransactionTemplate(transactions);
        own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        RetryTemplate again = new RetryTemplate(RetryPolicy.builder()
                .includes(PessimisticLockingFailureException.class)
                .maxRetries(4)
                .delay(Duration.ofMillis(10))
                .jitter(Duration.ofMillis(5))
                .multiplier(2)
                .maxDelay(Duration.ofMillis(50))
                .timeout(Duration.ofSeconds(10)) // whoever waited for a lock that long does not wait again
                .build());
        return new TransactionOperations() {
            @Override
            public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
                return again.invoke(() -> own.execute(action));
            }
        };
    }

    /** Two requests may both be the first to write an attribute, and the later counts; or the session ends before either does. */
    @Bean
    @Profile("!redis")
    SessionRepositoryCustomizer<JdbcIndexedSessionRepository> firstWrites(
            @Value("${spring.datasource.url}") String url) {
        String query = switch (DatabaseDriver.fromJdbcUrl(url)) {
            case H2 ->
                INSERT.formatted("cast(? as char(36))", "cast(? as varchar)", "cast(? as binary large object)")
                        .formatted("merge", " key (SESSION_PRIMARY_ID, ATTRIBUTE_NAME)", " for update");
            case MYSQL, MARIADB ->
                INSERT.formatted("convert(? using ascii) collate ascii_bin", "?", "?")
                        .formatted("insert", "", " on duplicate key update ATTRIBUTE_BYTES = values(ATTRIBUTE_BYTES)");
            case SQLITE -> INSERT.formatted("?", "?", "?").formatted("insert", "", " where true" + UPSERT);
            default ->
                INSERT.formatted("cast(? as char(36))", "cast(? as text)", "cast(? as bytea)")
                        .formatted("insert", "", " for key share of s" + UPSERT);
        };
        return sessions -> sessions.setCreateSessionAttributeQuery(query);
    }

    /** What is over is deleted a few at a time; of several nodes that do so at once the second finds the same rows locked, or gone. */
    @Bean
    @Profile("!redis")
    SessionRepositoryCustomizer<JdbcIndexedSessionRepository> fewAtATime(
            @Value("${spring.datasource.url}") String url) {
        String query = switch (DatabaseDriver.fromJdbcUrl(url)) {
            case MYSQL, MARIADB -> "delete from %TABLE_NAME% where EXPIRY_TIME < ? order by EXPIRY_TIME limit 250";
            case H2, SQLITE -> "delete from %TABLE_NAME% where PRIMARY_ID in (" + OVER + ")";
            default ->
                "delete from %TABLE_NAME% where PRIMARY_ID = any(array(select PRIMARY_ID from %TABLE_NAME% where PRIMARY_ID"
                        + " = any(array(" + OVER + ")) for update skip locked))";
        };
        return sessions -> {
            sessions.setDeleteSessionsByExpiryTimeQuery(query);
            sessions.setCleanupCron(Scheduled.CRON_DISABLED); // see below
        };
    }

    /** Tells once a minute that it fails; the schedule of Spring Session, which is off, tells each time. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    @Profile("!redis")
    ThreadPoolTaskScheduler sessionsThatAreOver(JdbcIndexedSessionRepository sessions, StoreProperties settings) {
        ThreadPoolTaskScheduler thread = new ThreadPoolTaskScheduler();
        thread.setThreadNamePrefix("sanctum-sessions");
        thread.setDaemon(true);
        thread.setErrorHandler(e -> Outage.tell(LOG, "Sessions that are over are not deleted", e));
        thread.initialize();
        if (settings.housekeeping()) {
            Future<?> unused = thread.scheduleWithFixedDelay( // ends with its thread
                    sessions::cleanUpExpiredSessions, Duration.ofSeconds(1));
        }
        return thread;
    }

    /** Redis holds a session as one, so what cannot be read of it is found before it is one. */
    @Configuration(proxyBeanMethods = false)
    @Profile("redis")
    static class InRedis {

        /** Stands for a value that this version cannot read. */
        private enum Unreadable {
            VALUE
        }

        @Bean
        RedisSerializer<Object> springSessionDefaultRedisSerializer() {
            return new JdkSerializationRedisSerializer(SessionStores.class.getClassLoader()) {
                @Override
                public @Nullable Object deserialize(byte @Nullable [] bytes) {
                    try {
                        return super.deserialize(bytes);
                    } catch (SerializationException | LinkageError e) {
                        return Unreadable.VALUE;
                    }
                }
            };
        }

        @Bean
        SessionRepositoryCustomizer<RedisIndexedSessionRepository> readableSessions(ApplicationEventPublisher events) {
            RedisSessionMapper mapper = new RedisSessionMapper();
            return sessions -> sessions.setRedisSessionMapper((id, values) -> {
                MapSession read = read(mapper, id, values);
                if (read == null) {
                    events.publishEvent(new AccessEvent.SessionUnreadable());
                }
                return read;
            });
        }

        /** Null is none to Spring Session. */
        @SuppressWarnings("NullAway")
        private static @Nullable MapSession read(RedisSessionMapper mapper, String id, Map<String, Object> values) {
            try {
                return values.containsValue(Unreadable.VALUE) ? null : mapper.apply(id, values);
            } catch (IllegalStateException | ClassCastException e) {
                return null;
            }
        }
    }
}
