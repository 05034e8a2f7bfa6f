package dev.sanctum4j.spring;

import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcWork;
import dev.sanctum4j.jdbc.SqlFunction;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes part in the application's transactions: a token that is issued in one is rolled back with it, and a revocation
 * counts from its commit.
 */
final class SpringJdbcWork {
}
