package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks somebody for a token, by the device grant of RFC 8628. What it was given is handed on before anything else happens; where that
 * fails, or a signal came, the token is ended, so that none is left that nobody has.
 *
 * <p>Thread-safe.
 */
final class Asking {

    private static final String CLIENT = "sanctum4j";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration USUAL = Duration.ofSeconds(5);
    private static final Duration MORE = Duration.ofSeconds(5);
    private static final Duration SELDOM = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Remote server;
    private final Clock clock;
    private final Pause pause;
    private volatile boolean stopped;

    /** Waits. */
    interface Pause {
        /** Waits that long. */
        void take(Duration time) throws InterruptedException;
    }

    /** Has the token from here on. */
    interface Taker {

        /** Takes it, or throws {@link RefusedException}. */
        void take(Given given);
    }

    /**
     * A question that waits for its answer.
     *
     * @param deviceCode by which the answer is fetched
     * @param userCode what the person types who answers
     * @param page where they do
     * @param interval how long to wait before each look
     * @param end when it is too late
     */
    record Question(String deviceCode, String userCode, String page, Duration interval, Instant end) {

        @Override
        public String toString() {
            return "Question[" + page + "]";
        }
    }

    Asking(Remote server, Clock clock, Pause pause) {
        this.server = server;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Asks.
     *
     * @param lifetime how long the token is to last; the server's default if {@code null}
     * @throws RefusedException if nobody can be asked so
     */
    Question ask(String name, List<String> abilities, @Nullable Duration lifetime) throws InterruptedException {
        Remote.Answer answer;
        try {
            answer = post(
                    "/sanctum/device_authorization",
                    Stream.of(
                                    Map.entry("client_id", CLIENT),
                                    Map.entry("client_name", name),
                                    Map.entry("scope", String.join(" ", abilities)),
                                    Map.entry("lifetime", lifetime == null ? "" : "" + lifetime.toSeconds()))
                            .filter(field -> !field.getValue().isEmpty())
                            .toList());
        } catch (IOException e) {
            throw server.unavailable(e);
        }
        if (answer.status() == 429 && answer.retryAfter() > 0) {
            throw RefusedException.unavailable(
                    "Too much was asked from here. Try again in " + answer.retryAfter() + " seconds.");
        }
        if (answer.status() == 404 || answer.status() == 401 || answer.status() == 405) {
            throw new RefusedException("The server answered " + answer.status() + ": programs cannot ask there. Is "
                    + server.server() + " the right URL, and sanctum.endpoints.approval on?");
        }
        if (answer.json().path("error").asString("").equals("invalid_scope")) {
            throw new RefusedException(
                    answer.refused().getMessage()
                            + " You can ask for what the server's page of tokens lists; sanctum.abilities.described adds to it.");
        }
        JsonNode json = answer.json();
        String code = json.path("device_code").asString("");
        String page = json.path("verification_uri").asString("");
        if (answer.status() != 200
                || code.isEmpty()
                || answer.shown("user_code").isEmpty()) {
            throw answer.refused();
        }
        if (!server.server().mayName(page)) {
            throw new RefusedException("The server names a page that cannot be opened from here: " + Table.shown(page));
        }
        Duration open = between(seconds(json, "expires_in", LONGEST), Duration.ofSeconds(1), LONGEST);
        return new Question(
                code,
                answer.shown("user_code"),
                page,
                between(seconds(json, "interval", USUAL), Duration.ofSeconds(1), SELDOM),
                clock.instant().plus(open));
    }

    private static Duration seconds(JsonNode json, String member, Duration otherwise) {
        return Duration.ofSeconds(json.path(member).asLong(otherwise.toSeconds()));
    }

    private static Duration between(Duration time, Duration least, Duration most) {
        return time.compareTo(least) < 0 ? least : time.compareTo(most) > 0 ? most : time;
    }

    /**
     * Waits for the answer, and hands the token to its taker.
     *
     * @throws RefusedException if there is none, and will be none
     */
    Given await(Question question, Taker taker) throws InterruptedException {
        Duration interval = question.interval();
        while (true) {
            pause.take(interval);
            if (!clock.instant().isBefore(question.end())) {
                throw RefusedException.expired();
            }
            try {
                Remote.Answer answer;
                synchronized (this) { // a signal waits for what is on its way
                    answer = poll(question);
                    if (answer.status() == 200) {
                        return handOn(answer, taker);
                    }
                }
                switch (answer.json().path("error").asString("")) {
                    case "authorization_pending" -> {}
                    case "slow_down" -> interval = interval.plus(MORE);
                    case "access_denied" ->
                        throw new RefusedException("Denied: "
                                + Table.shown(
                                        answer.json().path("error_description").asString("somebody said no.")));
                    case "expired_token" -> throw RefusedException.expired();
                    default -> {
                        if (!answer.isForLater()) {
                            throw answer.refused();
                        }
                        interval = longer(interval, Duration.ofSeconds(answer.retryAfter()));
                    }
                }
            } catch (IOException e) {
                interval = longer(interval, Duration.ZERO);
            }
        }
    }

    /** Twice as long, as RFC 8628 §3.5 wants it of whoever gets no answer. */
    private static Duration longer(Duration interval, Duration least) {
        return between(interval.multipliedBy(2), between(least, Duration.ZERO, SELDOM), SELDOM);
    }

    private Remote.Answer poll(Question question) throws IOException, InterruptedException {
        return post(
                "/sanctum/device_token",
                List.of(
                        Map.entry("grant_type", GRANT),
                        Map.entry("device_code", question.deviceCode()),
                        Map.entry("client_id", CLIENT)));
    }

    private Given handOn(Remote.Answer answer, Taker taker) {
        JsonNode json = answer.json();
        String token = json.path("access_token").asString("");
        if (!Given.isToken(token) || !json.path("token_type").asString("").equalsIgnoreCase("Bearer")) {
            throw new RefusedException("The server said yes, and gave nothing that is a token.");
        }
        List<String> abilities = Stream.of(answer.shown("scope").split(" "))
                .filter(ability -> !ability.isEmpty())
                .toList();
        Given given = new Given(token, abilities, seconds(json, "expires_in", Duration.ZERO));
        boolean taken = false;
        try {
            if (stopped) {
                throw new RefusedException("Stopped.");
            }
            taker.take(given);
            taken = true;
            return given;
        } finally {
            if (!taken) {
                new RemoteTokens(server, token).end();
            }
        }
    }

    /** For a signal: no token is taken any more, and one that is on its way is ended. */
    void stop() {
        stopped = true;
        synchronized (this) {
            // what was on its way is through
        }
    }

    private Remote.Answer post(String path, List<Map.Entry<String, String>> fields)
            throws IOException, InterruptedException {
        String form = fields.stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return server.send(server.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }
}
