package dev.sanctum4j.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that note each statement: how long it took, and with which values it was sent the last time. */
final class Recorder {

    /** A statement as it is sent; texts of times in it are the last ones. */
    static final class Sent {
        private final List<Long> nanos = new ArrayList<>();
        private String sql = "";
        private List<Call> values = List.of();

        int count() {
            return nanos.size();
        }

        /** The median in nanoseconds. */
        long median() {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }

        /** How PostgreSQL does it, in a transaction that is rolled back; without doing it where that would be a second time. */
        List<String> plan(Connection connection) throws SQLException {
            String how = sql.startsWith("insert") ? "explain " : "explain (analyze, buffers) ";
            List<String> lines = new ArrayList<>();
            Savepoint before = connection.setSavepoint();
            try (PreparedStatement statement = connection.prepareStatement(how + sql)) {
                for (Call value : values) {
                    value.on(statement);
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        lines.add(rows.getString(1));
                    }
                }
            } finally {
                connection.rollback(before);
            }
            return lines;
        }
    }

    private interface Call {
        void on(PreparedStatement statement) throws SQLException;
    }

    private final DataSource real;
    private final String table;
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private String note = "";

    Recorder(DataSource real, String table) {
        this.real = real;
        this.table = table;
    }

    /** What is sent from now on is told apart from the same before. */
    synchronized void note(String note) {
        this.note = note;
    }

    /** What was sent, by its text without the name of the table and without times. */
    synchronized Map<String, Sent> sent() {
        return new LinkedHashMap<>(sent);
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, args) -> {
            Object result = call(real, method, args);
            return result instanceof Connection connection ? watched(connection) : result;
        });
    }

    private Connection watched(Connection connection) {
        return proxy(Connection.class, (proxy, method, args) -> {
            Object result = call(connection, method, args);
            if (result instanceof PreparedStatement statement && args != null) {
                return watched(statement, (String) args[0]);
            }
            return result instanceof Statement statement ? watched(statement, null) : result;
        });
    }

    private Statement watched(Statement statement, @Nullable String prepared) {
        Map<Integer, Call> values = new TreeMap<>();
        InvocationHandler handler = (proxy, method, args) -> {
            String name = method.getName();
            if (prepared != null && name.startsWith("set") && args != null && args[0] instanceof Integer index) {
                values.put(index, to -> invoke(to, method, args));
            }
            if (!name.startsWith("execute")) {
                return call(statement, method, args);
            }
            long began = System.nanoTime();
            Object result = call(statement, method, args);
            long nanos = System.nanoTime() - began;
            String sql = prepared != null ? prepared : args == null ? "" : String.valueOf(args[0]);
            note(sql, new ArrayList<>(values.values()), nanos);
            return result;
        };
        return prepared == null ? proxy(Statement.class, handler) : proxy(PreparedStatement.class, handler);
    }

    private synchronized void note(String sql, List<Call> values, long nanos) {
        String text = sql.replaceAll("\\s+", " ")
                .strip()
                .replace(table, "tokens")
                .replaceAll("'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+'", "'…'")
                .replaceAll("in \\(\\?(, \\?)+\\)", "in (…)")
                .concat(note);
        Sent one = sent.computeIfAbsent(text, first -> new Sent());
        one.sql = sql.strip();
        one.values = values;
        one.nanos.add(nanos);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Recorder.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static void invoke(Object on, Method method, Object[] args) throws SQLException {
        try {
            method.invoke(on, args);
        } catch (ReflectiveOperationException e) {
            throw new SQLException(e);
        }
    }

    private static @Nullable Object call(Object on, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(on, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
