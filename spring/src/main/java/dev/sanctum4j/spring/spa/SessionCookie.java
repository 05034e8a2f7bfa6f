package dev.sanctum4j.spring.spa;

import dev.sanctum4j.SecretHash;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.security.crypto.keygen.Base64StringKeyGenerator;
import org.springframework.security.crypto.keygen.StringKeyGenerator;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.web.http.CookieSerializer;

/**
 * The session cookie where Spring Session keeps the sessions: the cookie holds a random secret, and the store holds only its
 * hash, as the id of the session. So neither a copy of the store nor a log of ids lets anybody in.
 *
 * <p>Thread-safe.
 */
final class SessionCookie implements CookieSerializer, SessionIdGenerator {

    /** Marks ids that are hashes: no cookie may present one. */
    private static final String HASHED = "~";

    private static final int SECRET_BYTES = 32;
    private static final int SECRET_LENGTH = 43;
    /** As many as fit into the 36 characters of Spring Session's own tables, and still 210 bits. */
    private static final int HASH_LENGTH = 35;
    /** Between its making and the end of its request a secret waits here. */
    private static final int WAITING = 10_000;

    private static final String WRITTEN = "sanctum.session-cookie-written";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Cookies cookies;
    private final StringKeyGenerator secrets = new Base64StringKeyGenerator(BASE64, SECRET_BYTES);
    private final Map<String, String> waiting = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > WAITING;
        }
    };

    SessionCookie(Cookies cookies) {
        this.cookies = cookies;
    }

    /** The id of a new session; its secret is told to the browser at the end of the request. */
    @Override
    public String generate() {
        String secret = secrets.generateKey();
        String id = idOf(secret);
        synchronized (waiting) {
            waiting.put(id, secret);
        }
        return id;
    }

    @Override
    public void writeCookieValue(CookieValue cookie) {
        HttpServletRequest request = cookie.getRequest();
        String id = cookie.getCookieValue();
        if (id == null || id.isEmpty()) {
            cookies.session(request, cookie.getResponse(), "", Duration.ZERO);
            return;
        }
        if (id.equals(request.getAttribute(WRITTEN))) {
            return;
        }
        String secret;
        synchronized (waiting) {
            secret = waiting.remove(id);
        }
        cookies.session(request, cookie.getResponse(), secret == null ? id : secret, age(request));
        request.setAttribute(WRITTEN, id);
    }

    /** The id that belongs to the cookie; none if two cookies have its name, for one of them was planted. */
    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        List<String> values = Cookies.sent(request, cookies.sessionName(request));
        if (values.size() != 1 || values.get(0).startsWith(HASHED)) {
            return List.of();
        }
        String value = values.get(0);
        return List.of(value.length() == SECRET_LENGTH ? idOf(value) : value); // a store may make ids of its own
    }

    private static Duration age(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return SignIn.isRemembered(session) ? Duration.ofSeconds(session.getMaxInactiveInterval()) : Cookies.OF_BROWSER;
    }

    private static String idOf(String secret) {
        byte[] hash = HexFormat.of().parseHex(SecretHash.of(secret).toHex());
        return HASHED + BASE64.encodeToString(hash).substring(0, HASH_LENGTH);
    }
}
