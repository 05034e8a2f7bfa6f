package dev.sanctum4j.spring.http;

import dev.sanctum4j.Characters;
import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.WebUtils;
import tools.jackson.core.JacksonException;

/**
 * The fields a client sent in a request body, as JSON or as a form, read one by one. What is wrong with them is collected,
 * so that one 422 names everything. The query of the URL is never read: it ends up in logs.
 *
 * <p>Belongs to one request and one thread.
 */
@Internal
public final class RequestFields {

    private static final int MAX_BODY = 64 * 1024;

    private final Map<String, Object> values;
    private final boolean form;
    private final List<Problem.FieldError> errors = new ArrayList<>();

    private RequestFields(Map<String, Object> values, boolean form) {
        this.values = values;
        this.form = form;
    }

    /**
     * Reads the body of a request; an absent body has no fields.
     *
     * @param known the fields that may be sent; any other is an error, so that a typing mistake is not taken for consent
     * @throws ProblemException with 400, 413 or 415
     */
    public static RequestFields read(HttpServletRequest request, Set<String> known) throws IOException {
        RequestFields fields = isForm(request) ? form(request) : json(request);
        for (String name : fields.values.keySet()) {
            if (!known.contains(name)) {
                fields.error(
                        printable(name),
                        "unknown-field",
                        "The field " + printable(name) + " is not known here. Known are: "
                                + String.join(", ", known.stream().sorted().toList()) + ".");
            }
        }
        return fields;
    }

    /** Whether somebody has read a form: of several parts, that is Spring's resolver, or nobody where it is switched off. */
    private static boolean isForm(HttpServletRequest request) {
        MediaType type = type(request);
        return MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(type)
                || MediaType.MULTIPART_FORM_DATA.equalsTypeAndSubtype(type) && parts(request) != null;
    }

    private static @Nullable MultipartRequest parts(HttpServletRequest request) {
        return WebUtils.getNativeRequest(request, MultipartRequest.class);
    }

    private static @Nullable MediaType type(HttpServletRequest request) {
        String type = request.getContentType();
        try {
            return type == null ? null : MediaType.parseMediaType(type);
        } catch (InvalidMediaTypeException e) {
            throw unsupported();
        }
    }

    private static RequestFields json(HttpServletRequest request) throws IOException {
        MediaType type = type(request);
        if (type != null && type.getType().equals("multipart")) { // whose parts may have been read, and be gone
            throw unsupported();
        }
        byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            throw new ProblemException(
                    Problem.of(HttpStatus.CONTENT_TOO_LARGE).detail("A request may have at most 64 KiB."));
        }
        if (body.length == 0) {
            return new RequestFields(Map.of(), false);
        }
        if (type == null
                || !MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)
                        && !type.getSubtype().endsWith("+json")) {
            throw unsupported();
        }
        Charset charset = type.getCharset();
        return new RequestFields(
                parse(charset == null ? body : new String(body, charset).getBytes(StandardCharsets.UTF_8)), false);
    }

    private static ProblemException unsupported() {
        return new ProblemException(
                Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE).detail("Send JSON or a form, and its Content-Type."));
    }

    private static Map<String, Object> parse(byte[] body) {
        try {
            Map<?, ?> read = WireJson.read(body);
            Map<String, Object> values = new LinkedHashMap<>();
            if (read != null) {
                read.forEach((name, value) -> {
                    if (value != null) {
                        values.put(String.valueOf(name), value);
                    }
                });
            }
            return values;
        } catch (JacksonException e) { // its message may quote the body
            throw new ProblemException(Problem.malformedBody());
        }
    }

    private static RequestFields form(HttpServletRequest request) {
        Set<String> inQuery = queryNames(request.getQueryString());
        Map<String, Object> values = new LinkedHashMap<>();
        request.getParameterMap().forEach((name, all) -> {
            String plain = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
            if (inQuery.contains(name)) {
                if (all.length > 1) {
                    throw new ProblemException(Problem.ours(
                            400, "fields-in-url", "Bad Request.", "Send fields in the body only, not in the URL."));
                }
            } else {
                values.put(plain, all.length == 1 && plain.equals(name) ? all[0] : List.of(all));
            }
        });
        MultipartRequest parts = parts(request);
        if (parts != null) {
            values.putAll(parts.getFileMap()); // which are no texts
        }
        if (values.isEmpty() && inQuery.isEmpty() && request.getContentLengthLong() > 0) {
            throw unsupported(); // containers read forms of POST only, unless a filter does
        }
        return new RequestFields(values, true);
    }

    /** The names of the parameters in a query, however they are encoded there. */
    public static Set<String> queryNames(@Nullable String query) {
        Set<String> names = new HashSet<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                String name = pair.split("=", 2)[0].replace('+', ' ');
                try {
                    names.add(UriUtils.decode(name, StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The text of a field that must be there. */
    public String required(String name, int maxLength) {
        String text = text(name, maxLength);
        if (text.isEmpty() && errors.stream().noneMatch(one -> one.field().equals(name))) {
            wrong(name, "required", "is required");
        }
        return text;
    }

    /** The text of a field, or nothing. */
    String text(String name, int maxLength) {
        Object value = values.get(name);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String text)) {
            wrong(name, "string", "must be a string");
            return "";
        }
        if (Characters.count(text) > maxLength) {
            wrong(name, "too-long", "must not be greater than " + maxLength + " characters");
            return "";
        }
        return text;
    }

    /** Whether a field says yes, in any of the ways that forms and programs have. */
    public boolean flag(String name) {
        Object value = values.get(name);
        return Boolean.TRUE.equals(value)
                || value instanceof Number number && number.intValue() == 1
                || value instanceof String text
                        && Set.of("1", "true", "on", "yes").contains(text);
    }

    /** A list of texts; a form may repeat the field. */
    public List<String> texts(String name) {
        Object value = values.get(name);
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        if (form && value instanceof String text) {
            return List.of(text);
        }
        wrong(name, "list-of-strings", "must be an array of strings");
        return List.of();
    }

    /** A moment in ISO 8601 with an offset, or nothing. */
    @Nullable
    public Instant instant(String name) {
        String text = text(name, 64);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            wrong(name, "time", "must be a date and time with an offset, like 2030-01-31T12:00:00Z");
            return null;
        }
    }

    private void wrong(String name, String code, String how) {
        error(name, code, "The " + name.replace('_', ' ') + " field " + how + ".");
    }

    public void error(String name, String code, String sentence) {
        errors.add(new Problem.FieldError(name, code, sentence));
    }

    /**
     * Ends the request where a field is wrong.
     *
     * @throws ProblemException with 422 and everything that is wrong, if anything is
     */
    public void check() {
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalid(errors));
        }
    }

    private static String printable(String name) {
        String clean = name.replaceAll("[^A-Za-z0-9_.-]", "?");
        return clean.length() > 40 ? clean.substring(0, 40) : clean;
    }
}
