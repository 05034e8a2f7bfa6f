package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a request have no session instead of one of Spring Session's that cannot be read: another version wrote it, or it is
 * damaged. What is stored stays, for that version may read it, and ends in its time.
 */
final class ReadableSessions extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(ReadableSessions.class);

    /** Under which Spring Session leaves its repository, the session it has found, and that an id is of none. */
    private static final String REPOSITORY = "org.springframework.session.SessionRepository";

    private static final String FOUND = REPOSITORY + ".CURRENT_SESSION";
    private static final String NONE = REPOSITORY + ".invalidSessionId";

    /** Under which Spring Session finds the sessions of somebody. */
    private static final String PRINCIPAL =
            "org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME";

    private static final String CSRF =
            "org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository.CSRF_TOKEN";
    private static final String FLASH = "org.springframework.web.servlet.support.SessionFlashMapManager.FLASH_MAPS";

    private final Events events;

    ReadableSessions(Events events) {
        this.events = events;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean ofSpringSession = request.getAttribute(REPOSITORY) != null;
        chain.doFilter(ofSpringSession ? new Reading(request) : request, response);
    }

    private final class Reading extends HttpServletRequestWrapper {

        private boolean read;
        private boolean unreadable;

        Reading(HttpServletRequest request) {
            super(request);
        }

        @Override
        public HttpSession getSession() {
            read();
            return super.getSession();
        }

        @Override
        public @Nullable HttpSession getSession(boolean create) {
            read();
            return super.getSession(create);
        }

        private void read() {
            if (read) {
                return;
            }
            HttpSession found = super.getSession(false);
            read = true;
            if (found != null && !isReadable(found)) {
                unreadable = true;
                removeAttribute(FOUND);
                setAttribute(NONE, "true");
                events.publish(new AccessEvent.SessionUnreadable());
            }
        }

        @Override
        public boolean isRequestedSessionIdValid() {
            return !unreadable && super.isRequestedSessionIdValid();
        }
    }

    private static boolean isReadable(HttpSession session) {
        try {
            for (String name : Collections.list(session.getAttributeNames())) {
                Object value = session.getAttribute(name);
                if (value != null && !expected(name).isInstance(value)) {
                    throw new ClassCastException(
                            name + " is a " + value.getClass().getName());
                }
            }
            return true;
        } catch (RuntimeException | LinkageError e) {
            if (Outage.is(e)) {
                throw e;
            }
            Outage.tell(LOG, "A session cannot be read and counts as none", e);
            return false;
        }
    }

    /** What others take an attribute for without looking. */
    private static Class<?> expected(String name) {
        return switch (name) {
            case HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY -> SecurityContext.class;
            case PRINCIPAL -> String.class;
            case CSRF -> CsrfToken.class;
            case FLASH -> List.class;
            default -> Object.class;
        };
    }
}
