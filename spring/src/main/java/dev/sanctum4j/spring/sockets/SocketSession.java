package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.session.SessionRepository;

/**
 * A session that let a socket in.
 *
 * @param alive asks whether it has not ended
 * @param credentialVersion the version of the password it was made under, if it is known
 */
record SocketSession(BooleanSupplier alive, @Nullable String credentialVersion) {

    /** Under which it is among the attributes of a socket. */
    static final String ATTRIBUTE = "sanctum.session";

    /** The session of a handshake: Spring Session's, if its filter let the request through, else the servlet container's. */
    static SocketSession of(HttpSession session, HttpServletRequest handshake) {
        Object repository = handshake.getAttribute("org.springframework.session.SessionRepository");
        return new SocketSession(
                repository == null ? () -> isAlive(session) : isKept(session.getId(), repository),
                SignIn.credentialVersion(session));
    }

    private static boolean isAlive(HttpSession session) {
        try {
            return session.getCreationTime() > 0;
        } catch (IllegalStateException e) {
            return false; // it was invalidated
        }
    }

    private static BooleanSupplier isKept(String id, Object repository) {
        return () -> ((SessionRepository<?>) repository).findById(id) != null;
    }
}
