package dev.sanctum4j.server.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a client sends so that the gateway, this server and the service read different requests. The files for gateways take it
 * off; where it arrives here, one did not, and the service may get it as well.
 */
final class Smuggled {

    /** What {@code Connection} may name: nothing that anybody is judged by. */
    private static final Set<String> OF_A_CONNECTION =
            Set.of("", "close", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    /** Headers that say who somebody is or what was asked for, as CGI and its kin read their names. */
    private static final Pattern JUDGED_BY = Pattern.compile(
            "authorization|cookie|x-(auth|forwarded|original)(-.*)?|x-(http-)?method(-override)?|mcp-.*");

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9-]+");

    private Smuggled() {}

    /** Whether a question carries any of it: a tunnel, a header to be taken off on the way, or a second name of one. */
    static boolean isIn(HttpServletRequest question) {
        return lists(question, "Connection", option -> !OF_A_CONNECTION.contains(option))
                || lists(question, "Upgrade", protocol -> !protocol.isEmpty() && !protocol.equals("websocket"))
                || Collections.list(question.getHeaderNames()).stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .anyMatch(Smuggled::isSecondName);
    }

    private static boolean lists(HttpServletRequest question, String header, Predicate<String> option) {
        return Collections.list(question.getHeaders(header)).stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(one -> one.strip().toLowerCase(Locale.ROOT))
                .anyMatch(option);
    }

    private static boolean isSecondName(String name) {
        return !PLAIN.matcher(name).matches()
                && JUDGED_BY.matcher(name.replaceAll("[^a-z0-9]", "-")).matches();
    }
}
