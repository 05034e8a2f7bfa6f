package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.broadcasting.ChannelMember;
import dev.sanctum4j.spring.broadcasting.ChannelRule;
import java.io.File;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.javapoet.ClassName;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/** An application that is prepared at build time, as for a native image, runs from what was prepared. */
class AotTest {

    @Test
    void applicationRunsFromWhatWasPreparedAtBuildTime(@TempDir Path prepared) throws Exception {
        String initializer = (String) inALoaderOfItsOwn(prepared, "prepare", prepared.toString());
        compile(prepared);
        inALoaderOfItsOwn(prepared, "run", initializer);
    }

    /** At build time nothing has been generated yet, and later it is in the packages of what it was generated for. */
    private static Object inALoaderOfItsOwn(Path prepared, String step, String argument) throws Exception {
        List<URL> all = new ArrayList<>();
        all.add(prepared.resolve("classes/").toUri().toURL());
        all.add(prepared.resolve("resources/").toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            all.add(Path.of(entry).toUri().toURL());
        }
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(all.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            return loader.loadClass(Application.class.getName())
                    .getMethod(step, String.class)
                    .invoke(null, argument);
        } catch (InvocationTargetException e) {
            throw new AssertionError("to " + step + " the application failed", e.getCause());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void compile(Path prepared) throws Exception {
        Path classes = Files.createDirectories(prepared.resolve("classes")); // generated proxies are there already
        StringWriter complaints = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.walk(prepared.resolve("sources"))) {
            boolean done = compiler.getTask(
                            complaints,
                            files,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-nowarn",
                                    "-parameters",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    classes + File.pathSeparator + System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjectsFromPaths(
                                    sources.filter(Files::isRegularFile).toList()))
                    .call();
            assertThat(done).as(complaints.toString()).isTrue();
        }
    }

    /** The routes of the other tests, and none of the beans that they look for themselves. */
    @TestConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(App.Routes.class)
    static class Small {

        @Bean
        App.People people(PasswordEncoder encoder) {
            return new App.People(encoder);
        }

        @Bean
        PasswordEncoder passwordEncoder() {
            return PasswordEncoderFactories.createDelegatingPasswordEncoder();
        }

        @Bean
        ChannelRule channels() {
            return (caller, channel) -> Optional.of(ChannelMember.of(caller.getName()));
        }
    }

    /** What is done with the application. */
    public static final class Application {

        private Application() {}

        private static <C extends GenericApplicationContext> C configured(C context) {
            Map<String, Object> properties = Map.of(
                    "server.port", "0",
                    "spring.datasource.url", "jdbc:h2:mem:aot;DB_CLOSE_DELAY=-1",
                    "sanctum.endpoints.tokens", "true",
                    "sanctum.endpoints.password-token", "true",
                    "sanctum.spa.stateful", "self",
                    "sanctum.broadcasting.key", "key",
                    "sanctum.broadcasting.secret", "secret",
                    "management.endpoints.web.exposure.include", "sanctum");
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
            return context;
        }

        /** Writes sources, proxies and hints. Returns the class that the application starts from. */
        public static String prepare(String directory) {
            var context = configured(new AnnotationConfigServletWebServerApplicationContext());
            context.register(Small.class);
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get(Small.class)),
                    new FileSystemGeneratedFiles(Path.of(directory)));
            ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();

            assertThat(RuntimeHintsPredicates.resource()
                            .forResource("dev/sanctum4j/jdbc/postgresql/V1__personal_access_tokens.sql"))
                    .accepts(generation.getRuntimeHints());
            for (String json : List.of(
                    "spring.SanctumProperties",
                    "spring.store.StoreProperties",
                    "spring.spa.SpaProperties",
                    "spring.ability.AbilityCatalog$Entry",
                    "spring.actuator.SanctumEndpoint$Cache",
                    "cache.CacheState")) {
                assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of("dev.sanctum4j." + json)))
                        .as(json)
                        .accepts(generation.getRuntimeHints());
            }
            return initializer.canonicalName();
        }

        /** Starts it, without reading an annotation, and asks. */
        public static void run(String initializer) throws Exception {
            try (var running = configured(new ServletWebServerApplicationContext())) {
                @SuppressWarnings("unchecked") // what was generated is for this kind of context
                ApplicationContextInitializer<GenericApplicationContext> generated = Class.forName(initializer)
                        .asSubclass(ApplicationContextInitializer.class)
                        .getDeclaredConstructor()
                        .newInstance();
                generated.initialize(running);
                running.refresh();
                String bearer = AppTest.bearer(
                        running.getBean(Tokens.class).issue(TokenRequest.of(AppTest.ADA, "ci", "orders:read")));
                Http http = new Http(running.getWebServer().getPort());
                assertThat(http.get("/api/orders", bearer).status()).isEqualTo(200);
                assertThat(http.get("/api/orders").status()).isEqualTo(401);
                Http.Answer refused = http.post("/api/orders", "{}", bearer);
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.json().get("message").asString()).isEqualTo("Invalid ability provided.");
                assertThat(http.get("/api/tokens/current", bearer)
                                .json()
                                .get("name")
                                .asString())
                        .isEqualTo("ci");
                assertThat(http.get("/api/abilities", bearer).body())
                        .contains("{\"name\":\"orders:read\",\"description\":\"See orders\",\"group\":\"Orders\"}");
                assertThat(http.post(
                                        "/sanctum/token",
                                        "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD
                                                + "\",\"device_name\":\"phone\"}",
                                        "Accept: application/json")
                                .json()
                                .get("token")
                                .asString())
                        .startsWith("pat_");
                everyOtherRoute(running, http);
            }
        }

        private static void everyOtherRoute(ServletWebServerApplicationContext running, Http http) {
            String manager = AppTest.bearer(
                    running.getBean(Tokens.class).issue(TokenRequest.of(AppTest.ADA, "manager", "*", "tokens:manage")));
            String made = http.post("/api/tokens", "{\"name\":\"laptop\",\"abilities\":[\"orders:read\"]}", manager)
                    .json()
                    .get("id")
                    .asString();
            assertThat(http.get("/api/tokens", manager).body()).contains("\"name\":\"laptop\"");
            assertThat(http.get("/api/tokens/policy", manager).body()).startsWith("{\"default_lifetime\":");
            assertThat(http.get("/api/tokens/" + made, manager)
                            .json()
                            .get("name")
                            .asString())
                    .isEqualTo("laptop");
            assertThat(http.send(
                                    "PATCH",
                                    "/api/tokens/" + made,
                                    "{\"name\":\"phone\"}",
                                    manager,
                                    "Content-Type: application/json")
                            .json()
                            .get("name")
                            .asString())
                    .isEqualTo("phone");
            assertThat(http.post(
                                    "/broadcasting/auth",
                                    "{\"socket_id\":\"1.2\",\"channel_name\":\"private-a\"}",
                                    manager)
                            .json()
                            .get("auth")
                            .asString())
                    .startsWith("key:");
            assertThat(http.send("DELETE", "/api/tokens/" + made, "", manager).status())
                    .isEqualTo(204);
            assertThat(http.send("DELETE", "/api/tokens/current", "", manager).status())
                    .isEqualTo(204);

            assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
            assertThat(http.page("GET", "/actuator/sanctum", "").status()).isEqualTo(200);
            assertThat(http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}")
                            .status())
                    .isBetween(200, 204);
            String again = http.page("POST", "/api/tokens", "{\"name\":\"by hand\",\"abilities\":[]}")
                    .json()
                    .get("id")
                    .asString();
            assertThat(http.page("POST", "/api/tokens/" + again + "/rotate", "").status())
                    .isBetween(200, 201);
            assertThat(http.page("DELETE", "/api/tokens", "").status()).isBetween(200, 204);
            assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
        }
    }
}
