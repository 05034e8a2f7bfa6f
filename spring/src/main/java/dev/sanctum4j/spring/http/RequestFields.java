package dev.sanctum4j.spring.http;

import static java.util.Objects.requireNonNullElse;

import dev.sanctum4j.Characters;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
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

/**
 * The fields a client sent in a request body, as JSON or as a form, read one by one. What is wrong with them is collected,
 * so that one 422 names everything. The query of the URL is never read: it ends up in logs.
 *
 * <p>Belongs to one request and one thread.
 */
public final class RequestFields {

    /** What containers make of bytes in a form that are no character. */
    private static final char UNREADABLE = '\ufffd';

    private static final int MAX_PASSWORD = 1_000;
    private static final String NOT_STORABLE = "must not contain NUL or halves of characters";

    private enum Kind {
        JSON,
        FORM,
        /** In which a number or a yes is taken for a text, and another type is no JSON of ours. */
        RECORD
    }

    private final Map<String, Object> values;
    private final Kind kind;
    private final List<Problem.FieldError> errors = new ArrayList<>();

    private RequestFields(Map<String, Object> values, Kind kind) {
        this.values = values;
        this.kind = kind;
    }

    /**
     * Reads the body of a request; an absent body has no fields.
     *
     * @param known the fields that may be sent; any other is an error, so that a typing mistake is not taken for consent
     * @throws ProblemException with 400, 413 or 415, or with 422 if it exceeds a limit
     */
    public static RequestFields read(HttpServletRequest request, Set<String> known) throws IOException {
        return known(isForm(request) ? form(request) : json(json(request)), known);
    }

    /**
     * The same of JSON only: no page of another site can send that without being allowed to.
     *
     * @throws ProblemException with 400, 413 or 415, or with 422 if it exceeds a limit
     */
    public static RequestFields readJson(HttpServletRequest request, Set<String> known) throws IOException {
        refuseForm(request);
        return known(json(json(request)), known);
    }

    /** Its fields may have been read, and then the body is empty. */
    private static void refuseForm(HttpServletRequest request) {
        if (isForm(request)) {
            throw unsupported("Send JSON, and its Content-Type.");
        }
    }

    private static RequestFields json(@Nullable Map<String, Object> values) {
        return new RequestFields(requireNonNullElse(values, Map.of()), Kind.JSON);
    }

    private static RequestFields known(RequestFields fields, Set<String> known) {
        for (String name : fields.values.keySet()) {
            if (!known.contains(name)) {
                fields.error(
                        JsonFields.printable(name),
                        "unknown-field",
                        "The field " + JsonFields.printable(name) + " is not known here. Known are: "
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

    /**
     * Reads a JSON object that must be there. Unknown fields count for nothing, and scalars for texts.
     *
     * @throws ProblemException with 400, 413, 415 or 422
     */
    public static RequestFields readRecord(HttpServletRequest request) throws IOException {
        refuseForm(request);
        Map<String, Object> values = json(request);
        if (values == null) {
            throw new ProblemException(Problem.malformedBody());
        }
        return new RequestFields(values, Kind.RECORD);
    }

    /** Null if there is nothing. */
    private static @Nullable Map<String, Object> json(HttpServletRequest request) throws IOException {
        MediaType type = type(request);
        if (type != null && type.getType().equals("multipart")) { // whose parts may have been read, and be gone
            throw unsupported();
        }
        byte[] body = Limits.body(request);
        if (body.length == 0) {
            return null;
        }
        if (type == null
                || !MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)
                        && !type.getSubtype().endsWith("+json")) {
            throw unsupported();
        }
        return JsonFields.read(body, type.getCharset());
    }

    private static ProblemException unsupported() {
        return unsupported("Send JSON or a form, and its Content-Type.");
    }

    private static ProblemException unsupported(String detail) {
        return new ProblemException(
                Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE).detail(detail));
    }

    /** What the container read is measured, too: its own limit is larger, and counts no query. */
    private static RequestFields form(HttpServletRequest request) {
        Limits.checkBody(request.getContentLengthLong());
        Set<String> inQuery = queryNames(request.getQueryString());
        Map<String, Object> values = new LinkedHashMap<>();
        Limits.parameters(request).forEach((name, all) -> {
            String plain = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
            if (inQuery.contains(name)) {
                if (all.length > 1) {
                    throw new ProblemException(Problem.ours(
                            400, "fields-in-url", "Bad Request.", "Send fields in the body only, not in the URL."));
                }
            } else {
                Limits.checkEntries(JsonFields.printable(plain), all.length);
                Limits.checkEntries("body", values.size() + 1);
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
        Limits.checkBody(Characters.count(values.toString()));
        return new RequestFields(values, Kind.FORM);
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

    /** Whether the field was sent, with whatever in it. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The text of a field that must be there. */
    public String required(String name, int maxLength) {
        String text = text(name, maxLength);
        if (text.isEmpty() && !isWrong(name)) {
            wrong(name, "required", "is required");
        }
        return text;
    }

    /** A password that must be there, as it is: it is compared and never kept, so that any text may turn out to be wrong. */
    public String password(String name) {
        Object value = values.get(name);
        return value instanceof String text && !text.isEmpty() && Characters.count(text) <= MAX_PASSWORD
                ? text
                : required(name, MAX_PASSWORD);
    }

    /** The text of a field, or nothing. */
    public String text(String name, int maxLength) {
        Object value = values.get(name);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String) && !(kind == Kind.RECORD && isScalar(value))) {
            otherType(name, "string", "must be a string");
            return "";
        }
        return checked(name, value.toString(), maxLength);
    }

    private static boolean isScalar(Object value) {
        return value instanceof JsonFields.Numeral || value instanceof Boolean;
    }

    /** The one rule for every text: no database refuses it, and neither it nor anything before it makes another of it. */
    private String checked(String name, String text, int maxLength) {
        if (Characters.count(text) > maxLength) {
            wrong(name, "too-long", "must not be greater than " + maxLength + " characters");
            return "";
        }
        if (!Characters.areStorable(text) || kind == Kind.FORM && text.indexOf(UNREADABLE) >= 0) {
            wrong(name, "control-characters", NOT_STORABLE);
            return "";
        }
        return text;
    }

    /** The name of something or somebody, which must be there and be one that can be seen. Records may put spaces around it. */
    public String name(String name) {
        String sent = text(name, Limits.BODY);
        String text = kind == Kind.RECORD ? sent.strip() : sent;
        if (isWrong(name)) {
            return "";
        }
        if (text.isEmpty()) {
            wrong(name, "required", "is required");
        } else if (!checked(name, text, TokenRequest.MAX_NAME).isEmpty()) {
            try {
                TokenRequest.checkName(name, text);
            } catch (InvalidTokenRequestException e) {
                error(e.field(), e.code(), String.valueOf(e.getMessage()));
            }
        }
        return text;
    }

    private boolean isWrong(String name) {
        return errors.stream().anyMatch(one -> one.field().equals(name));
    }

    /**
     * A text that a parameter of the URL brings, by the same rule.
     *
     * @throws ProblemException with 422
     */
    public static String parameter(String name, String text) {
        RequestFields fields = new RequestFields(Map.of(name, text), Kind.FORM);
        String checked = fields.text(name, Limits.PARAMETER);
        fields.check();
        return checked;
    }

    /** Whether a field says yes, in any of the ways that forms and programs have. */
    public boolean flag(String name) {
        Object value = values.get(name);
        return Boolean.TRUE.equals(value)
                || value instanceof JsonFields.Numeral number && number.value() == 1
                || value instanceof String text
                        && Set.of("1", "true", "on", "yes").contains(text);
    }

    /** Whether a field says yes or no; null if it says nothing. */
    public @Nullable Boolean choice(String name) {
        Object value = values.get(name);
        if (value == null || value.equals("")) {
            return null;
        }
        if (value instanceof JsonFields.Numeral number) {
            return number.value() != 0;
        }
        if (value instanceof Boolean said) {
            return said;
        }
        if (!value.equals("true") && !value.equals("false")) {
            otherType(name, "invalid", "must be true or false");
        }
        return value.equals("true");
    }

    /** A list of texts; a form may repeat the field. */
    public List<String> texts(String name) {
        Object value = values.get(name);
        if (value instanceof List<?> list
                && list.stream()
                        .allMatch(
                                one -> one instanceof String || kind == Kind.RECORD && one != null && isScalar(one))) {
            return list.stream()
                    .map(one -> checked(name, one.toString(), TokenRequest.MAX_NAME))
                    .toList();
        }
        if (kind == Kind.FORM && value instanceof String text) {
            return List.of(checked(name, text, TokenRequest.MAX_NAME));
        }
        otherType(name, "list-of-strings", "must be an array of strings");
        return List.of();
    }

    /** A whole number that must be there, at least 1. */
    public int positive(String name) {
        Object value = values.get(name);
        String digits = value instanceof JsonFields.Numeral || kind == Kind.FORM ? String.valueOf(value) : "";
        if (!digits.matches("[1-9][0-9]{0,8}")) {
            otherType(name, "invalid", "must be a whole number, at least 1");
            return 1;
        }
        return Integer.parseInt(digits);
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

    private void otherType(String name, String code, String how) {
        if (kind == Kind.RECORD) {
            throw new ProblemException(Problem.malformedBody());
        }
        wrong(name, code, how);
    }

    private void wrong(String name, String code, String how) {
        error(name, code, "The " + name.replace('_', ' ') + " field " + how + ".");
    }

    /** Notes that a field is wrong, for {@link #check}. */
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
}
