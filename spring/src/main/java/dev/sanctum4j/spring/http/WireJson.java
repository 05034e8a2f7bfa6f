package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.View;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as our clients know it, whatever the application has chosen for its own: neither {@code spring.jackson.*} nor a mapper,
 * converter or body advice of the application's has a say. A controller that returns one answers with it.
 *
 * <p>Thread-safe, if the body is.
 *
 * @param <T> what the body is
 */
@Internal
public final class WireJson<T> implements View {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final HttpStatus status;
    private final T body;

    private WireJson(HttpStatus status, T body) {
        this.status = status;
        this.body = body;
    }

    /** An answer of 200. */
    public static <T> WireJson<T> of(T body) {
        return new WireJson<>(HttpStatus.OK, body);
    }

    /** An answer of 201 that is shown once, and nowhere kept. */
    public static <T> WireJson<T> shownOnce(T body) {
        return new WireJson<>(HttpStatus.CREATED, body);
    }

    @Override
    public void render(@Nullable Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setLocale(null); // which is set for pages in somebody's language
        response.setCharacterEncoding((String) null);
        response.setStatus(status.value());
        if (status == HttpStatus.CREATED) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        write(response, MediaType.APPLICATION_JSON_VALUE, body);
    }

    /** A time as everywhere in our JSON, and as in Laravel's: with six digits and in UTC. */
    public static String time(Instant time) {
        return TIME.format(time);
    }

    /** A text within another answer. */
    public static String text(Object body) {
        return JSON.writeValueAsString(body);
    }

    /** Writes all of an answer's body, in UTF-8. */
    public static void write(HttpServletResponse response, String mediaType, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        response.setContentType(mediaType);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** Reads a text in which no object has a name twice. What its exceptions say may quote the text. */
    static JsonParser parser(byte[] text) {
        return JSON.createParser(text);
    }
}
