package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.spa.FirstPartyRequests;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Opens sockets to listed pages and to programs, never to foreign pages: browsers send {@code Origin} with every handshake,
 * and nothing else protects one. Without that header a session does not count, only a token does.
 *
 * <p>Thread-safe.
 */
final class SocketHandshake implements HandshakeInterceptor {

    /** Under which whoever made the handshake is among the attributes of a socket, for its CONNECT. */
    static final String CALLER = "sanctum.handshake.caller";

    private final FirstPartyRequests firstParty;

    SocketHandshake(FirstPartyRequests firstParty) {
        this.firstParty = firstParty;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        if (!(request instanceof ServletServerHttpRequest servlet)) {
            return false;
        }
        HttpServletRequest http = servlet.getServletRequest();
        boolean page = http.getHeader(HttpHeaders.ORIGIN) != null;
        boolean bearer = firstParty.hasToken(http);
        if (page && !bearer && !firstParty.matches(http)) {
            response.setStatusCode(HttpStatus.FORBIDDEN);
            return false;
        }
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        HttpSession session = page && !bearer ? http.getSession(false) : null;
        if (caller != null
                && !(caller instanceof AnonymousAuthenticationToken)
                && (caller instanceof TokenAuthentication || session != null)) {
            attributes.put(CALLER, caller);
            if (session != null) {
                attributes.put(SocketSession.ATTRIBUTE, SocketSession.of(session, http));
            }
        }
        return true;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
