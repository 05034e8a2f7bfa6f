package dev.sanctum4j.server;

import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcSchema;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.stereotype.Component;

/**
 * Lets the driver prepare no statements where a pooler stands before PostgreSQL, before the first connection of the pool. Whoever
 * says something of {@code prepareThreshold} is left alone.
 */
@Component
class PreparedStatements implements BeanPostProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(PreparedStatements.class);
    private static final String THRESHOLD = "prepareThreshold";

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof HikariDataSource pool && isOpen(pool) && isBehindPooler(pool)) {
            pool.addDataSourceProperty(THRESHOLD, "0");
            LOG.info("A pooler stands before PostgreSQL, so no statements are prepared there");
        }
        return bean;
    }

    /** Whether nobody has said anything about it. */
    private static boolean isOpen(HikariDataSource pool) {
        String url = String.valueOf(pool.getJdbcUrl());
        return url.startsWith("jdbc:postgresql:")
                && !url.contains(THRESHOLD)
                && !pool.getDataSourceProperties().containsKey(THRESHOLD);
    }

    private static boolean isBehindPooler(HikariDataSource pool) {
        Properties driver = new Properties();
        driver.setProperty("connectTimeout", "3");
        driver.putAll(pool.getDataSourceProperties());
        DriverManagerDataSource alone = new DriverManagerDataSource();
        alone.setUrl(pool.getJdbcUrl());
        alone.setUsername(pool.getUsername());
        alone.setPassword(pool.getPassword());
        alone.setConnectionProperties(driver);
        try {
            return JdbcSchema.preparesBehindPooler(alone);
        } catch (TokenStoreException e) {
            return false; // whoever connects next tells why that cannot be done
        }
    }
}
