package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * The answer of the server behind, of which an error is told by its status alone: what Spring AI writes about one has a stack trace.
 * Problems of ours pass, and so does everything else.
 */
final class McpAnswer extends HttpServletResponseWrapper {

    private final Consumer<String> session;

    /** @param session told of a session that the server begins, before the client is */
    McpAnswer(HttpServletResponse response, Consumer<String> session) {
        super(response);
        this.session = session;
    }

    private boolean isSwallowed() {
        return getStatus() >= 400
                && !Objects.requireNonNullElse(getContentType(), "")
                        .startsWith(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    }

    /** Writes what is told of an error instead, if it was one. */
    void finish(ProblemWriter problems) throws IOException {
        if (isSwallowed()) {
            problems.write((HttpServletResponse) getResponse(), Problem.of(HttpStatusCode.valueOf(getStatus())));
        }
    }

    @Override
    public void sendError(int status) {
        setStatus(status);
    }

    @Override
    public void sendError(int status, @Nullable String message) {
        setStatus(status);
    }

    @Override
    public void setHeader(String name, @Nullable String value) {
        note(name, value);
        super.setHeader(name, value);
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        note(name, value);
        super.addHeader(name, value);
    }

    private void note(String name, @Nullable String value) {
        if (name.equalsIgnoreCase(McpSessions.HEADER) && value != null) {
            session.accept(value);
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        if (!isSwallowed()) {
            super.flushBuffer();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return isSwallowed() ? new Nowhere() : super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        return isSwallowed() ? new PrintWriter(Writer.nullWriter()) : super.getWriter();
    }

    private static final class Nowhere extends ServletOutputStream {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException("this is written at once");
        }

        @Override
        public void write(int one) {}

        @Override
        public void write(byte[] some, int from, int length) {}
    }
}
