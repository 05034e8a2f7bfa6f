package dev.sanctum4j.server;

import dev.sanctum4j.server.cli.Cli;
import dev.sanctum4j.server.cli.Contexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the server. Its settings come from the environment, see {@code docs/quickstart.md}. */
@SpringBootApplication(
        excludeName = {
            // What our dependencies bring and nothing here uses; together a tenth of the start (docs/performance.md,
            // Starting)
            "org.springframework.boot.autoconfigure.aop.AopAutoConfiguration",
            "org.springframework.boot.data.autoconfigure.metrics.DataRepositoryMetricsAutoConfiguration",
            "org.springframework.boot.data.autoconfigure.web.DataWebAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.health.DataRedisReactiveHealthContributorAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration",
            "org.springframework.boot.netty.autoconfigure.NettyAutoConfiguration",
            "org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration",
            "org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
        })
public class SanctumServer {

    private static final String DATA = "SANCTUM_DATA";
    private static final String SQLITE = "jdbc:sqlite:";

    /**
     * Lets every query on a Galera cluster see what was committed on another node before. MariaDB reads the second half alone, which does
     * nothing where it is built without Galera, and MySQL the first, which does nothing.
     */
    static final String CAUSAL =
            "/*!50700 do 0 */ /*M!100203 begin not atomic declare continue handler for sqlexception"
                    + " begin end; execute immediate 'set session wsrep_sync_wait = 1'; end */";

    /** Starts the server and returns once it answers, or runs a command and ends with its exit code. */
    public static void main(String[] args) throws IOException {
        Optional<String[]> settings = Cli.serverArguments(args);
        if (settings.isPresent()) {
            application(System.getenv()).run(settings.get());
        } else {
            System.exit(Cli.run(args, (migrations, verbose) -> command(System.getenv(), migrations, verbose)));
        }
    }

    /**
     * The application for a command: with the beans of the server, so that the same policies hold and sessions are where the
     * server has them, but none of them made before it is used, and no web server.
     */
    static ConfigurableApplicationContext command(
            Map<String, String> environment, Contexts.Migrations migrations, boolean verbose) {
        try {
            SpringApplication application = application(environment);
            application.setApplicationContextFactory(type -> new AnnotationConfigServletWebApplicationContext());
            application.setLazyInitialization(true);
            // One looks for handlers of the web once everything is there, the next for the table, which may be what to
            // see to, and one asks whether there are passwords; the last asks for people, and where tables are looked
            // at or taken away there may be none to ask
            List<String> unwanted = new ArrayList<>(List.of(
                    "mvcResourceUrlProvider", "sanctumTableCheck", "sanctumRequestsCheck", "sanctumConfirmationCheck"));
            if (migrations == Contexts.Migrations.LEAVE) {
                unwanted.add("sanctumOwnersCheck");
            }
            application.addInitializers(context -> context.addBeanFactoryPostProcessor(beans -> unwanted.stream()
                    .filter(beans::containsBeanDefinition)
                    .forEach(((BeanDefinitionRegistry) beans)::removeBeanDefinition)));
            application.setLogStartupInfo(verbose);
            application.setRegisterShutdownHook(false);
            List<String> settings = new ArrayList<>(List.of(
                    "--" + Migrations.MODE + "=" + migrations,
                    "--sanctum.server.first-administrator=false",
                    "--sanctum.housekeeping=off",
                    "--sanctum.cache.mode=strict", // and no feed, which has a thread and connections
                    "--spring.datasource.hikari.maximum-pool-size=4",
                    "--spring.datasource.hikari.minimum-idle=0"));
            if (!verbose) {
                settings.add("--logging.level.root=OFF");
            }
            return application.run(settings.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The application as the environment wants it. */
    static SpringApplication application(Map<String, String> environment) throws IOException {
        SpringApplication application = new SpringApplication(SanctumServer.class);
        Map<String, Object> defaults = new HashMap<>();
        // Before, one that waits for a body within a monitor keeps its carrier from all others
        defaults.put("spring.threads.virtual.enabled", Runtime.version().feature() >= 24);
        String url = environment.get("SANCTUM_DATABASE_URL");
        if (url == null) {
            defaults.put("sanctum.server.data", dataFolder(environment).toString());
        } else if (url.startsWith(SQLITE)) {
            makeFile(url.substring(SQLITE.length()).replaceFirst("\\?.*", ""));
            // Two transactions that read first and then write would both be stuck
            defaults.put("spring.datasource.hikari.data-source-properties.transaction_mode", "IMMEDIATE");
        } else if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
            defaults.put("spring.datasource.hikari.connection-init-sql", CAUSAL);
        }
        application.setDefaultProperties(defaults);
        List<String> profiles = new ArrayList<>();
        if (environment.get("SANCTUM_REDIS_URL") != null) {
            profiles.add("redis");
        }
        if (environment.get("SANCTUM_LARAVEL_USERS") != null) {
            profiles.add("laravel");
        }
        application.setAdditionalProfiles(profiles.toArray(String[]::new));
        return application;
    }

    /**
     * Makes the file of a SQLite for its owner's eyes only, and so what SQLite puts beside it. One that is there is left as it is: it may
     * be a Laravel's.
     */
    private static void makeFile(String name) {
        if (name.isEmpty()
                || name.startsWith(":")
                || name.startsWith("file:")
                || !FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            Files.createFile(
                    Path.of(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException | InvalidPathException e) {
            // It is there, or SQLite says what is wrong
        }
    }

    /** The folder of the embedded database, made for its owner's eyes only. */
    private static Path dataFolder(Map<String, String> environment) throws IOException {
        String given = environment.get(DATA);
        Path folder = Path.of(given == null || given.isBlank() ? "data" : given)
                .toAbsolutePath()
                .normalize();
        if (folder.toString().contains(";")) {
            throw new IllegalArgumentException(DATA + " must not contain a semicolon, was '" + folder + "'");
        }
        if (Files.notExists(folder)) {
            Files.createDirectories(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        return folder;
    }
}
