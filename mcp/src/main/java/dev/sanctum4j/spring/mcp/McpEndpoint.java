package dev.sanctum4j.spring.mcp;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.core.env.Environment;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Where Spring AI serves its MCP server, by Spring AI's own settings.
 *
 * @param protocol how it is served
 * @param path where messages are sent, within the servlet
 * @param known the path of the address that clients are given: that of the stream, where it has one of its own
 * @param prefix the path of the servlet, empty if it has none
 * @param messages takes requests to that path, and no other spelling of it
 * @param stream takes requests for the stream of answers that {@link Protocol#SSE} has at a path of its own
 */
record McpEndpoint(
        Protocol protocol, String path, String known, String prefix, RequestMatcher messages, RequestMatcher stream) {

    /** The protocols of a server over HTTP. */
    enum Protocol {
        STREAMABLE,
        STATELESS,
        SSE
    }

    private static final String SETTINGS = "spring.ai.mcp.server.";

    /** @param servlet which may have a path */
    static McpEndpoint of(
            Environment environment, PathPatternRequestMatcher.Builder paths, List<DispatcherServletPath> servlet) {
        Protocol protocol = Protocol.valueOf(environment
                .getProperty(SETTINGS + "protocol", Protocol.STREAMABLE.name())
                .toUpperCase(Locale.ROOT));
        boolean sse = protocol == Protocol.SSE;
        String path = sse
                ? environment.getProperty(SETTINGS + "sse-message-endpoint", "/mcp/message")
                : environment.getProperty(SETTINGS + "streamable-http.mcp-endpoint", "/mcp");
        String known = sse ? environment.getProperty(SETTINGS + "sse-endpoint", "/sse") : path;
        return new McpEndpoint(
                protocol,
                path,
                known,
                servlet.size() == 1 ? servlet.get(0).getPrefix() : "",
                paths.matcher(path),
                paths.matcher(known));
    }

    boolean matches(HttpServletRequest request) {
        return messages.matches(request) || stream.matches(request);
    }

    /** All that requests are sent to, what clients are given first. */
    List<String> paths() {
        return Stream.of(known, path).distinct().toList();
    }

    /** The address of one of them. */
    String url(HttpServletRequest request, String path) {
        return ServletUriComponentsBuilder.fromContextPath(request).toUriString() + prefix + path;
    }
}
