package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Tokens;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Protects {@code /api/**}. Where a filter chain of the application's own matches a request, that chain decides and ours
 * stays out of the way; so the application's rules are never shadowed, and a path that it forgot is not left open.
 */
@AutoConfiguration(
        after = {SanctumAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class},
        before = ServletWebSecurityAutoConfiguration.class,
        beforeName =
                "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SanctumProperties.class)
public final class SanctumSecurityAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

    static final String CHAIN = "sanctumSecurityFilterChain";
    static final String FALLBACK = "sanctumFallbackSecurityFilterChain";

    @Bean
    Diagnosis sanctumDiagnosis(
            SanctumProperties properties, ObjectProvider<Clock> clock, ObjectProvider<Diagnosis.SettingsCheck> checks) {
        List<Diagnosis.Reason> findings = checks.orderedStream()
                .flatMap(check -> check.findings().stream())
                .toList();
        findings.forEach(finding -> LOG.warn("{} {}", finding.rule(), finding.change()));
        return new Diagnosis(properties.diagnosis(), clock.getIfUnique(Clock::systemUTC), findings);
    }

    @Bean
    Problems sanctumProblems(
            ObjectProvider<JsonMapper> json,
            Diagnosis diagnosis,
            SpaProperties pages,
            FirstPartyRequests firstParty,
            SessionCookieName sessionCookie,
            Events events,
            ObjectProvider<ErrorWriter> writer) {
        Reasons reasons = new Reasons(pages, firstParty, sessionCookie);
        return new Problems(
                writer.getIfUnique(() -> Problems.inJson(json.getIfAvailable(JsonMapper::shared))),
                diagnosis,
                reasons,
                events);
    }

    @Bean
    ProblemAdvice sanctumProblemAdvice(Problems problems) {
        return new ProblemAdvice(problems);
    }

    @Bean
    WebMvcConfigurer sanctumMvc() {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new CurrentTokenResolver());
            }
        };
    }

    @Bean
    Owners sanctumOwners(
            ObjectProvider<OwnerLoader> loaders,
            ObjectProvider<UserDetailsService> users,
            SanctumCache cache,
            SanctumProperties properties) {
        List<OwnerLoader> all = new ArrayList<>(loaders.orderedStream().toList());
        if (all.isEmpty()) {
            users.ifUnique(service -> all.add(new UserDetailsOwnerLoader(properties.ownerType(), service)));
        }
        return new Owners(all, cache);
    }

    @Bean
    @ConditionalOnMissingBean
    AbilityPolicy abilityPolicy(StoreProperties properties) {
        Abilities most = Abilities.of(properties.policy().abilities());
        return owner -> most;
    }

    @Bean
    BearerToken.Places sanctumTokenPlaces(ObjectProvider<TokenReader> readers) {
        return new BearerToken.Places(readers.orderedStream().toList());
    }

    @Bean
    TokenCheck sanctumTokenCheck(
            Tokens tokens,
            Owners owners,
            ObjectProvider<AdmissionRule> rules,
            StoreProperties properties,
            ObjectProvider<TokenCheck.Timer> timer) {
        return new TokenCheck(
                tokens,
                owners,
                rules.orderedStream().toList(),
                Set.of(),
                properties,
                timer.getIfAvailable(() -> Supplier::get));
    }

    /** What Boot does on its own when nobody defines a chain; ours would otherwise make it step back. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(SecurityFilterChain.class)
    static class Fallback {

        @Bean(FALLBACK)
        @Order(SecurityFilterProperties.BASIC_AUTH_ORDER)
        SecurityFilterChain fallback(HttpSecurity http, ObjectProvider<OpenHealth> health) {
            http.authorizeHttpRequests(routes -> {
                health.ifAvailable(open -> {
                    routes.requestMatchers(open.matcher()).permitAll();
                    http.cors(Customizer.withDefaults());
                });
                routes.anyRequest().authenticated();
            });
            return http.formLogin(Customizer.withDefaults())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        /** With the actuator, Boot leaves health open to everybody. */
        record OpenHealth(RequestMatcher matcher) {}

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({HealthEndpoint.class, WebEndpointAutoConfiguration.class})
        static class Actuator {

            @Bean
            OpenHealth openHealth() {
                return new OpenHealth(new OrRequestMatcher(
                        EndpointRequest.to(HealthEndpoint.class),
                        EndpointRequest.toAdditionalPaths(WebServerNamespace.SERVER, HealthEndpoint.class)));
            }
        }
    }

    /** What the firewall refuses has no caller yet, so the way of other errors would end in a 401. */
    @Bean
    @ConditionalOnMissingBean
    RequestRejectedHandler sanctumRejectedRequests(Problems problems) {
        return (request, response, reason) -> problems.write(
                response, Problem.of(400, "Bad Request.", "The request line or a header is not in its normal form."));
    }

    @Bean(CHAIN)
    @ConditionalOnMissingBean(name = CHAIN)
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityFilterChain sanctumChain(
            HttpSecurity http,
            ApplicationContext context,
            SanctumProperties properties,
            SpaProperties spa,
            ObjectProvider<BroadcastingController> broadcasting,
            ObjectProvider<WebSocketProperties> sockets,
            Problems problems,
            Owners owners,
            FirstPartyRequests firstParty,
            ObjectProvider<Csrf> csrf) {
        boolean pages = !spa.stateful().isEmpty();
        List<RequestMatcher> open = openEndpoints(properties, pages, sockets.getIfAvailable());
        List<RequestMatcher> ours = new ArrayList<>(open);
        if (broadcasting.stream().findAny().isPresent()) {
            ours.add(post(BroadcastingController.PATH));
        }
        for (String path : properties.paths()) {
            ours.add(PathPatternRequestMatcher.withDefaults().matcher(path));
        }
        if (ours.isEmpty()) {
            http.securityMatcher(request -> false);
        } else {
            http.securityMatcher(new UnclaimedRequests(new OrRequestMatcher(ours), context));
        }
        http.addFilterBefore(new OutageFilter(problems), DisableEncodeUrlFilter.class)
                .with(Sanctum.sanctum(), Customizer.withDefaults())
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                .securityContext(contexts -> contexts.securityContextRepository(
                        pages
                                ? new FirstPartyContextRepository(firstParty)
                                : new RequestAttributeSecurityContextRepository()))
                .authorizeHttpRequests(routes -> {
                    routes.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll(); // or a 500 would turn into a 401
                    if (!open.isEmpty()) {
                        routes.requestMatchers(open.toArray(RequestMatcher[]::new))
                                .permitAll();
                    }
                    routes.anyRequest().authenticated();
                });
        if (pages) {
            RequestMatcher exchange = post("/sanctum/token");
            http.addFilter(FirstPartyCors.filter(firstParty))
                    .addFilterAfter(new SessionOwnerFilter(firstParty, owners, problems), CsrfFilter.class);
            csrf.getObject()
                    .protect(
                            http,
                            request -> CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
                                    && firstParty.matches(request)
                                    && !exchange.matches(request));
        } else {
            http.csrf(AbstractHttpConfigurer::disable); // this chain never reads a session
        }
        return http.build();
    }

    private static List<RequestMatcher> openEndpoints(
            SanctumProperties properties, boolean pages, @Nullable WebSocketProperties sockets) {
        SanctumProperties.Endpoints endpoints = properties.endpoints();
        List<RequestMatcher> open = new ArrayList<>();
        if (sockets != null) {
            open.add(PathPatternRequestMatcher.withDefaults()
                    .matcher(HttpMethod.GET, sockets.path())); // who it is, CONNECT tells
        }
        if (endpoints.passwordToken()) {
            open.add(post("/sanctum/token"));
        }
        if (endpoints.session() && pages) {
            open.add(PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.GET, "/sanctum/csrf-cookie"));
            open.add(post("/login"));
            open.add(post("/logout"));
            open.add(post("/user/confirm-password"));
        }
        return open;
    }

    private static RequestMatcher post(String path) {
        return PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, path);
    }
}
