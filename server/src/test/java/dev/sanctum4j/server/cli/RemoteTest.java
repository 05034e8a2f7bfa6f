package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTest {

    @TempDir
    private Path folder;

    private static Remote.Answer get(ServerUrl url) throws Exception {
        Remote remote = new Remote(url);
        return remote.send(remote.request("/api/user", "pat_secret").GET());
    }

    private static String why(String url) {
        Remote remote = new Remote(ServerUrl.parse(url, false));
        IOException problem = catchThrowableOfType(
                IOException.class,
                () -> remote.send(remote.request("/api/user", "pat_secret").GET()));
        RefusedException told = remote.unavailable(problem);
        assertThat(told.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(told.getMessage()).doesNotContain("pat_secret");
        return String.valueOf(told.getMessage());
    }

    @Test
    void tokenDoesNotFollowARedirect() throws Exception {
        try (FakeServer server = new FakeServer();
                FakeServer other = new FakeServer()) {
            server.answers(302, "Location", other.url() + "/api/user");

            Remote.Answer answer = get(server.url());

            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.refused())
                    .hasMessage("The server answered 302: what you look for is elsewhere, and a token does not follow."
                            + " Give the right URL");
            assertThat(other.asked).isEmpty();
        }
    }

    @Test
    void answerHasAnEnd() throws Exception {
        try (FakeServer server = new FakeServer()) {
            server.answers(200, "{\"name\":\"" + "a".repeat(200_000) + "\"}");
            assertThat(get(server.url()).shown("name")).hasSize(200_000);
            server.answers(200, "{\"name\":\"" + "a".repeat(300_000) + "\"}");
            assertThat(why(server.url().toString())).contains("(IOException)");
        }
    }

    @Test
    void failuresAreToldInWords() throws Exception {
        assertThat(why("http://127.0.0.1:1"))
                .isEqualTo("The server could not be asked (nobody takes the connection): 127.0.0.1:1");
        assertThat(why("https://no-such-host.invalid"))
                .isEqualTo("The server could not be asked (there is no such host): no-such-host.invalid");
        assertThat(plainlySpoken()).contains("(it does not speak TLS there)");
    }

    /**
     * What is told of a server without TLS. The client of JDK 17 lost that failure 41 times of 18,000, waiting for nothing
     * until its patience ended: so it is asked again.
     */
    private static String plainlySpoken() throws IOException {
        String told = "";
        for (int i = 0; i < 3 && (told.isEmpty() || told.contains("no answer in time")); i++) {
            try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                new Thread(() -> speakPlainly(plain)).start();
                told = why("https://127.0.0.1:" + plain.getLocalPort());
            }
        }
        return told;
    }

    private static void speakPlainly(ServerSocket plain) {
        try (Socket socket = plain.accept()) {
            socket.getInputStream().readNBytes(5);
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readNBytes(100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void certificateOfSomebodyIsNotTrusted() throws Exception {
        Path keys = folder.resolve("keys");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        keys.toString())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.start();
        try {
            assertThat(why("https://localhost:" + server.getAddress().getPort()))
                    .contains("(its certificate is from nobody whom Java trusts; ");
        } finally {
            server.stop(0);
        }
    }
}
