package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenCheck;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * The open sockets and who is behind each. A socket is closed when what let it in has ended: at once when a token is revoked
 * here, and otherwise when it is looked at again, which happens every {@code sanctum.websocket.recheck}.
 *
 * <p>Thread-safe.
 */
final class LiveSockets implements TokenListener {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSockets.class);
    private static final CloseStatus ENDED = CloseStatus.POLICY_VIOLATION.withReason("Unauthenticated.");
    private static final CloseStatus UNKNOWN = CloseStatus.SERVICE_OVERLOAD.withReason("Try again later.");

    private final Map<String, Socket> sockets = new ConcurrentHashMap<>();

    private static final class Socket {
        private final WebSocketSession session;
        private volatile @Nullable Authentication caller;

        Socket(WebSocketSession session) {
            this.session = session;
        }

        @Nullable
        TokenId token() {
            return caller instanceof TokenAuthentication token ? token.token().id() : null;
        }

        void close(CloseStatus status) {
            try {
                session.close(status);
            } catch (IOException e) {
                LOG.debug("A socket could not be closed: {}", e.getMessage());
            }
        }
    }

    /** Counts in every socket of a handler. */
    WebSocketHandler count(WebSocketHandler handler) {
        return new WebSocketHandlerDecorator(handler) {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) throws Exception {
                sockets.put(session.getId(), new Socket(session));
                super.afterConnectionEstablished(session);
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
                sockets.remove(session.getId());
                super.afterConnectionClosed(session, status);
            }
        };
    }

    /** Notes who is behind a socket. */
    void signIn(String socket, Authentication caller) {
        Socket known = sockets.get(socket);
        if (known != null) {
            known.caller = caller;
        }
    }

    /** Who is behind a socket; nobody before its CONNECT. */
    @Nullable
    Authentication caller(@Nullable String socket) {
        Socket known = socket == null ? null : sockets.get(socket);
        return known == null ? null : known.caller;
    }

    @Override
    public void on(TokenEvent event) {
        if (event instanceof TokenEvent.Revoked revoked) {
            sockets.values().stream()
                    .filter(socket -> revoked.id().equals(socket.token()))
                    .forEach(socket -> socket.close(ENDED));
        }
    }

    /** Closes every socket whose token or session has ended, or cannot be looked at. */
    void recheck(TokenCheck check) {
        for (Socket socket : sockets.values()) {
            Authentication caller = socket.caller;
            try {
                if (caller != null && !isValid(caller, socket.session, check)) {
                    socket.close(ENDED);
                }
            } catch (TokenStoreException e) {
                LOG.warn("A socket is closed, for it could not be checked: {}", e.getMessage());
                socket.close(UNKNOWN);
            } catch (RuntimeException e) {
                LOG.warn(
                        "A socket is closed, for its session could not be checked: {}",
                        e.getClass().getName());
                socket.close(UNKNOWN);
            }
        }
    }

    private static boolean isValid(Authentication caller, WebSocketSession socket, TokenCheck check) {
        if (caller instanceof TokenAuthentication) {
            return check.recheck(caller, null);
        }
        return socket.getAttributes().get(SocketSession.ATTRIBUTE) instanceof SocketSession session
                && session.alive().getAsBoolean()
                && check.recheck(caller, session.credentialVersion());
    }
}
