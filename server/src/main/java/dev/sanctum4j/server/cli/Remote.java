package dev.sanctum4j.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server, over HTTP. No redirect is followed: it would carry a token along. Answers have an end, in size and in time.
 *
 * <p>Thread-safe.
 */
final class Remote {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MAX_ANSWER = 1 << 18;

    private final ServerUrl server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Remote(ServerUrl server) {
        this.server = server;
    }

    ServerUrl server() {
        return server;
    }

    /**
     * What the server said.
     *
     * @param status its code
     * @param retryAfter the header of that name in seconds, 0 if there is none
     * @param json the body; an empty object where it is none
     */
    record Answer(int status, long retryAfter, JsonNode json) {

        /** The text of a member, as it may be shown; empty if there is none. */
        String shown(String member) {
            return Table.shown(json.path(member).asString(""));
        }

        /** What is said of an answer that helps nobody, with an exit code. */
        RefusedException refused() {
            String detail = shown(json.has("error_description") ? "error_description" : "detail");
            String why = "The server answered " + status + ": " + (detail.isEmpty() ? meaning() : detail);
            return isForLater() ? RefusedException.unavailable(why) : new RefusedException(why);
        }

        private String meaning() {
            String message = shown("message");
            return !message.isEmpty()
                    ? message
                    : status / 100 == 3
                            ? "what you look for is elsewhere, and a token does not follow. Give the right URL"
                            : "that is no answer of Sanctum4j. Is it the right URL?";
        }

        /** Whether the same may be answered later. */
        boolean isForLater() {
            return status >= 500 || status == 429;
        }
    }

    /** A request that is still to be given its method. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).header("Accept", "application/json");
    }

    /** The same, with a token. */
    HttpRequest.Builder request(String path, String bearer) {
        return request(path).header("Authorization", "Bearer " + bearer);
    }

    /** @throws IOException if there is no answer; {@link #unavailable} has words for it */
    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return wait(begin(request));
    }

    /** Sends, without waiting for the answer. */
    CompletableFuture<HttpResponse<byte[]>> begin(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), head -> new Bounded());
    }

    /** Waits for what has begun. */
    Answer wait(CompletableFuture<HttpResponse<byte[]>> sent) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer;
        try {
            answer = sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new HttpTimeoutException("no answer within " + PATIENCE.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
        String after = answer.headers().firstValue("Retry-After").orElse("");
        return new Answer(
                answer.statusCode(), after.matches("[0-9]{1,6}") ? Long.parseLong(after) : 0, json(answer.body()));
    }

    private static JsonNode json(byte[] body) {
        JsonMapper json = JsonMapper.shared();
        try {
            JsonNode read = json.readTree(body);
            return read.isObject() ? read : json.createObjectNode();
        } catch (JacksonException e) {
            return json.createObjectNode();
        }
    }

    /** What is told when there was no answer. Of an exception only its kind: its text may be what a stranger sent. */
    RefusedException unavailable(IOException problem) {
        return RefusedException.unavailable("The server could not be asked (" + why(problem) + "): "
                + server.uri().getAuthority());
    }

    private static String why(IOException problem) {
        if (problem instanceof SSLException) {
            return untrusted(problem);
        }
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "there is no such host";
            }
        }
        if (problem instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        return problem instanceof ConnectException
                ? "nobody takes the connection"
                : problem.getClass().getSimpleName();
    }

    private static String untrusted(Throwable problem) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return "its certificate is not valid today";
            }
            all.append(cause.getMessage()).append('\n');
        }
        String said = all.toString();
        if (said.contains("No subject alternative") || said.contains("No name matching")) {
            return "its certificate is for another host";
        }
        if (said.contains("PKIX") || said.contains("trustAnchors")) {
            return "its certificate is from nobody whom Java trusts; -Djavax.net.ssl.trustStore in JAVA_TOOL_OPTIONS"
                    + " names more";
        }
        return said.contains("Unsupported or unrecognized SSL message") || said.contains("plaintext")
                ? "it does not speak TLS there"
                : "no agreement about TLS";
    }

    /** A body up to a size. */
    private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {

        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (read.size() + part.remaining() > MAX_ANSWER) {
                    whole.completeExceptionally(new IOException("the answer is too long"));
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    return;
                }
                byte[] bytes = new byte[part.remaining()];
                part.get(bytes);
                read.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable problem) {
            whole.completeExceptionally(problem);
        }

        @Override
        public void onComplete() {
            whole.complete(read.toByteArray());
        }
    }
}
