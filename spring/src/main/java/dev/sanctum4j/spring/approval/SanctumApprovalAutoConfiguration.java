package dev.sanctum4j.spring.approval;

import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.spring.ability.SanctumAbilityAutoConfiguration;
import dev.sanctum4j.spring.spa.SanctumSpaAutoConfiguration;
import dev.sanctum4j.spring.spa.SignIn;
import dev.sanctum4j.spring.store.Events;
import dev.sanctum4j.spring.store.OnHousekeeping;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.PeriodicTask;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Programs ask people for a token, behind a property. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = {SanctumAbilityAutoConfiguration.class, SanctumSpaAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("sanctum.endpoints.approval")
@EnableConfigurationProperties(ApprovalProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumApprovalAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);

    private static final Duration PRUNE_EVERY = Duration.ofMinutes(10);

    /** People and networks that guess at the same time: a megabyte at most. */
    private static final int PLACES = 10_000;

    /** What an application has that serves MCP, by whichever transport. */
    private static final List<String> MCP_SERVERS = List.of(
            "io.modelcontextprotocol.spec.McpServerTransportProviderBase",
            "io.modelcontextprotocol.spec.McpStatelessServerTransport");

    @Bean
    @ConditionalOnMissingBean
    Approvals sanctumApprovals(ApprovalStore store, ObjectProvider<Clock> clock) {
        return Approvals.of(store, clock.getIfUnique(Clock::systemUTC), new SecureRandom());
    }

    @Bean
    AskedAbilities sanctumAskedAbilities(AbilityCatalog catalog) {
        return new AskedAbilities(catalog);
    }

    @Bean
    Addresses sanctumApprovalAddresses(ApprovalProperties properties) {
        return new Addresses(properties.page());
    }

    @Bean
    Claims sanctumApprovalClaims(
            Approvals approvals,
            Tokens tokens,
            Owners owners,
            TokenIssuing issuing,
            ObjectProvider<PlatformTransactionManager> transactions) {
        PlatformTransactionManager manager = transactions.getIfUnique();
        return new Claims(
                approvals,
                tokens,
                owners,
                issuing,
                manager == null ? TransactionOperations.withoutTransaction() : new TransactionTemplate(manager));
    }

    @Bean
    People sanctumApprovalPeople(Owners owners, SignIn signIn, ApprovalProperties properties) {
        return new People(owners, signIn, properties.administrators());
    }

    @Bean
    Whereabouts sanctumApprovalWhereabouts(ObjectProvider<Countries> countries) {
        return new Whereabouts(countries.getIfUnique(() -> address -> Optional.empty()));
    }

    @Bean
    DeviceController sanctumDeviceController(
            Approvals approvals, AskedAbilities abilities, Claims claims, Addresses addresses, Events events) {
        return new DeviceController(approvals, abilities, claims, addresses, events);
    }

    @Bean
    ApprovalController sanctumApprovalController(
            Approvals approvals,
            AskedAbilities abilities,
            Claims claims,
            Tokens tokens,
            People people,
            SignIn signIn,
            Whereabouts whereabouts,
            ObjectProvider<Clock> clock,
            Events events) {
        if (!signIn.asksAgain()) {
            LOG.warn("Whoever is signed in allows programs a token without giving the password again:"
                    + " sanctum.spa.confirm-within is not set");
        }
        Guesses guesses = new Guesses(clock.getIfUnique(Clock::systemUTC), PLACES);
        return new ApprovalController(
                approvals, abilities, claims, tokens, people, signIn, guesses, whereabouts, events);
    }

    @Bean
    @Conditional(HasAdministrators.class)
    RequestsController sanctumRequestsController(
            Approvals approvals,
            AskedAbilities abilities,
            Claims claims,
            Tokens tokens,
            People people,
            SignIn signIn,
            Whereabouts whereabouts,
            Events events) {
        return new RequestsController(approvals, abilities, claims, tokens, people, signIn, whereabouts, events);
    }

    /** Where no endpoint of MCP is found at the same origin, at least none of this application. */
    @Bean
    @Conditional(HasIssuer.class)
    IssuerController sanctumApprovalIssuer(ApprovalProperties properties, ListableBeanFactory beans) {
        String issuer = Objects.requireNonNull(properties.issuer());
        if (MCP_SERVERS.stream().anyMatch(type -> isThere(type, beans))) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.approval.issuer",
                    issuer,
                    "This application serves MCP, whose clients break on a document that names no page to authorize on. Leave it unset, and configure programs that ask with the two addresses.");
        }
        return new IssuerController(issuer);
    }

    private static boolean isThere(String type, ListableBeanFactory beans) {
        ClassLoader loader = SanctumApprovalAutoConfiguration.class.getClassLoader();
        return ClassUtils.isPresent(type, loader)
                && beans.getBeanNamesForType(ClassUtils.resolveClassName(type, loader), true, false).length > 0;
    }

    /** Holds if a setting has a text; an empty variable of the environment is none. */
    abstract static class IsSet implements Condition {

        private final String name;

        IsSet(String name) {
            this.name = name;
        }

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return StringUtils.hasText(context.getEnvironment().getProperty(name));
        }
    }

    static final class HasIssuer extends IsSet {
        HasIssuer() {
            super("sanctum.approval.issuer");
        }
    }

    static final class HasAdministrators extends IsSet {
        HasAdministrators() {
            super("sanctum.approval.administrators");
        }
    }

    @Bean
    ChainPart sanctumApprovalRoutes(
            ObjectProvider<PathPatternRequestMatcher.Builder> paths,
            AskedAbilities abilities,
            Tokens tokens,
            Addresses addresses,
            ApprovalProperties properties) {
        return new ApprovalRoutes(
                paths.getIfUnique(PathPatternRequestMatcher::withDefaults),
                abilities,
                tokens,
                addresses,
                properties.issuer() != null,
                properties.administrators() != null);
    }

    @Bean
    @Conditional(OnHousekeeping.class)
    PeriodicTask sanctumApprovalPruning(Approvals approvals) {
        return PeriodicTask.of("delete requests that are over", PRUNE_EVERY, approvals::prune);
    }
}
