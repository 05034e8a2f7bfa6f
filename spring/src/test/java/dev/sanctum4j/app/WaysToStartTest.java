package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The starter in applications that are started otherwise than most. */
class WaysToStartTest {

    @TestConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({App.Routes.class, People.class})
    static class Application {}

    @TestConfiguration(proxyBeanMethods = false)
    static class People {

        @Bean
        App.People people(PasswordEncoder encoder) {
            return new App.People(encoder);
        }

        @Bean
        PasswordEncoder passwordEncoder() {
            return PasswordEncoderFactories.createDelegatingPasswordEncoder();
        }
    }

    /** What does not serve: it holds what several applications share. */
    @TestConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(People.class)
    static class Shared {}

    @TestConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(App.Routes.class)
    static class Served {}

    private static String[] properties(String database, String... more) {
        return Stream.concat(
                        Stream.of(
                                "server.port=0",
                                "spring.main.banner-mode=off",
                                "spring.datasource.url=jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1",
                                "sanctum.endpoints.tokens=true",
                                "sanctum.endpoints.password-token=true",
                                "sanctum.spa.stateful=self"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static String bearer(ConfigurableApplicationContext context) {
        return AppTest.bearer(context.getBean(Tokens.class).issue(TokenRequest.of(AppTest.ADA, "ci", "orders:read")));
    }

    private static void works(ConfigurableApplicationContext context) {
        tokensWork(context);
        Http http = http(context);
        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
        assertThat(http.page("GET", "/api/whoami", "").body()).contains("ada@example.test");
    }

    private static void tokensWork(ConfigurableApplicationContext context) {
        Http http = http(context);
        String bearer = bearer(context);
        assertThat(http.get("/api/orders").status()).isEqualTo(401);
        assertThat(http.get("/api/orders", bearer).status()).isEqualTo(200);
        assertThat(http.post("/api/orders", "{}", bearer).status()).isEqualTo(403);
        assertThat(http.get("/api/tokens/current", bearer).body()).contains("\"name\":\"ci\"");
    }

    @Test
    void lazily() {
        try (var context = new SpringApplicationBuilder(Application.class)
                .lazyInitialization(true)
                .properties(properties("lazy"))
                .run()) {
            works(context);
        }
    }

    /** A JDK before 21 has none, and the property then means nothing. */
    @Test
    void onVirtualThreads() {
        try (var context = new SpringApplicationBuilder(Application.class)
                .properties(properties("virtual", "spring.threads.virtual.enabled=true"))
                .run()) {
            works(context);
        }
    }

    @Test
    void whereBeansMayReplaceOthers() {
        try (var context = new SpringApplicationBuilder(Application.class)
                .properties(properties("overriding", "spring.main.allow-bean-definition-overriding=true"))
                .run()) {
            works(context);
        }
    }

    /** People are signed in by services of the same context only: that is Spring Security's way. */
    @Test
    void inAContextBelowAnother() {
        try (var parent = new SpringApplicationBuilder(Shared.class)
                        .web(WebApplicationType.NONE)
                        .properties(properties("parent"))
                        .run();
                var child = new SpringApplicationBuilder(Served.class)
                        .parent(parent)
                        .properties(properties("parent"))
                        .run()) {
            assertThat(http(child).get("/api/orders", bearer(parent)).status()).isEqualTo(200);
            tokensWork(child);
        }
    }

    /** As devtools do: the application's classes are loaded anew, the libraries, ours among them, stay. */
    @Test
    void againInTheSameProgram() throws Exception {
        String bearer;
        try (Anew loader = new Anew();
                var context = loader.start()) {
            bearer = bearer(context);
            assertThat(http(context).get("/api/orders", bearer).status()).isEqualTo(200);
        }
        try (Anew loader = new Anew();
                var context = loader.start()) {
            assertThat(context.getBean("people").getClass().getClassLoader()).isSameAs(loader);
            assertThat(http(context).get("/api/orders", bearer).status()).isEqualTo(200);
            works(context);
        }
    }

    /** Loads the classes of this package by itself. */
    private static final class Anew extends URLClassLoader {

        private final ClassLoader before = Thread.currentThread().getContextClassLoader();

        private Anew() throws Exception {
            super(classes(), WaysToStartTest.class.getClassLoader());
        }

        private static URL[] classes() throws Exception {
            List<URL> folders = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (entry.endsWith("test-classes")) {
                    folders.add(Path.of(entry).toUri().toURL());
                }
            }
            return folders.toArray(URL[]::new);
        }

        private ConfigurableApplicationContext start() throws ClassNotFoundException {
            Thread.currentThread().setContextClassLoader(this);
            return new SpringApplicationBuilder(new DefaultResourceLoader(this), loadClass(Application.class.getName()))
                    .properties(properties("restarted"))
                    .run();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(WaysToStartTest.class.getPackageName() + ".")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        @Override
        public void close() throws IOException {
            Thread.currentThread().setContextClassLoader(before);
            super.close();
        }
    }
}
