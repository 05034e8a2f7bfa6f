package dev.sanctum4j.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/** PostgreSQL's driver, which lets every statement be explained with its values, on its own connection, before it is sent. */
public final class WatchedDriver implements Driver {

    /** What PostgreSQL makes of a statement with the values it had, and for every statement the first few. */
    static final Map<String, List<String>> PLANS = new ConcurrentHashMap<>();

    /** What could not be explained. */
    static final Map<String, String> FAILED = new ConcurrentHashMap<>();

    private static final int TIMES = 3;
    private static final Pattern EXPLAINABLE = Pattern.compile(
            "\\s*(select|insert|update|delete|with|merge)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Driver REAL = new org.postgresql.Driver();

    static volatile boolean explains;

    /** Lets whoever asks for a connection have this driver. */
    static void register() throws SQLException {
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver instanceof org.postgresql.Driver) {
                DriverManager.deregisterDriver(driver);
            }
        }
        DriverManager.registerDriver(new WatchedDriver());
    }

    /** Puts back the driver as it is. */
    static void deregister() throws SQLException {
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver instanceof WatchedDriver) {
                DriverManager.deregisterDriver(driver);
            }
        }
        DriverManager.registerDriver(REAL);
    }

    private interface Call {
        void on(PreparedStatement statement) throws Throwable;
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(WatchedDriver.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object call(Object real, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Connection watched(Connection real) {
        return (Connection) proxy(Connection.class, (proxy, method, args) -> {
            Object result = call(real, method, args);
            if (method.getName().equals("prepareStatement")) {
                return prepared(real, (PreparedStatement) result, (String) args[0]);
            }
            return method.getName().equals("createStatement") ? plain(real, (Statement) result) : result;
        });
    }

    private static Object plain(Connection connection, Statement real) {
        return proxy(Statement.class, (proxy, method, args) -> {
            if (args != null && args[0] instanceof String sql) {
                explain(connection, sql, List.of());
            }
            return call(real, method, args);
        });
    }

    private static Object prepared(Connection connection, PreparedStatement real, String sql) {
        Map<Integer, Call> values = new TreeMap<>();
        return proxy(PreparedStatement.class, (proxy, method, args) -> {
            String name = method.getName();
            if (name.startsWith("set") && args.length > 1 && args[0] instanceof Integer index) {
                values.put(index, statement -> call(statement, method, args));
            } else if (name.equals("addBatch") || name.startsWith("execute") && !name.equals("executeBatch")) {
                explain(connection, sql, new ArrayList<>(values.values()));
            }
            return call(real, method, args);
        });
    }

    private static void explain(Connection connection, String sql, List<Call> values) {
        List<String> plans = explains && EXPLAINABLE.matcher(sql).matches()
                ? PLANS.computeIfAbsent(sql, first -> Collections.synchronizedList(new ArrayList<>()))
                : List.of();
        if (!explains || plans.size() >= TIMES || !EXPLAINABLE.matcher(sql).matches()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("explain (format json) " + sql)) {
            for (Call value : values) {
                value.on(statement);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                plans.add(row.getString(1));
            }
        } catch (Throwable e) {
            FAILED.put(sql, e.toString());
        }
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        Connection real = REAL.connect(url, properties);
        return real == null ? null : watched(real);
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return REAL.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) throws SQLException {
        return REAL.getPropertyInfo(url, properties);
    }

    @Override
    public int getMajorVersion() {
        return REAL.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return REAL.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return REAL.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("watched");
    }
}
