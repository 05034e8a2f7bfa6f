package dev.sanctum4j.spring.chain;

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
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfToken;

/** Finds out what a filter of another chain would do with a request, whatever it would answer; its cookies are kept. */
final class Trial {

    private Trial() {}

    /** Whether it would let the request go on. */
    static boolean passes(Filter filter, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        AtomicBoolean passed = new AtomicBoolean();
        filter.doFilter(new Asked(request), new Unanswered(response), (same, answer) -> passed.set(true));
        return passed.get();
    }

    /** The same request without the CSRF token that it was sent with. */
    static HttpServletRequest withoutCsrfToken(HttpServletRequest request) {
        CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        String header = token == null ? "" : token.getHeaderName();
        String parameter = token == null ? "" : token.getParameterName();
        return new HttpServletRequestWrapper(request) {
            @Override
            public @Nullable String getHeader(String name) {
                return isToken(name) ? null : super.getHeader(name);
            }

            @Override
            public Enumeration<String> getHeaders(String name) {
                return isToken(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
            }

            @Override
            public @Nullable String getParameter(String name) {
                return name.equals(parameter) ? null : super.getParameter(name);
            }

            private boolean isToken(String name) {
                String lower = name.toLowerCase(Locale.ROOT);
                return name.equalsIgnoreCase(header) || lower.contains("csrf") || lower.contains("xsrf");
            }
        };
    }

    /** Nothing is dispatched elsewhere. */
    private static final class Asked extends HttpServletRequestWrapper {

        Asked(HttpServletRequest request) {
            super(request);
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
        public void setContentType(String type) {}

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
