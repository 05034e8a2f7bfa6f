package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenCheck;
import dev.sanctum4j.spring.http.Outage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
 * here, and otherwise when it is looked at again, which happens every {@code sanctum.websocket.recheck}. One that nobody signs in
 * to is closed then, too: the beginning of a frame is all that keeps it open for Spring.
 *
 * <p>Thread-safe.
 */
final class LiveSockets implements TokenListener {

    private static final Logger LOG = LoggerFactory.getLogger(LiveSockets.class);
    private static final CloseStatus ENDED = CloseStatus.POLICY_VIOLATION.withReason("Unauthenticated.");
    private static final CloseStatus UNKNOWN = CloseStatus.SERVICE_OVERLOAD.withReason("Try again later.");
    private static final CloseStatus NOBODY = CloseStatus.POLICY_VIOLATION.withReason("Nobody has signed in.");

    /** How long a socket may be nobody's; as long as Spring gives it for its first message. */
    private static final Duration NOBODYS = Duration.ofSeconds(60);

    /** Under which the time is among a socket's attributes when it was opened. */
    private static final String OPENED = "sanctum.opened";

    private final Clock clock;
    private final Map<String, WebSocketSession> sockets = new ConcurrentHashMap<>();

    LiveSockets(Clock clock) {
        this.clock = clock;
    }

    /** Counts in every socket of a handler. */
    WebSocketHandler count(WebSocketHandler handler) {
        return new WebSocketHandlerDecorator(handler) {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) throws Exception {
                session.getAttributes().put(OPENED, clock.instant());
                sockets.put(session.getId(), session);
                super.afterConnectionEstablished(session);
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
                sockets.remove(session.getId());
                super.afterConnectionClosed(session, status);
            }
        };
    }

    @Override
    public void on(TokenEvent event) {
        if (event instanceof TokenEvent.Revoked revoked) {
            sockets.values().stream()
                    .filter(socket -> caller(socket) instanceof TokenAuthentication caller
                            && caller.token().id().equals(revoked.id()))
                    .forEach(socket -> close(socket, ENDED));
        }
    }

    /** Closes every socket whose token or session has ended, or cannot be looked at, or that was nobody's for too long. */
    void recheck(TokenCheck check) {
        Instant late = clock.instant().minus(NOBODYS);
        for (WebSocketSession socket : sockets.values()) {
            try {
                if (caller(socket) instanceof Authentication caller) {
                    if (!isValid(caller, socket, check)) {
                        close(socket, ENDED);
                    }
                } else if (socket.getAttributes().get(OPENED) instanceof Instant opened && opened.isBefore(late)) {
                    close(socket, NOBODY);
                }
            } catch (TokenStoreException e) {
                Outage.tell(LOG, "A socket is closed, for it could not be checked", e);
                close(socket, UNKNOWN);
            } catch (RuntimeException e) {
                Outage.tell(LOG, "A socket is closed, for its session could not be checked", e);
                close(socket, UNKNOWN);
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

    private static @Nullable Object caller(WebSocketSession socket) {
        return socket.getAttributes().get(SocketGuard.CALLER);
    }

    private static void close(WebSocketSession socket, CloseStatus status) {
        try {
            socket.close(status);
        } catch (IOException e) {
            LOG.debug("A socket could not be closed: {}", e.getMessage());
        }
    }
}
