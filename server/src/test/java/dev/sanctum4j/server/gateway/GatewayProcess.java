package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.server.Programs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A gateway with the configuration of {@code docs/gateways}, its ports exchanged, as a child process on loopback. */
final class GatewayProcess implements AutoCloseable {

    private static final Path DOCS =
            Path.of("..", "docs", "gateways").toAbsolutePath().normalize();

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** The gateways that Debian has. */
    enum Kind {
        NGINX("nginx", "-c", "main.conf", "-p", "."),
        CADDY("caddy", "run", "--adapter", "caddyfile", "--config", "Caddyfile"),
        HAPROXY("haproxy", "-db", "-f", "haproxy.cfg"),
        APACHE("apache2", "-X", "-f", "main.conf", "-d", ".");

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        private final List<String> command;

        Kind(String... command) {
            this.command = List.of(command);
        }

        /** What else it loads. */
        Optional<Path> module() {
            return this == APACHE ? Optional.of(Path.of("/usr/lib/apache2/modules/mod_oauth2.so")) : Optional.empty();
        }
    }

    private final Process process;
    private final int port;

    private GatewayProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    int port() {
        return port;
    }

    /** Ends the test, as skipped or as failed, if the gateway is not installed. */
    static void assumeInstalled(Kind kind) {
        String program = kind.command.get(0);
        if (find(program) == null || kind.module().filter(Files::notExists).isPresent()) {
            String why = "install " + program
                    + kind.module().map(module -> " with " + module).orElse("") + " to test the gateway";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
    }

    private static @Nullable Path find(String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * Starts one.
     *
     * @param folder for its files
     * @param server where Sanctum4j listens, as address and port
     * @param service where the service behind it listens
     * @param more what else to exchange in its configuration
     */
    static GatewayProcess start(Kind kind, Path folder, String server, int service, Map<String, String> more) {
        try {
            int port = Programs.freePort();
            Files.createDirectories(folder.resolve("tmp"));
            for (String name :
                    List.of("nginx.conf", "Caddyfile", "haproxy.cfg", "sanctum.lua", "apache.conf", "nginx-mcp.conf")) {
                String text = Files.readString(DOCS.resolve(name));
                for (Map.Entry<String, String> change : more.entrySet()) {
                    text = text.replace(change.getKey(), change.getValue());
                }
                // Ports and folders have any digits, so nothing is looked for in them.
                Files.writeString(
                        folder.resolve(name),
                        text.replace("127.0.0.1:3000", "127.0.0.1:" + service)
                                .replace(":8000", ":" + port)
                                .replace("127.0.0.1:8080", server)
                                .replace("/etc/haproxy/", folder + "/"));
            }
            if (kind == Kind.NGINX) {
                Files.writeString(folder.resolve("main.conf"), """
                        daemon off; worker_processes 1; pid pid; error_log stderr;
                        %s
                        events {}
                        http {
                          access_log off;
                          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
                          include %s;
                        }
                        """.formatted(
                                ROOT ? "user root;" : "", more.getOrDefault("nginx.conf", "nginx.conf")));
            }
            if (kind == Kind.APACHE) {
                Files.writeString(
                        folder.resolve("main.conf"), """
                        ServerName localhost
                        DefaultRuntimeDir %1$s
                        PidFile %1$s/pid
                        ErrorLog /dev/stderr
                        %2$s
                        LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                        LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
                        LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                        LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
                        LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
                        LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
                        LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
                        LoadModule oauth2_module /usr/lib/apache2/modules/mod_oauth2.so
                        Include apache.conf
                        """.formatted(folder, ROOT ? "User nobody\nGroup nogroup" : ""));
            }
            List<String> command = new ArrayList<>(kind.command);
            command.set(0, String.valueOf(find(command.get(0))));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile());
            builder.environment().put("HOME", folder.toString());
            builder.environment().put("XDG_DATA_HOME", folder.toString());
            builder.environment().put("XDG_CONFIG_HOME", folder.toString());
            GatewayProcess gateway = new GatewayProcess(builder.start(), port);
            gateway.await(folder.resolve("log"));
            return gateway;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                try {
                    TimeUnit.MILLISECONDS.sleep(50);
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            }
        }
        close();
        throw new IllegalStateException("the gateway did not start:\n" + Files.readString(log));
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                process.waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
