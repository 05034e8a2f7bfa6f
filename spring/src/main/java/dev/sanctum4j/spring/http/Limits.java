package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** How much a stranger may send to what is ours. Held while it is read, so that nothing larger is ever in memory. */
@Internal
public final class Limits {

    /** Bytes of a body. */
    public static final int BODY = 64 * 1024;

    /** Objects and lists within each other. */
    static final int DEPTH = 8;

    /** Fields of a body, and entries of a list. */
    static final int ENTRIES = 256;

    /** Characters of a text that a parameter of the URL brings. */
    static final int PARAMETER = 1_000;

    /** Bytes of a STOMP frame, in however many messages it comes. */
    public static final int FRAME = 64 * 1024;

    /** Headers of a STOMP frame. */
    public static final int FRAME_HEADERS = 64;

    /** Characters of one of them. */
    public static final int FRAME_HEADER = 8 * 1024;

    /** Subscriptions of a socket. */
    public static final int SUBSCRIPTIONS = 1_000;

    /** Characters of what a subscription is called, and of where it listens. */
    public static final int SUBSCRIPTION = 1_000;

    /** Bytes that wait for a client of a socket to take them. */
    public static final int SEND_BUFFER = 512 * 1024;

    private Limits() {}

    /**
     * All of a body.
     *
     * @throws ProblemException with 413
     */
    static byte[] body(HttpServletRequest request) throws IOException {
        checkBody(request.getContentLengthLong());
        byte[] body = request.getInputStream().readNBytes(BODY + 1);
        checkBody(body.length);
        return body;
    }

    /** @throws ProblemException with 413 */
    static void checkBody(long length) {
        if (length > BODY) {
            throw new ProblemException(bodyTooLarge());
        }
    }

    static Problem bodyTooLarge() {
        return Problem.of(HttpStatus.CONTENT_TOO_LARGE).detail("A request may have at most 64 KiB.");
    }

    /** @throws ProblemException with 422 */
    static void checkEntries(String field, int count) {
        if (count > ENTRIES) {
            throw new ProblemException(Problem.invalid(
                    field, "too-long", "The " + field + " must not have more than " + ENTRIES + " entries."));
        }
    }

    /** @throws ProblemException with 422 */
    static void checkDepth(String field, int depth) {
        if (depth > DEPTH) {
            throw new ProblemException(Problem.invalid(
                    field, "too-deep", "The " + field + " must not be nested deeper than " + DEPTH + " levels."));
        }
    }

    /** The parameters of a request, which the container reads when they are first asked for. */
    static Map<String, String[]> parameters(HttpServletRequest request) {
        try {
            return request.getParameterMap();
        } catch (RuntimeException e) {
            if (!isUnreadable(e)) {
                throw e;
            }
            throw new ProblemException(Problem.of(HttpStatus.BAD_REQUEST));
        }
    }

    /** Whether a container could not read parameters, or would not read so many. */
    public static boolean isUnreadable(Throwable e) {
        String name = e.getClass().getName();
        return name.startsWith("org.apache.tomcat.util.http.") || name.startsWith("org.eclipse.jetty.http.");
    }
}
