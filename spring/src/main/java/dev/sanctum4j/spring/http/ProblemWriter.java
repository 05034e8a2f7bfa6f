package dev.sanctum4j.spring.http;

import dev.sanctum4j.spring.http.Diagnosis.Finding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * Writes error answers, the only one that does: in the form of RFC 9457, or in that of the application's
 * {@link ErrorWriter}.
 *
 * <p>Thread-safe.
 */
public final class ProblemWriter {

    private final ErrorWriter writer;
    private final Diagnosis diagnosis;

    /** One that writes by {@code writer}, and tells {@code diagnosis} of refusals. */
    public ProblemWriter(ErrorWriter writer, Diagnosis diagnosis) {
        this.writer = writer;
        this.diagnosis = diagnosis;
    }

    /** One that writes the form of RFC 9457 and explains nothing, where there is no bean to ask for. */
    public static ProblemWriter json() {
        return new ProblemWriter(ProblemWriter::json, new Diagnosis(false, Clock.systemUTC(), List.of()));
    }

    /** Writes the form of RFC 9457, for an {@link ErrorWriter} that changes it only now and then. */
    public static void json(HttpServletResponse response, Map<String, Object> body) throws IOException {
        WireJson.write(response, MediaType.APPLICATION_PROBLEM_JSON_VALUE, body);
    }

    /**
     * Answers a request that is refused, and explains it if somebody wants to know.
     *
     * @param why asked for only if {@link Diagnosis#enabled}
     */
    public void refuse(
            HttpServletRequest request, HttpServletResponse response, ErrorResponse problem, Supplier<Finding> why)
            throws IOException {
        diagnosis.refused(request, response, problem.getStatusCode().value(), why);
        write(response, problem);
    }

    /**
     * Answers with an error; nothing happens if the answer is on its way already.
     *
     * @param problem a {@link Problem}, a {@link ProblemException}, or what Spring says, which then gets a code and a message
     */
    public void write(HttpServletResponse response, ErrorResponse problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        response.setStatus(problem.getStatusCode().value());
        problem.getHeaders().forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
        response.setHeader("Cache-Control", "no-store");
        writer.write(response, members(problem));
    }

    private static Map<String, Object> members(ErrorResponse problem) {
        ProblemDetail said = problem.getBody();
        ProblemDetail known = Problem.of(problem.getStatusCode()).getBody();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "type",
                Objects.requireNonNullElseGet(said.getType(), known::getType).toString());
        body.put("title", Objects.requireNonNullElseGet(said.getTitle(), known::getTitle));
        body.put("status", problem.getStatusCode().value());
        if (said.getDetail() != null) {
            body.put("detail", said.getDetail());
        }
        body.putAll(Objects.requireNonNull(known.getProperties()));
        if (said.getProperties() != null) {
            body.putAll(said.getProperties());
        }
        return body;
    }
}
