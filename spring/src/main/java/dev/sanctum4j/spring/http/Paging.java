package dev.sanctum4j.spring.http;

import dev.sanctum4j.TokenId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.UriUtils;

/**
 * Which part of a list a request asks for. A list is answered from a cursor on, and what comes next is a link (RFC 8288), so no
 * answer grows with what somebody has made.
 *
 * @param after the cursor, which is that of the last row seen; {@code null} for the beginning
 * @param limit how many rows at most, from 1 to 100
 */
public record Paging(@Nullable String after, int limit) {

    /** How many rows unless a request says. */
    public static final String USUAL = "50";

    private static final int MOST = 100;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Set<String> OURS = Set.of("after", "before", "limit");

    /** What the parameters of a request say: no more than {@value #MOST} rows, whoever asks for more. */
    public static Paging of(@Nullable String after, int limit) {
        return new Paging(after, Math.max(1, Math.min(limit, MOST)));
    }

    /**
     * The cursor of a list whose rows have numbers.
     *
     * @throws ProblemException with 422 if it is no number
     */
    public @Nullable Long number() {
        if (after != null && !NUMBER.matcher(after).matches()) {
            throw badCursor();
        }
        return after == null ? null : Long.valueOf(after);
    }

    /**
     * The cursor of a list of tokens.
     *
     * @throws ProblemException with 422 if it is no number of a token
     */
    public @Nullable TokenId token() {
        return after == null ? null : TokenId.parse(after).orElseThrow(Paging::badCursor);
    }

    private static ProblemException badCursor() {
        return new ProblemException(
                Problem.invalid("after", "invalid", "The cursor must be one that an answer of this list gave."));
    }

    /** How many rows to read: one more than are answered tells that there are more. */
    public int read() {
        return limit + 1;
    }

    /** The cursor of the last row to answer, of those that were read; {@code null} if there are no more. */
    public <T, C> @Nullable C next(List<T> read, Function<T, C> cursor) {
        return read.size() > limit ? cursor.apply(read.get(limit - 1)) : null;
    }

    /**
     * The rows to answer, of those that were read. If there are more, the answer gets a link to them.
     *
     * @param cursor the cursor of a row
     */
    public <T> List<T> page(
            List<T> read, Function<T, Object> cursor, HttpServletRequest request, HttpServletResponse response) {
        Object next = next(read, cursor);
        if (next == null) {
            return read;
        }
        Stream<String> others = request.getParameterMap().entrySet().stream()
                .filter(one -> !OURS.contains(one.getKey()))
                .flatMap(one -> Stream.of(one.getValue()).map(value -> parameter(one.getKey(), value)));
        String query = Stream.concat(others, Stream.of(parameter("after", next), parameter("limit", limit)))
                .collect(Collectors.joining("&"));
        response.addHeader(HttpHeaders.LINK, "<" + request.getRequestURI() + "?" + query + ">; rel=\"next\"");
        return read.subList(0, limit);
    }

    private static String parameter(String name, Object value) {
        return encoded(name) + "=" + encoded(value.toString());
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }
}
