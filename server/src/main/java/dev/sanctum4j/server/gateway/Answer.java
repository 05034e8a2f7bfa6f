package dev.sanctum4j.server.gateway;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** An answer that waits until all have had their say, so that it can still become one that gateways understand. */
final class Answer extends ContentCachingResponseWrapper {

    Answer(HttpServletResponse response) {
        super(response);
    }

    @Override
    public void sendError(int status) {
        resetBuffer();
        setStatus(status);
    }

    @Override
    public void sendError(int status, String message) {
        sendError(status);
    }

    @Override
    public void sendRedirect(String location) {
        sendError(SC_FOUND);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clear) {
        sendError(SC_FOUND);
    }
}
