package dev.sanctum4j.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Says whatever is wrong in other words than the server does: pages go by codes, and so see no difference. */
class OtherWords {

    static final String WORDS = "Something else altogether.";

    private static final JsonMapper JSON = JsonMapper.shared();

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> inOtherWords() {
        FilterRegistrationBean<OncePerRequestFilter> filter = new FilterRegistrationBean<>(new Filter());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    private static final class Filter extends OncePerRequestFilter {

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
            chain.doFilter(request, answer);
            String type = answer.getContentType();
            if (answer.getStatus() >= 400 && type != null && type.contains("json")) {
                byte[] other = JSON.writeValueAsBytes(other(JSON.readTree(answer.getContentAsByteArray())));
                answer.resetBuffer();
                answer.getOutputStream().write(other);
            }
            answer.copyBodyToResponse();
        }

        private static JsonNode other(JsonNode body) {
            if (body instanceof ObjectNode problem) {
                for (String field : List.of("title", "detail", "message")) {
                    if (problem.has(field)) {
                        problem.put(field, WORDS);
                    }
                }
                for (JsonNode sentences : problem.path("errors")) {
                    ArrayNode said = (ArrayNode) sentences;
                    for (int i = 0; i < said.size(); i++) {
                        said.set(i, StringNode.valueOf(WORDS));
                    }
                }
            }
            return body;
        }
    }
}
