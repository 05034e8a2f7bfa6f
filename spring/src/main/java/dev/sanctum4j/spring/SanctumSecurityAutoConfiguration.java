package dev.sanctum4j.spring;

import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ErrorWriter;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.Events;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.LaravelTable;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.SanctumAutoConfiguration;
import dev.sanctum4j.spring.store.StoreProperties;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.authorization.AuthorizationManagerFactories.AdditionalRequiredFactorsBuilder;
import org.springframework.security.config.Customizer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Who is calling: tokens, their owners, and how those are told no who are not let in. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = {SanctumAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SanctumProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumSecurityAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

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
            ConfigurableListableBeanFactory beans,
            SanctumProperties properties) {
        return new OwnersFound(loaders, users, beans, properties);
    }

    @Bean
    Owners sanctumOwners(
            OwnersFound found,
            FeedLifecycle feed,
            ObjectProvider<LaravelTable> table,
            ObjectProvider<PersonMapper> mapper,
            ObjectProvider<Clock> clock,
            Events events,
            SanctumProperties properties) {
        return new Owners(
                found::loaders,
                feed.settings(),
                table.getIfAvailable(() -> LaravelTable.NONE),
                SingletonSupplier.of(() -> mapper.getIfAvailable(() -> person -> Optional.empty())),
                new Sleep(properties.seenWithin(), clock.getIfUnique(Clock::systemUTC), events::publish));
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

    /** A token has nobody's factors, so it cannot be asked for another; sessions are, as the application says. */
    @Bean
    Customizer<AdditionalRequiredFactorsBuilder<Object>> sanctumTokensWithoutFactors() {
        return factors -> factors.withWhen(
                when -> caller -> !(caller instanceof TokenAuthentication) && (when == null || when.test(caller)));
    }

    @Bean
    BearerToken.Places sanctumTokenPlaces(
            Tokens tokens, StoreProperties properties, ObjectProvider<TokenReader> readers) {
        StoreProperties.Token token = properties.token();
        return new BearerToken.Places(
                readers.orderedStream().toList(),
                new TokenForms(tokens.format().prefix(), token.formerPrefixes(), token.bareSecrets()));
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
}
