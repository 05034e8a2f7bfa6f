package dev.sanctum4j.spring.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A form that is read, as far as {@link Limits} go, and has a length therefore. Of one that is larger, or that comes in parts,
 * nothing but that length is kept.
 */
final class ReadForm extends ReadRequest {

    private final int length;
    private final Map<String, String[]> parameters;

    private ReadForm(HttpServletRequest request, byte[] body, int length, Map<String, String[]> parameters) {
        super(request, body);
        this.length = length;
        this.parameters = Collections.unmodifiableMap(parameters);
    }

    /** @throws ProblemException with 400 if it is no form, or did not come to its end */
    static ReadForm of(HttpServletRequest request, boolean inParts) {
        int length = (int) Math.min(request.getContentLengthLong(), Integer.MAX_VALUE);
        try {
            byte[] body = request.getInputStream().readNBytes(length < 0 ? Limits.BODY + 1 : 0);
            if (inParts || length > Limits.BODY || body.length > Limits.BODY) {
                return new ReadForm(request, new byte[0], Math.max(length, body.length), Map.of());
            }
            Map<String, String[]> parameters = new LinkedHashMap<>(Limits.parameters(request)); // of the query
            String encoding = request.getCharacterEncoding();
            parse(body, encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding), parameters);
            return new ReadForm(request, body, body.length, parameters);
        } catch (IOException | IllegalArgumentException e) { // its message may quote the form
            throw new ProblemException(Problem.malformedBody());
        }
    }

    private static void parse(byte[] body, Charset charset, Map<String, String[]> parameters) {
        Map<String, Stream.Builder<String>> sent = new LinkedHashMap<>();
        for (String pair : new String(body, charset).split("&", -1)) {
            String[] sides = pair.split("=", 2);
            if (!pair.isEmpty()) {
                sent.computeIfAbsent(URLDecoder.decode(sides[0], charset), name -> Stream.builder())
                        .add(sides.length == 1 ? "" : URLDecoder.decode(sides[1], charset));
            }
        }
        sent.forEach((name, values) -> parameters.merge(
                name,
                values.build().toArray(String[]::new),
                (before, after) -> Stream.of(before, after).flatMap(Stream::of).toArray(String[]::new)));
    }

    @Override
    public int getContentLength() {
        return length;
    }

    @Override
    public long getContentLengthLong() {
        return length;
    }

    /** For filters that read forms of methods which containers read none of. */
    @Override
    public Map<String, String[]> getParameterMap() {
        return parameters;
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return parameters.get(name);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters.keySet());
    }

    @Override
    public Collection<Part> getParts() {
        return List.of();
    }

    @Override
    public @Nullable Part getPart(String name) {
        return null;
    }
}
