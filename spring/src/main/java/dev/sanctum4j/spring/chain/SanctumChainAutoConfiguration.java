package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.SanctumConfigurer;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.SanctumSecurityAutoConfiguration;
import dev.sanctum4j.spring.http.BodyFilter;
import dev.sanctum4j.spring.http.FormFilter;
import dev.sanctum4j.spring.http.OutageFilter;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.Events;
import dev.sanctum4j.spring.store.OnTokensInUse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Protects {@code /api/**} and serves our own endpoints. Where a filter chain of the application's own claims a path, that chain decides
 * and ours stays out of the way; so the application's rules are never shadowed, and a path that it forgot is not left open. Only
 * before a chain that claims nothing in particular our own endpoints are served by ours.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(
        after = {
            SanctumSecurityAutoConfiguration.class,
            ServletWebSecurityAutoConfiguration.class, // ours would make Boot's own chains step back
            ManagementWebSecurityAutoConfiguration.class
        },
        afterName = {
            "org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration",
            "org.springframework.boot.security.saml2.autoconfigure.Saml2RelyingPartyAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ImportRuntimeHints(SanctumChainAutoConfiguration.Hints.class)
@Conditional(OnTokensInUse.class)
public final class SanctumChainAutoConfiguration {

    private static final String CHAIN = "sanctumSecurityFilterChain";
    private static final int BEFORE_SESSIONS =
            Integer.MIN_VALUE + 49; // SessionRepositoryFilter.DEFAULT_ORDER, less one

    @Bean
    Endpoints sanctumEndpoints(ObjectProvider<ChainPart> parts) {
        return new Endpoints(parts::orderedStream);
    }

    @Bean
    OtherChains sanctumOtherChains(ConfigurableListableBeanFactory beans) {
        return new OtherChains(CHAIN, beans);
    }

    @Bean
    ApplicationCsrf sanctumApplicationCsrf(OtherChains others) {
        return new ApplicationCsrf(others);
    }

    @Bean
    UnclaimedRequests sanctumRequests(
            SanctumProperties properties,
            Endpoints endpoints,
            OtherChains others,
            BearerToken.Places tokens,
            ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        return UnclaimedRequests.of(properties.paths(), paths, endpoints, others, tokens::isForeign);
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> sanctumChainReport(
            UnclaimedRequests requests,
            Endpoints endpoints,
            OtherChains others,
            ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
            ObjectProvider<DispatcherServletPath> servlet,
            Environment environment) {
        return event -> {
            if (event.getApplicationContext()
                    instanceof WebServerApplicationContext context) { // a command has no routes
                boolean csrfIsShared = Stream.of(context.getBeanNamesForType(CsrfTokenRepository.class))
                        .anyMatch(name -> !name.startsWith("sanctum"));
                new ChainReport(requests, endpoints, others, servlet, csrfIsShared, environment)
                        .tell(mappings.stream());
            }
        };
    }

    @Bean(CHAIN)
    @ConditionalOnMissingBean(name = CHAIN)
    SecurityFilterChain sanctumChain(
            HttpSecurity http,
            BeanFactory beans,
            UnclaimedRequests requests,
            Endpoints endpoints,
            OtherChains others,
            BearerToken.Places tokens,
            ProblemWriter problems,
            Refusals refusals,
            Events events,
            ObjectProvider<ChainPart> parts,
            ObjectProvider<AuthorizationManagerFactory<RequestAuthorizationContext>> ofRequests,
            ObjectProvider<AuthorizationManagerFactory<Object>> ofAll) {
        http.securityMatcher(requests::matches)
                .addFilterBefore(new OutageFilter(problems, AnyRequestMatcher.INSTANCE), DisableEncodeUrlFilter.class)
                .addFilterBefore(new ReadableSessions(events), DisableEncodeUrlFilter.class)
                .addFilterBefore(new BodyFilter(endpoints::limits, problems), CsrfFilter.class)
                .addFilterBefore(new EndpointSessions(endpoints, others, tokens, refusals), CsrfFilter.class)
                .with(new SanctumConfigurer(), Customizer.withDefaults())
                .cors(AbstractHttpConfigurer::disable) // which looks for a handler at each request
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable) // this chain reads no session, unless a part of it does
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .securityContext(
                        contexts -> contexts.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .authorizeHttpRequests(
                        routes -> routes.dispatcherTypeMatchers(DispatcherType.ERROR) // or a 500 would turn into a 401
                                .permitAll()
                                .requestMatchers(endpoints::isOpen)
                                .permitAll()
                                .anyRequest()
                                .access(new EndpointRules(endpoints, others, somebody(ofRequests, ofAll))));
        parts.orderedStream().forEach(part -> part.configure(http));
        return new FirstChain(
                http.addFilterBefore(ApplicationCors.of(beans), LogoutFilter.class) // after those of the parts
                        .build());
    }

    /** Found as Spring Security finds it for chains: the bean that {@code @EnableMultiFactorAuthentication} brings, for instance. */
    private static AuthorizationManager<? super RequestAuthorizationContext> somebody(
            ObjectProvider<AuthorizationManagerFactory<RequestAuthorizationContext>> ofRequests,
            ObjectProvider<AuthorizationManagerFactory<Object>> ofAll) {
        AuthorizationManagerFactory<RequestAuthorizationContext> own = ofRequests.getIfUnique();
        return own != null
                ? own.authenticated()
                : ofAll.getIfUnique(DefaultAuthorizationManagerFactory::new).authenticated();
    }

    /** Sessions of Spring Session are written outside of all chains, and only ours is answered for. */
    @Bean
    FilterRegistrationBean<OutageFilter> sanctumOutages(ProblemWriter problems, UnclaimedRequests requests) {
        FilterRegistrationBean<OutageFilter> filter =
                new FilterRegistrationBean<>(new OutageFilter(problems, requests::matches));
        filter.setOrder(BEFORE_SESSIONS);
        filter.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
        return filter;
    }

    /** Here, for an application's filters may read forms before any chain. */
    @Bean
    FilterRegistrationBean<FormFilter> sanctumForms(ProblemWriter problems, Endpoints endpoints) {
        FilterRegistrationBean<FormFilter> filter =
                new FilterRegistrationBean<>(new FormFilter(endpoints::limits, problems));
        filter.setOrder(FormFilter.ORDER);
        return filter;
    }

    /** Last of the configurers, so that no other puts its resolvers before the first of ours. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebMvcConfigurer sanctumThrownProblems(Refusals refusals, ProblemWriter problems, Endpoints endpoints) {
        ThrownProblems thrown = new ThrownProblems(refusals, problems, endpoints::matches);
        return new WebMvcConfigurer() {
            @Override
            public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
                resolvers.add(0, thrown.first());
                resolvers.add(thrown.last());
            }
        };
    }

    /** What the report at the start answers to. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
            hints.proxies().registerJdkProxy(HttpServletResponse.class);
        }
    }
}
