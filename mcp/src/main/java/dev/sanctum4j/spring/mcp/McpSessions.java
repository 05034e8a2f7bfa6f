package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.TokenAuthentication;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.security.core.Authentication;

/**
 * Whose the sessions of a server are, which itself gives them to whoever knows their id. Those that are used least are forgotten:
 * clients begin another then.
 *
 * <p>Thread-safe.
 */
final class McpSessions {

    static final String HEADER = "Mcp-Session-Id";

    private static final int MOST = 10_000;

    private final Map<String, Object> callers = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
            return size() > MOST;
        }
    });

    void began(String session, Authentication caller) {
        callers.put(session, who(caller));
    }

    boolean isOf(String session, Authentication caller) {
        return who(caller).equals(callers.get(session));
    }

    void ended(String session) {
        callers.remove(session);
    }

    /** A token, and not its owner: another of the same owner may have other abilities, or be held by somebody else. */
    private static Object who(Authentication caller) {
        return caller instanceof TokenAuthentication token ? token.token().id() : caller.getName();
    }
}
