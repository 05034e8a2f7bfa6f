package dev.sanctum4j.spring;

import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ErrorWriter;
import dev.sanctum4j.spring.http.OutageFilter;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemAdvice;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.Events;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.SanctumAutoConfiguration;
import dev.sanctum4j.spring.store.StoreProperties;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.firewall.HttpStatusRequestRejectedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Protects {@code /api/**}. Where a filter chain of the application's own matches a request, that chain decides and ours
 * stays out of the way; so the application's rules are never shadowed, and a path that it forgot is not left open.
 */
@AutoConfiguration(
        after = {
            SanctumAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class,
            ServletWebSecurityAutoConfiguration.class, // ours would make Boot's own chains step back
            ManagementWebSecurityAutoConfiguration.class
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SanctumProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumSecurityAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

    static final String CHAIN = "sanctumSecurityFilterChain";

    @Bean
    Diagnosis sanctumDiagnosis(
            SanctumProperties properties, ObjectProvider<Clock> clock, ObjectProvider<Diagnosis.SettingsCheck> checks) {
        List<Diagnosis.Finding> findings = checks.orderedStream()
                .flatMap(check -> check.findings().stream())
                .toList();
        findings.forEach(finding -> LOG.warn("{} {}", finding.rule(), finding.change()));
        return new Diagnosis(properties.diagnosis(), clock.getIfUnique(Clock::systemUTC), findings);
    }

    @Bean
    ProblemWriter sanctumProblemWriter(ObjectProvider<ErrorWriter> writer, Diagnosis diagnosis) {
        return new ProblemWriter(writer.getIfUnique(() -> ProblemWriter::json), diagnosis);
    }

    @Bean
    Refusals sanctumRefusals(
            ProblemWriter problems, Events events, Refusals.Pages pages, ObjectProvider<ChainPart> parts) {
        return new Refusals(problems, events, pages, parts::orderedStream);
    }

    @Bean
    ProblemAdvice sanctumProblemAdvice(ProblemWriter problems) {
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
    OwnersFound sanctumOwnersFound(
            ObjectProvider<OwnerLoader> loaders,
            ObjectProvider<UserDetailsService> users,
            SanctumProperties properties) {
        return new OwnersFound(loaders, users, properties);
    }

    @Bean
    Owners sanctumOwners(OwnersFound found, FeedLifecycle feed) {
        return new Owners(found::loaders, feed.settings());
    }

    @Bean
    SmartInitializingSingleton sanctumOwnersCheck(Owners owners, OwnersFound found) {
        return () -> {
            owners.prepare();
            found.check();
        };
    }

    @Bean
    TokenPolicy sanctumOwnerPolicy(Owners owners) {
        return owners.policy();
    }

    @Bean
    TokenIssuing sanctumTokenIssuing(Tokens tokens, Owners owners) {
        return new TokenIssuing(tokens, owners);
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
                properties.token().narrowedCarriesAuthorities(),
                timer.getIfAvailable(() -> Supplier::get));
    }

    /** What the firewall refuses on our paths has no caller yet, so the way of other errors would end in a 401. */
    @Bean
    @ConditionalOnMissingBean
    RequestRejectedHandler sanctumRejectedRequests(ProblemWriter problems, SanctumProperties properties) {
        RequestRejectedHandler others = new HttpStatusRequestRejectedHandler();
        List<String> ours = Stream.concat(Stream.of("/sanctum/"), properties.paths().stream())
                .map(path -> path.split("[*{]", 2)[0])
                .toList();
        return (request, response, reason) -> {
            String path = request.getRequestURI()
                    .substring(request.getContextPath().length())
                    .replaceAll("/{2,}", "/"); // as it was meant, most likely
            if (ours.stream().anyMatch(path::startsWith)) {
                problems.write(
                        response,
                        Problem.ours(
                                400,
                                "request-rejected",
                                "Bad Request.",
                                "The request line or a header is not in its normal form."));
            } else {
                others.handle(request, response, reason);
            }
        };
    }

    @Bean(CHAIN)
    @ConditionalOnMissingBean(name = CHAIN)
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityFilterChain sanctumChain(
            HttpSecurity http,
            ConfigurableListableBeanFactory beans,
            SanctumProperties properties,
            ProblemWriter problems,
            Refusals refusals,
            ObjectProvider<ChainPart> features) {
        List<ChainPart> parts = features.orderedStream().toList();
        List<RequestMatcher> open =
                parts.stream().flatMap(part -> part.open().stream()).toList();
        List<RequestMatcher> ours = new ArrayList<>(open);
        parts.forEach(part -> ours.addAll(part.routes()));
        properties
                .paths()
                .forEach(path ->
                        ours.add(PathPatternRequestMatcher.withDefaults().matcher(path)));
        http.securityMatcher(new UnclaimedRequests(CHAIN, ours, beans))
                .addFilterBefore(new OutageFilter(problems), DisableEncodeUrlFilter.class)
                .with(new SanctumConfigurer(), Customizer.withDefaults())
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable) // this chain reads no session, unless a part of it does
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .securityContext(
                        contexts -> contexts.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .authorizeHttpRequests(routes -> {
                    routes.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll(); // or a 500 would turn into a 401
                    if (!open.isEmpty()) {
                        routes.requestMatchers(open.toArray(RequestMatcher[]::new))
                                .permitAll();
                    }
                    routes.anyRequest().authenticated();
                });
        parts.forEach(part -> part.configure(http));
        return http.build();
    }
}
