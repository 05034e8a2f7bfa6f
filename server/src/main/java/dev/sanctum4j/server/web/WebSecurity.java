package dev.sanctum4j.server.web;

import dev.sanctum4j.spring.http.FormFilter;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** What is not behind the starter's chain, which protects every path that no chain here claims. */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    /**
     * What knows neither sessions nor tokens. The protection of the management port is that it listens on this machine only, unless told
     * otherwise; clients of {@code /oauth2} are asked for credentials of their own; and what describes the server is for everybody.
     */
    @Bean
    SecurityFilterChain open(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .securityMatchers(paths -> paths.requestMatchers(EndpointRequest.toAnyEndpoint())
                        .requestMatchers("/oauth2/**", "/openapi.json", "/.well-known/**"))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }

    /** Spring Security's, which asks of each header that is read whether its text is allowed: by a loop, for a pattern takes twenty times as long. */
    @Bean
    StrictHttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderValues(WebSecurity::isAllowed);
        return firewall;
    }

    /** What {@link StrictHttpFirewall} allows unless it is told otherwise: assigned characters, and of control characters the tabulator. */
    static boolean isAllowed(@Nullable String value) {
        return value == null || value.codePoints().allMatch(WebSecurity::isAllowed);
    }

    private static boolean isAllowed(int c) {
        if (c < 0x7f) {
            return c >= ' ' || c == '\t';
        }
        int type = Character.getType(c);
        return type != Character.UNASSIGNED && type != Character.CONTROL;
    }

    /** What the firewall refuses has no caller yet, so the way of other errors would end in a 401. */
    @Bean
    RequestRejectedHandler rejected(ProblemWriter problems) {
        return (request, response, reason) -> problems.write(
                response,
                Problem.ours(
                        400,
                        "request-rejected",
                        "Bad Request.",
                        "The request line or a header is not in its normal form."));
    }

    /** No route here takes more than the starter's, and whoever asks is not known yet where forms are read. */
    @Bean
    FilterRegistrationBean<FormFilter> forms(ProblemWriter problems) {
        FilterRegistrationBean<FormFilter> filter = new FilterRegistrationBean<>(new FormFilter(any -> true, problems));
        filter.setOrder(FormFilter.ORDER);
        return filter;
    }

    /** Observing every filter costs five times the check of a token; the meters of the web server remain. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }
}
