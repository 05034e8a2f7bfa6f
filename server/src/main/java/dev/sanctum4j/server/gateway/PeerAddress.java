package dev.sanctum4j.server.gateway;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/** Keeps who is at the other end of a connection, which {@code getRemoteAddr} does not tell once it believes headers. */
final class PeerAddress extends ValveBase {

    private static final String NAME = PeerAddress.class.getName();

    PeerAddress() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.setAttribute(NAME, request.getPeerAddr());
        getNext().invoke(request, response);
    }

    /** The address; absent in a container that does not tell, so that nobody is trusted. */
    static @Nullable String of(HttpServletRequest request) {
        return request.getAttribute(NAME) instanceof String address ? address : null;
    }
}
