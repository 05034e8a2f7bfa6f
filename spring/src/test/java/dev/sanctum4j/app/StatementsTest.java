package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** What a request costs the database: one indexed read, and no write. */
@Import(StatementsTest.Counting.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:statements;DB_CLOSE_DELAY=-1",
            "sanctum.last-used.flush-interval=1h",
            "sanctum.prune.enabled=false"
        })
class StatementsTest extends AppTest {

    private static final List<String> EXECUTED = new CopyOnWriteArrayList<>();

    /** Writes down what is executed. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Counting {

        @Bean
        static BeanPostProcessor countingDataSource() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource dataSource
                            ? proxy(DataSource.class, dataSource, Counting::connections)
                            : bean;
                }
            };
        }

        private static @Nullable Object connections(Object target, Method method, Object[] arguments) throws Throwable {
            Object result = call(target, method, arguments);
            return result instanceof Connection connection
                    ? proxy(Connection.class, connection, Counting::statements)
                    : result;
        }

        private static @Nullable Object statements(Object target, Method method, Object[] arguments) throws Throwable {
            Object result = call(target, method, arguments);
            if (result instanceof PreparedStatement statement) {
                String sql = String.valueOf(arguments[0]);
                return proxy(PreparedStatement.class, statement, (on, called, with) -> {
                    if (called.getName().startsWith("execute")) {
                        EXECUTED.add(called.getName() + " " + sql.strip());
                    }
                    return call(on, called, with);
                });
            }
            return result;
        }

        private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
                throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        private static <T> T proxy(Class<T> type, T target, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> handler.invoke(target, method, arguments)));
        }
    }

    /** So that nothing is written but what a test writes. */
    @BeforeEach
    void doNothingByItself() {
        application.getBean("sanctumHousekeeping", Lifecycle.class).stop();
    }

    @Test
    void requestWithATokenIsOneIndexedReadAndNoWrite() {
        NewToken token = issue(ADA, "orders:read");
        http.get("/api/whoami", bearer(token));
        EXECUTED.clear();

        http.get("/api/whoami", bearer(token));
        http.get(
                "/api/whoami",
                "Authorization: Bearer " + token.token().id() + "|"
                        + token.plainText().reveal());

        assertThat(EXECUTED).hasSize(2);
        assertThat(EXECUTED.get(0)).startsWith("executeQuery select").endsWith("where token = ?");
        assertThat(EXECUTED.get(1)).startsWith("executeQuery select").endsWith("where token = ?");
    }

    /** Whoever sends no Idempotency-Key pays nothing for it. */
    @Test
    void tokenWithoutAKeyIsIssuedByOneStatement() {
        String manager = bearer(issue(ADA, "a", "tokens:manage"));
        http.get("/api/whoami", manager);
        EXECUTED.clear();

        http.post("/api/tokens", "{\"name\":\"child\",\"abilities\":[\"a\"]}", manager);

        assertThat(EXECUTED).extracting(sql -> sql.split("\\s+", 3)[1]).containsExactly("select", "select", "insert");
        EXECUTED.clear();
        http.post("/api/tokens", "{\"name\":\"child\",\"abilities\":[\"a\"]}", manager, "Idempotency-Key: some-key");
        assertThat(EXECUTED)
                .extracting(sql -> sql.split("\\s+", 3)[1])
                .as("the key, what is old, the key taken, counted and settled")
                .containsExactly("select", "select", "select", "insert", "select", "select", "insert", "update");
    }

    @Test
    void wrongChecksumAsksTheDatabaseNothing() {
        String text = issue(ADA, "orders:read").plainText().reveal();
        String typo = text.substring(0, 10) + (text.charAt(10) == 'a' ? 'b' : 'a') + text.substring(11);
        EXECUTED.clear();

        assertThat(http.get("/api/whoami", "Authorization: Bearer " + typo).status())
                .isEqualTo(401);
        assertThat(http.get("/api/whoami", "Authorization: Bearer " + "x".repeat(513))
                        .status())
                .isEqualTo(401);

        assertThat(EXECUTED).isEmpty();
    }

    @Test
    void usesOfManyRequestsAreOneBatch() {
        tokens.flush();
        List<NewToken> some = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            some.add(issue(ADA, "orders:read"));
        }
        for (int i = 0; i < 50; i++) {
            http.get("/api/whoami", bearer(some.get(i % some.size())));
        }
        EXECUTED.clear();

        tokens.flush();
        tokens.flush();

        assertThat(EXECUTED).singleElement().asString().startsWith("executeBatch update");
        some.forEach(
                made -> assertThat(tokens.find(made.token().id()).orElseThrow().lastUsedAt())
                        .isNotNull());
    }
}
