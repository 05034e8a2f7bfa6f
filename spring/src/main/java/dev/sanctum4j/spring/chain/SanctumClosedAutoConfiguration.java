package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.OnTokensInUse;
import jakarta.servlet.DispatcherType;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Where tokens are not in use: {@code /api/**} is refused as far as no chain of the application claims it, so a path that was
 * forgotten is not left open. Nothing else of ours is there, and nobody is asked.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(
        after = {
            ServletWebSecurityAutoConfiguration.class, // ours would make Boot's own chains step back
            ManagementWebSecurityAutoConfiguration.class,
            SanctumChainAutoConfiguration.class // which is after others of Boot's
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnTokensInUse.Not.class)
public final class SanctumClosedAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);
    private static final String CHAIN = "sanctumClosedChain";

    /** The only bean: whatever else there is of ours is no business of the application's. */
    @Bean(CHAIN)
    SecurityFilterChain sanctumClosedChain(
            HttpSecurity http,
            ConfigurableApplicationContext context,
            ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        SanctumProperties properties =
                Binder.get(context.getEnvironment()).bindOrCreate("sanctum", SanctumProperties.class);
        OtherChains others = new OtherChains(CHAIN, context.getBeanFactory());
        UnclaimedRequests requests = UnclaimedRequests.ofClosed(properties.paths(), paths, others);
        context.addApplicationListener(new ApplicationListener<ApplicationReadyEvent>() {
            @Override
            public void onApplicationEvent(ApplicationReadyEvent event) {
                if (context instanceof WebServerApplicationContext) { // a command has no routes
                    report(context, requests, others);
                    tellUndecided(
                            context.getBeanFactory(),
                            UserDetailsService.class,
                            "Mark one @Primary, or declare an OwnerLoader bean for each type of owner.");
                    tellUndecided(
                            context.getBeanFactory(),
                            DataSource.class,
                            "Mark one @Primary, or declare a TokenStore bean over the right one.");
                }
            }
        });
        ProblemWriter problems = ProblemWriter.json();
        return new FirstChain(http.securityMatcher(requests::matches)
                .addFilterBefore(ApplicationCors.of(context), LogoutFilter.class)
                .cors(AbstractHttpConfigurer::disable) // which looks for a handler at each request
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable)
                .securityContext(
                        contexts -> contexts.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .exceptionHandling(errors -> errors.authenticationEntryPoint(
                        (request, response, reason) -> problems.write(response, Problem.unauthenticated(false))))
                .authorizeHttpRequests(routes -> routes.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .denyAll())
                .build());
    }

    private static void report(ApplicationContext context, UnclaimedRequests requests, OtherChains others) {
        new ChainReport(
                        requests,
                        new Endpoints(Stream::empty),
                        others,
                        context.getBeanProvider(DispatcherServletPath.class),
                        false,
                        context.getEnvironment())
                .tell(context.getBeanProvider(RequestMappingInfoHandlerMapping.class).stream());
    }

    /** What would end the start once tokens are in use. */
    private static void tellUndecided(ConfigurableListableBeanFactory beans, Class<?> type, String action) {
        List<BeanDefinition> candidates = Stream.of(beans.getBeanNamesForType(type, true, false))
                .filter(beans::containsBeanDefinition)
                .map(beans::getMergedBeanDefinition)
                .filter(bean -> bean.isAutowireCandidate() && !bean.isFallback())
                .toList();
        if (candidates.size() > 1 && candidates.stream().noneMatch(BeanDefinition::isPrimary)) {
            LOG.warn(
                    "There are {} {} beans, and nothing says which one tokens would mean once they are in use. {}",
                    candidates.size(),
                    type.getSimpleName(),
                    action);
        }
    }
}
