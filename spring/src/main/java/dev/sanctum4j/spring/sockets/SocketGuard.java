package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.NoAnswer;
import dev.sanctum4j.spring.TokenCheck;
import dev.sanctum4j.spring.http.Limits;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.security.core.Authentication;

/**
 * Signs STOMP clients in with their CONNECT frame: by its {@code Authorization} header, which decides alone, or by the
 * session of the handshake. Every other frame needs that first. The text of a token goes no further than here.
 *
 * <p>Thread-safe.
 */
final class SocketGuard implements ChannelInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(SocketGuard.class);
    private static final String HEADER = "Authorization";

    /** Under which whoever is behind a socket is among its attributes; nobody is there before its CONNECT. */
    static final String CALLER = "sanctum.caller";

    private static final String SUBSCRIPTIONS = "sanctum.subscriptions";

    private final TokenCheck check;

    SocketGuard(TokenCheck check) {
        this.check = check;
    }

    @Override
    public Message<?> preSend(Message<?> message, MessageChannel channel) {
        StompHeaderAccessor frame = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
        StompCommand command = frame == null ? null : frame.getCommand();
        if (frame == null || command == null) {
            return message; // a heartbeat
        }
        checkHeaders(frame.toNativeHeaderMap());
        Map<String, Object> attributes = frame.getSessionAttributes();
        if (command == StompCommand.CONNECT || command == StompCommand.STOMP) {
            Authentication caller = attributes == null ? null : connect(frame, attributes);
            if (attributes == null || caller == null) {
                throw new MessageDeliveryException("Unauthenticated.");
            }
            frame.removeNativeHeader(HEADER);
            frame.setUser(caller);
            attributes.put(CALLER, caller);
        } else if (command != StompCommand.DISCONNECT) {
            if (attributes == null || !(attributes.get(CALLER) instanceof Authentication caller)) {
                throw new MessageDeliveryException("Unauthenticated.");
            }
            if (command == StompCommand.SUBSCRIBE) {
                checkSubscription(frame, attributes);
            } else if (command == StompCommand.UNSUBSCRIBE) {
                subscriptions(attributes).remove(String.valueOf(frame.getSubscriptionId()));
            }
            frame.setUser(caller);
        }
        return message;
    }

    private static void checkHeaders(Map<String, List<String>> headers) {
        check(
                "headers of a frame",
                headers.values().stream().mapToInt(List::size).sum(),
                Limits.FRAME_HEADERS);
        int longest = headers.entrySet().stream()
                .flatMap(header -> Stream.concat(Stream.of(header.getKey()), header.getValue().stream()))
                .mapToInt(String::length)
                .max()
                .orElse(0);
        check("characters of a header", longest, Limits.FRAME_HEADER);
    }

    private static void checkSubscription(StompHeaderAccessor frame, Map<String, Object> attributes) {
        if (isPattern(frame.getDestination())) {
            throw new MessageDeliveryException("A subscription names one destination.");
        }
        String id = String.valueOf(frame.getSubscriptionId());
        check(
                "characters of a subscription",
                Math.max(id.length(), String.valueOf(frame.getDestination()).length()),
                Limits.SUBSCRIPTION);
        Set<String> subscriptions = subscriptions(attributes);
        subscriptions.add(id);
        check("subscriptions of a socket", subscriptions.size(), Limits.SUBSCRIPTIONS); // or it is closed
    }

    private static void check(String what, int many, int most) {
        if (many > most) {
            throw new MessageDeliveryException("There may be at most " + most + " " + what + ".");
        }
    }

    /** The names of those that a socket has. */
    @SuppressWarnings("unchecked")
    private static Set<String> subscriptions(Map<String, Object> attributes) {
        return (Set<String>) attributes.computeIfAbsent(SUBSCRIPTIONS, none -> ConcurrentHashMap.newKeySet());
    }

    private @Nullable Authentication connect(StompHeaderAccessor frame, Map<String, Object> attributes) {
        List<String> headers = frame.getNativeHeader(HEADER);
        if (headers == null || headers.isEmpty()) {
            return attributes.get(SocketHandshake.CALLER) instanceof Authentication caller ? caller : null;
        }
        BearerToken bearer = BearerToken.read(headers.get(0));
        if (headers.size() > 1 || bearer.kind() != BearerToken.Kind.TOKEN) {
            return null;
        }
        try {
            return check.authenticate(bearer.text(), null).orElse(null);
        } catch (Throwable e) { // whose words are nobody's business, and would be sent
            throw new MessageDeliveryException(unanswered(e));
        }
    }

    private static String unanswered(Throwable e) {
        if (e instanceof ProblemException told) {
            return told.getBody().getTitle() + ".";
        }
        if (NoAnswer.of(e) == NoAnswer.OUTAGE) {
            Outage.tell(LOG, "A token could not be checked", e);
            return "Service Unavailable.";
        }
        LOG.error("A token could not be checked", e);
        return "Internal Server Error.";
    }

    /** A simple broker takes {@code /topic/*} for every topic, whatever a rule says of each. */
    private static boolean isPattern(@Nullable String destination) {
        return destination == null || destination.chars().anyMatch(c -> c == '*' || c == '?' || c == '{');
    }
}
