package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpSession;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session that let a socket in.
 *
 * @param alive asks whether it has not ended
 * @param credentialVersion the version of the password it was made under, if it is known
 */
record SocketSession(BooleanSupplier alive, @Nullable String credentialVersion) {

    /** Under which it is among the attributes of a socket. */
    static final String ATTRIBUTE = "sanctum.session";

    /** One that the servlet container keeps. */
    static SocketSession ofContainer(HttpSession session) {
        return of(session, () -> {
            try {
                return session.getCreationTime() > 0;
            } catch (IllegalStateException e) {
                return false; // it was invalidated
            }
        });
    }

    static SocketSession of(HttpSession session, BooleanSupplier alive) {
        return new SocketSession(alive, SignIn.credentialVersion(session));
    }
}
