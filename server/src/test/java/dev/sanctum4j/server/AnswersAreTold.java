package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fails each test during which a route of {@code docs/http.md} answered something that the page does not tell: a status, a code, a
 * field. It watches whatever the tests of this module ask, in all their servers that run in this JVM.
 */
public final class AnswersAreTold implements AfterEachCallback, AfterAllCallback {

    private static final Queue<String> UNTOLD = new ConcurrentLinkedQueue<>();

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    private static void check() {
        Set<String> untold = new TreeSet<>(UNTOLD);
        UNTOLD.clear();
        assertThat(untold).as("answers that docs/http.md does not tell").isEmpty();
    }

    /** Before every other filter. */
    @AutoConfiguration
    @ConditionalOnWebApplication
    public static class Watch {

        @Bean
        FilterRegistrationBean<Watching> answersAreTold() {
            FilterRegistrationBean<Watching> filter = new FilterRegistrationBean<>(new Watching());
            filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return filter;
        }
    }

    static final class Watching extends OncePerRequestFilter {

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            Copying copying = new Copying(response);
            chain.doFilter(request, copying);
            Object path = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            if (path != null) {
                HttpPage.Route route = route(request.getMethod(), path.toString());
                String wrong = route == null ? null : wrong(route, copying.getStatus(), copying.copy.toByteArray());
                if (wrong != null) {
                    UNTOLD.add(route.mapping() + " " + wrong);
                }
            }
        }
    }

    private static HttpPage.@Nullable Route route(String method, String path) {
        return Stream.of(method, "*")
                .map(name -> HttpPage.ROUTES.get(name + " " + path))
                .filter(one -> one != null)
                .findFirst()
                .orElse(null);
    }

    /** What the page does not tell; null if it tells all. */
    private static @Nullable String wrong(HttpPage.Route route, int status, byte[] body) {
        JsonNode json = json(body);
        String code = json == null ? "" : json.path("code").asString("");
        if (status >= 400
                && (body.length == 0
                        ? HttpPage.STATUSES.contains(status)
                        : HttpPage.ANYWHERE.getOrDefault(code, Set.of()).contains(status))) {
            return null;
        }
        List<HttpPage.Answer> told = route.answers().stream()
                .filter(answer -> answer.status() == status)
                .toList();
        if (status < 400 || told.stream().anyMatch(answer -> answer.form() != null)) {
            return told.isEmpty()
                    ? Integer.toString(status)
                    : told.stream().anyMatch(answer -> fits(route, answer, json))
                            ? null
                            : status + " with other fields: " + fieldsOf(json);
        }
        return told.stream().anyMatch(answer -> code.equals(answer.code())) ? null : status + " " + code;
    }

    private static @Nullable JsonNode json(byte[] body) {
        try {
            return body.length == 0 ? null : JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return null; // a text
        }
    }

    private static boolean fits(HttpPage.Route route, HttpPage.Answer answer, @Nullable JsonNode json) {
        if (answer.form() == null || json == null) {
            return answer.form() == null
                    || json == null && route.mapping().equals("POST /sanctum/token"); // a token can be a bare text
        }
        if (answer.list() != json.isArray()) {
            return false;
        }
        List<HttpPage.Field> fields = HttpPage.FORMS.get(answer.form());
        Set<String> all = fields.stream().map(HttpPage.Field::name).collect(Collectors.toSet());
        Set<String> needed = fields.stream()
                .filter(field -> !field.optional())
                .map(HttpPage.Field::name)
                .collect(Collectors.toSet());
        return (answer.list() ? json.valueStream() : Stream.of(json))
                .map(AnswersAreTold::fieldsOf)
                .allMatch(has -> all.containsAll(has) && has.containsAll(needed));
    }

    private static Set<String> fieldsOf(@Nullable JsonNode json) {
        return json == null
                ? Set.of()
                : new TreeSet<>(json.isArray() ? json.path(0).propertyNames() : json.propertyNames());
    }

    /** Passes everything on, at once. */
    private static final class Copying extends HttpServletResponseWrapper {

        private final ByteArrayOutputStream copy = new ByteArrayOutputStream();

        Copying(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void reset() {
            super.reset();
            copy.reset();
        }

        @Override
        public void resetBuffer() {
            super.resetBuffer();
            copy.reset();
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            ServletOutputStream out = super.getOutputStream();
            return new ServletOutputStream() {
                @Override
                public void write(int b) throws IOException {
                    copy.write(b);
                    out.write(b);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    copy.write(bytes, from, length);
                    out.write(bytes, from, length);
                }

                @Override
                public void flush() throws IOException {
                    out.flush();
                }

                @Override
                public void close() throws IOException {
                    out.close();
                }

                @Override
                public boolean isReady() {
                    return out.isReady();
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    out.setWriteListener(listener);
                }
            };
        }
    }
}
