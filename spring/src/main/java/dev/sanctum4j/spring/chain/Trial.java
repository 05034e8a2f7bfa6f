package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.Probe;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;

/** Finds out what a filter of another chain would do with a request, whatever it would answer; its cookies are kept. */
final class Trial {

    private Trial() {}

    /** Whether it would let the request go on. */
    static boolean passes(Filter filter, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        return passes(filter, new Asked(request), response);
    }

    private static boolean passes(Filter filter, Asked asked, HttpServletResponse response)
            throws ServletException, IOException {
        AtomicBoolean passed = new AtomicBoolean();
        filter.doFilter(asked, new Unanswered(response), (same, answer) -> passed.set(true));
        return passed.get();
    }

    /**
     * Whether it would let the request go on for the CSRF token that was sent with it, and not because it asks for none. Found out in
     * one try: another one without the token would tell the application of an attack that was none.
     */
    static boolean passesByToken(CsrfFilter filter, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Asked asked = new Asked(request);
        return passes(filter, asked, response)
                && request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token
                && (asked.read.contains(token.getHeaderName().toLowerCase(Locale.ROOT))
                        || asked.read.contains(parameter(token.getParameterName())));
    }

    /**
     * Whether it would want a session for its CSRF token before it lets a request go on that nobody has made. Asks no handler of the
     * application's: whatever else the filter asks for ends the question, and nobody knows.
     */
    static boolean wantsSession(CsrfFilter filter, Probe probe) {
        try {
            filter.doFilter(new Sessionless(probe), toNobody(), (request, response) -> {});
            return false;
        } catch (SessionWanted e) {
            return true;
        } catch (RuntimeException | ServletException | IOException e) {
            return false;
        }
    }

    private static HttpServletResponse toNobody() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                Trial.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Says that a session is wanted. */
    private static final class SessionWanted extends RuntimeException {

        private static final long serialVersionUID = 1L;

        SessionWanted() {
            super(null, null, false, false);
        }
    }

    /** A request without a session, and without a CSRF token that could be compared with anything. */
    private static final class Sessionless extends HttpServletRequestWrapper {

        Sessionless(Probe probe) {
            super(probe);
        }

        @Override
        public @Nullable HttpSession getSession(boolean create) {
            if (create) {
                throw new SessionWanted();
            }
            return null;
        }

        @Override
        public HttpSession getSession() {
            throw new SessionWanted();
        }

        @Override
        public @Nullable String getHeader(String name) {
            if (name.toUpperCase(Locale.ROOT).contains("SRF")) {
                throw new UnsupportedOperationException(name);
            }
            return super.getHeader(name);
        }

        @Override
        public String getParameter(String name) {
            throw new UnsupportedOperationException(name);
        }
    }

    private static String parameter(String name) {
        return "?" + name;
    }

    /** Nothing is dispatched elsewhere, and what is read is noted. */
    private static final class Asked extends HttpServletRequestWrapper {

        /** The names of headers, in lower case, and of parameters that were sent and read. */
        private final Set<String> read = new HashSet<>();

        Asked(HttpServletRequest request) {
            super(request);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return noted(name.toLowerCase(Locale.ROOT), super.getHeader(name));
        }

        @Override
        public @Nullable String getParameter(String name) {
            return noted(parameter(name), super.getParameter(name));
        }

        private @Nullable String noted(String name, @Nullable String value) {
            if (value != null) {
                read.add(name);
            }
            return value;
        }

        @Override
        public RequestDispatcher getRequestDispatcher(String path) {
            return new RequestDispatcher() {
                @Override
                public void forward(ServletRequest request, ServletResponse response) {}

                @Override
                public void include(ServletRequest request, ServletResponse response) {}
            };
        }
    }

    /** Nothing is written but cookies. */
    private static final class Unanswered extends HttpServletResponseWrapper {

        Unanswered(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setStatus(int status) {}

        @Override
        public void sendError(int status) {}

        @Override
        public void sendError(int status, String message) {}

        @Override
        public void sendRedirect(String location) {}

        @Override
        public void sendRedirect(String location, int status, boolean clearBuffer) {}

        @Override
        public void setHeader(String name, String value) {
            addHeader(name, value);
        }

        @Override
        public void addHeader(String name, String value) {
            if (name.equalsIgnoreCase(HttpHeaders.SET_COOKIE)) {
                super.addHeader(name, value);
            }
        }

        @Override
        public void setIntHeader(String name, int value) {}

        @Override
        public void addIntHeader(String name, int value) {}

        @Override
        public void setDateHeader(String name, long date) {}

        @Override
        public void addDateHeader(String name, long date) {}

        @Override
        public void setContentType(String type) {}

        @Override
        public void setCharacterEncoding(String charset) {}

        @Override
        public void setLocale(Locale locale) {}

        @Override
        public void setContentLength(int length) {}

        @Override
        public void setContentLengthLong(long length) {}

        @Override
        public void flushBuffer() {}

        @Override
        public void reset() {}

        @Override
        public void resetBuffer() {}

        @Override
        public PrintWriter getWriter() {
            return new PrintWriter(Writer.nullWriter());
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {}

                @Override
                public void write(int octet) {}
            };
        }
    }
}
