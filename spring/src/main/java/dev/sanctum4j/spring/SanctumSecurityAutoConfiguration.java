package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spa.FirstParty;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.method.AuthorizationManagerBeforeMethodInterceptor;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
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
@Import(SanctumSecurityAutoConfiguration.ProxyRegistrar.class)
class SanctumSecurityAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

    static final String CHAIN = "sanctumSecurityFilterChain";
    static final String FALLBACK = "sanctumFallbackSecurityFilterChain";

    @Bean
    @ConditionalOnMissingBean
    Diagnosis sanctumDiagnosis(
            SanctumProperties properties,
            ObjectProvider<Clock> clock,
            ObjectProvider<CsrfTokenRepository> csrf,
            ObjectProvider<UrlBasedCorsConfigurationSource> cors,
            ApplicationContext context) {
        Map<String, CorsConfiguration> routes = new LinkedHashMap<>();
        cors.stream()
                .forEach(source -> source.getCorsConfigurations()
                        .forEach((pattern, configuration) -> routes.put(pattern, configuration)));
        List<Diagnosis.Reason> findings = Misconfigurations.find(
                properties.spa(), csrf.getIfUnique(), routes, isInSpringSession(context), context.getEnvironment());
        findings.forEach(finding -> LOG.warn("{} {}", finding.rule(), finding.change()));
        return new Diagnosis(properties.diagnosis(), clock.getIfUnique(Clock::systemUTC), findings);
    }

    /** Whether Spring Session keeps the sessions, with our cookie. */
    private static boolean isInSpringSession(ApplicationContext context) {
        return context.containsBean("springSessionRepositoryFilter") && context.containsBean("sanctumSessionCookie");
    }

    @Bean
    SessionCookieName sanctumSessionCookieName(ApplicationContext context, ObjectProvider<Cookies> cookies) {
        return isInSpringSession(context) ? cookies.getObject()::sessionName : SessionCookieName::ofContainer;
    }

    @Bean
    @ConditionalOnMissingBean
    Problems sanctumProblems(
            ObjectProvider<JsonMapper> json,
            Diagnosis diagnosis,
            SanctumProperties properties,
            FirstPartyRequests firstParty,
            SessionCookieName sessionCookie,
            Events events,
            ObjectProvider<ErrorWriter> writer) {
        Reasons reasons = new Reasons(properties.spa(), firstParty, sessionCookie);
        return new Problems(
                writer.getIfUnique(() -> Problems.inJson(json.getIfAvailable(JsonMapper::shared))),
                diagnosis,
                reasons,
                events);
    }

    @Bean
    @ConditionalOnMissingBean
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
    AbilityPolicy abilityPolicy(SanctumProperties properties) {
        Abilities most = Abilities.of(properties.policy().abilities());
        return owner -> most;
    }

    @Bean
    @ConditionalOnMissingBean
    FirstPartyRequests sanctumFirstParty(
            SanctumProperties properties, SessionCookieName sessionCookie, BearerToken.Places tokens) {
        return new FirstPartyRequests(rule(properties.spa()), sessionCookie, tokens);
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
            SanctumProperties properties,
            ObjectProvider<TokenCheck.Timer> timer) {
        return new TokenCheck(
                tokens,
                owners,
                rules.orderedStream().toList(),
                Set.of(),
                properties,
                timer.getIfAvailable(() -> Supplier::get));
    }

    private static FirstParty rule(SanctumProperties.Spa spa) {
        try {
            return FirstParty.of(spa.stateful());
        } catch (IllegalArgumentException e) {
            throw new MisconfigurationException(
                    "sanctum.spa.stateful cannot be read: " + e.getMessage() + ".",
                    "List hosts only; a path has no meaning there, for cookies belong to hosts.");
        }
    }

    @Bean
    @ConditionalOnMissingBean
    LoginThrottle sanctumThrottle(ObjectProvider<Clock> clock) {
        return new LoginThrottle(clock.getIfUnique(Clock::systemUTC));
    }

    @Bean
    @ConditionalOnMissingBean
    SignIn sanctumSignIn(
            ObjectProvider<Clock> clock,
            SanctumProperties properties,
            Owners owners,
            ObjectProvider<PasswordCheck> passwords) {
        return new SignIn(
                clock.getIfUnique(Clock::systemUTC), properties.spa().confirmWithin(), owners, passwords::getObject);
    }

    @Bean
    @ConditionalOnMissingBean
    @Conditional(OnFirstPartyPages.class)
    Csrf sanctumCsrf(
            SanctumProperties properties,
            ObjectProvider<CsrfTokenRepository> repositories,
            Cookies cookies,
            FirstPartyRequests firstParty,
            LoginThrottle throttle,
            Problems problems) {
        SanctumProperties.Spa spa = properties.spa();
        return switch (spa.csrf()) {
            case TOKEN ->
                new CsrfTokens(
                        repositories.getIfUnique(() -> new SessionCsrfTokens(throttle)),
                        cookies,
                        spa.sessionLifetime(),
                        firstParty);
            case FETCH_METADATA -> new FetchMetadataCsrf(problems);
        };
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AuthorizationManagerBeforeMethodInterceptor sanctumAbilityInterceptor() {
        return new AuthorizationManagerBeforeMethodInterceptor(AbilityMethods.POINTCUT, new AbilityMethods());
    }

    /** Without a proxy creator the annotations would mean nothing, so one is always there. */
    static final class ProxyRegistrar implements ImportBeanDefinitionRegistrar {

        @Override
        public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
            AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
        }
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
            Problems problems,
            Owners owners,
            FirstPartyRequests firstParty,
            ObjectProvider<Csrf> csrf) {
        boolean pages = !properties.spa().stateful().isEmpty();
        List<RequestMatcher> open = openEndpoints(properties, pages);
        List<RequestMatcher> ours = new ArrayList<>(open);
        if (!properties.broadcasting().key().isEmpty()) {
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

    private static List<RequestMatcher> openEndpoints(SanctumProperties properties, boolean pages) {
        SanctumProperties.Endpoints endpoints = properties.endpoints();
        List<RequestMatcher> open = new ArrayList<>();
        if (!properties.websocket().path().isEmpty()) {
            open.add(PathPatternRequestMatcher.withDefaults()
                    .matcher(HttpMethod.GET, properties.websocket().path())); // who it is, CONNECT tells
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
