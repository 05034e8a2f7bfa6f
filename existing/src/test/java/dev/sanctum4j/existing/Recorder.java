package dev.sanctum4j.existing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.example.shapes.ResourceServer;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.ProxyConfig;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * A program of its own: starts one application after the other, asks each what the list says, and writes what can be observed
 * of it. It names nothing of ours, for it runs without our jar, too.
 */
final class Recorder {

    private static final String OURS = "dev.sanctum4j.";
    private static final String HARNESS = "dev.sanctum4j.existing.";

    /** What Spring Security adds everywhere, in this order; written once here and not in each answer. */
    private static final String DEFAULT_HEADERS = """
            < X-Content-Type-Options: nosniff
            < X-XSS-Protection: 0
            < Cache-Control: no-cache, no-store, max-age=0, must-revalidate
            < Pragma: no-cache
            < Expires: 0
            < X-Frame-Options: DENY
            """;

    private final List<Request> requests;
    private final Path folder;

    private Recorder(List<Request> requests, Path folder) {
        this.requests = requests;
        this.folder = folder;
    }

    /** Writes to the folder that is named first; recipes are named after it. */
    public static void main(String[] args) throws Exception {
        Recorder recorder = new Recorder(Request.read(Path.of("src/test/resources/requests.txt")), Path.of(args[0]));
        System.out.println(isThere() ? "with ours" : "without ours");
        Slices.run(".*Slice").write(recorder.folder.resolve("slices.txt"));
        if (isThere()) {
            Slices.run(".*WithTokens").write(recorder.folder.resolve("slices-with-tokens.txt"));
        }
        for (Shape shape : Shape.values()) {
            recorder.record(shape.file(), new Recipe(shape, shape.sources(), Map.of(), List.of(), ""));
        }
        for (String name : List.of(args).subList(1, args.length)) {
            recorder.record("recipe-" + name, Recipe.read(name));
        }
        System.exit(0); // whatever threads an application left
    }

    private static boolean isThere() {
        return Recorder.class.getResource("/dev/sanctum4j/Tokens.class") != null;
    }

    private void record(String file, Recipe recipe) throws Exception {
        Map<String, String> sections = new LinkedHashMap<>();
        Log log = new Log();
        Work work = new Work();
        long before = System.nanoTime();
        try (ConfigurableApplicationContext context = start(file, recipe, log, work)) {
            sections.put("start", started(context));
            sections.put("work after the start", work.done(context));
            log(file, "started", before);
            sections.putAll(
                    answers(context, recipe.shape(), Stream.concat(requests.stream(), recipe.requests().stream())));
            sections.put("work at the end", work.done(context));
            sections.put("tables", tables(context));
            Files.writeString(folder.resolve(file + ".beans"), beans(context));
        } catch (RuntimeException e) {
            sections.putIfAbsent("start", "failed: " + rootOf(e));
        }
        sections.put("log", new Varying().named(String.join("\n", log.lines)));
        new Recording(sections).write(folder.resolve(file + ".txt"));
        log(file, "recorded", before);
    }

    private static ConfigurableApplicationContext start(String file, Recipe recipe, Log log, Work work) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("server.port", "0");
        all.put("spring.main.banner-mode", "off");
        all.put("spring.datasource.url", "jdbc:h2:mem:" + file + "");
        all.put(
                "spring.autoconfigure.exclude",
                "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration");
        all.putAll(recipe.shape().properties());
        all.putAll(recipe.properties());
        ClassLoader loader = recipe.jars().isEmpty() ? Recorder.class.getClassLoader() : Programs.loader(recipe.jars());
        Thread.currentThread().setContextClassLoader(loader);
        SpringApplication application = new SpringApplication(
                new DefaultResourceLoader(loader), recipe.sources().toArray(Class<?>[]::new));
        if (recipe.shape() == Shape.OUR_NAMES) {
            application.setSources(Set.of("com.example.names.Names"));
        }
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> {
            log.attach();
            context.getBeanFactory().addBeanPostProcessor(work);
        });
        return application.run(all.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new));
    }

    /** The innermost cause: what an application's failed start is about. */
    static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getClass().getName() + ": " + root.getMessage();
        return message.length() > 300 ? message.substring(0, 300) + "…" : message;
    }

    private static String started(ConfigurableApplicationContext context) {
        ServletWebServerApplicationContext web = (ServletWebServerApplicationContext) context;
        ProxyConfig proxies = (ProxyConfig) context.getBean("org.springframework.aop.config.internalAutoProxyCreator");
        return "started\nclass proxies: " + proxies.isProxyTargetClass() + "\nsession cookie of the container: "
                + web.getServletContext().getSessionCookieConfig().getName() + " "
                + new TreeMap<>(web.getServletContext().getSessionCookieConfig().getAttributes())
                + LoggingSystem.get(Recorder.class.getClassLoader()).getLoggerConfigurations().stream()
                        .filter(logger -> logger.getConfiguredLevel() != null)
                        .map(logger -> "\nlogger " + logger.getName() + ": " + logger.getConfiguredLevel())
                        .sorted()
                        .collect(Collectors.joining());
    }

    private Map<String, String> answers(ConfigurableApplicationContext context, Shape shape, Stream<Request> requests)
            throws IOException {
        int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
        Map<String, String> kept = new HashMap<>(Map.of(
                "jwt", jwt("orders", 3600),
                "admin-jwt", jwt("admin", 3600),
                "expired-jwt", jwt("orders", -3600),
                "sign-in", shape.signIn(),
                "sign-out", shape.signOut()));
        Map<String, Browser> browsers = new HashMap<>();
        Map<String, String> answers = new LinkedHashMap<>();
        for (Request request : (Iterable<Request>) requests::iterator) {
            Browser browser = request.browser().isEmpty()
                    ? new Browser(kept)
                    : browsers.computeIfAbsent(request.browser(), name -> new Browser(kept));
            Answer answer = browser.send(port, shape.prefix(), request);
            StringBuilder text = new StringBuilder();
            text.append("> ").append(request.method()).append(' ');
            text.append(request.path()).append('\n');
            text.append("< ").append(answer.status()).append('\n');
            answer.headers().stream()
                    .filter(header -> !header.startsWith("Date: "))
                    .forEach(header -> text.append("< ").append(header).append('\n'));
            int defaults = text.indexOf(DEFAULT_HEADERS);
            if (defaults >= 0) {
                text.replace(defaults, defaults + DEFAULT_HEADERS.length(), "< (the default headers)\n");
            }
            Varying.withSortedLinks(answer.body())
                    .replace("},", "},\n")
                    .lines()
                    .forEach(line -> text.append("  ").append(line).append('\n'));
            answers.put(request.name(), browser.named(text.toString()).stripTrailing());
        }
        return answers;
    }

    private static String jwt(String scope, int seconds) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .subject("program")
                            .claim("scope", scope)
                            .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                            .build());
            jwt.sign(new MACSigner(ResourceServer.KEY));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String tables(ConfigurableApplicationContext context) {
        return context.getBean(JdbcClient.class).sql("""
                SELECT 'table ' || table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'
                UNION ALL SELECT 'index ' || table_name || '.' || index_name FROM information_schema.indexes
                    WHERE table_schema = 'PUBLIC' AND index_type_name NOT LIKE 'PRIMARY%'
                UNION ALL SELECT 'trigger ' || trigger_name FROM information_schema.triggers
                ORDER BY 1
                """).query(String.class).list().stream()
                .collect(Collectors.joining("\n"));
    }

    private static String beans(ConfigurableApplicationContext context) {
        Map<String, String> beans = new TreeMap<>();
        for (String name : context.getBeanDefinitionNames()) {
            Class<?> type = context.getBeanFactory().getType(name, false);
            beans.put(name, type == null ? "" : type.getName());
        }
        return beans.entrySet().stream()
                .map(bean -> bean.getKey() + "\t" + new Varying().named(bean.getValue()))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static void log(String file, String what, long since) {
        System.out.printf("%s %s after %d ms%n", file, what, (System.nanoTime() - since) / 1_000_000);
    }

    /** What an operator sees: warnings and worse of everybody, and all that we say. */
    private static final class Log extends AppenderBase<ILoggingEvent> {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        private void attach() {
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            setContext(root.getLoggerContext());
            start();
            root.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            boolean ours = event.getLoggerName().startsWith(OURS)
                    && !event.getLoggerName().startsWith(HARNESS);
            if (ours || event.getLevel().isGreaterOrEqual(Level.WARN) && !isOfAThreadThatEnds(event)) {
                String thrown = event.getThrowableProxy() == null
                        ? ""
                        : " [" + event.getThrowableProxy().getClassName() + "]";
                lines.add(event.getLevel() + " " + event.getLoggerName() + ": "
                        + event.getFormattedMessage().strip() + thrown);
            }
        }

        /** Those of a pool that was closed may be on their way when Tomcat looks for threads that were left behind. */
        private static boolean isOfAThreadThatEnds(ILoggingEvent event) {
            return event.getLoggerName().equals("org.apache.catalina.loader.WebappClassLoaderBase")
                    && event.getFormattedMessage().contains("HikariPool-");
        }
    }

    /** Threads, tasks and connections, and which of them are ours. */
    private static final class Work implements BeanPostProcessor {

        private final AtomicInteger taken = new AtomicInteger();

        /** Of the tests that ran here before, whose applications are kept. */
        private final Set<Thread> others = Thread.getAllStackTraces().keySet();

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof HikariDataSource pool ? new Counted(pool) : bean;
        }

        private String done(ConfigurableApplicationContext context) throws InterruptedException, SQLException {
            HikariDataSource pool = context.getBean(DataSource.class).unwrap(HikariDataSource.class);
            while (pool.getHikariPoolMXBean().getTotalConnections() < pool.getMaximumPoolSize()) {
                Thread.sleep(5); // filled in the background
            }
            int tasks = context.getBean(ThreadPoolTaskScheduler.class)
                    .getScheduledThreadPoolExecutor()
                    .getQueue()
                    .size();
            return "connections taken by us: " + (taken.get() == 0 ? "none" : "some")
                    + "\nconnections outside of the pool: "
                    + (context.getBean(JdbcClient.class)
                                    .sql("SELECT COUNT(*) FROM information_schema.sessions")
                                    .query(Integer.class)
                                    .single()
                            - pool.getMaximumPoolSize())
                    + "\ntasks of the application's scheduler: " + tasks + "\nthreads of ours: " + threads();
        }

        private Set<String> threads() {
            Set<String> names = new TreeSet<>();
            Thread.getAllStackTraces().forEach((thread, stack) -> {
                if (!others.contains(thread) && (thread.getName().contains("sanctum") || isOurs(stack))) {
                    names.add(thread.getName());
                }
            });
            return names;
        }

        private static boolean isOurs(StackTraceElement[] stack) {
            return Arrays.stream(stack)
                    .map(StackTraceElement::getClassName)
                    .anyMatch(name -> name.startsWith(OURS) && !name.startsWith(HARNESS));
        }

        private final class Counted extends DelegatingDataSource {

            private Counted(DataSource pool) {
                super(pool);
            }

            @Override
            public Connection getConnection() throws SQLException {
                if (isOurs(Thread.currentThread().getStackTrace())) {
                    taken.incrementAndGet();
                }
                return super.getConnection();
            }
        }
    }
}
