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
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Programs ask people for a token, behind a property. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = {SanctumAbilityAutoConfiguration.class, SanctumSpaAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("sanctum.endpoints.approval")
@EnableConfigurationProperties(ApprovalProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumApprovalAutoConfiguration {

    private static final Duration PRUNE_EVERY = Duration.ofMinutes(10);

    /** People and networks that guess at the same time: a megabyte at most. */
    private static final int PLACES = 10_000;

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
    DeviceController sanctumDeviceController(
            Approvals approvals,
            AskedAbilities abilities,
            Addresses addresses,
            Tokens tokens,
            Owners owners,
            TokenIssuing issuing,
            ObjectProvider<PlatformTransactionManager> transactions,
            Events events) {
        PlatformTransactionManager manager = transactions.getIfUnique();
        TransactionOperations together =
                manager == null ? TransactionOperations.withoutTransaction() : new TransactionTemplate(manager);
        Claims claims = new Claims(approvals, tokens, owners, issuing, together);
        return new DeviceController(approvals, abilities, claims, addresses, events);
    }

    @Bean
    ApprovalController sanctumApprovalController(
            Approvals approvals,
            AskedAbilities abilities,
            Tokens tokens,
            Owners owners,
            SignIn signIn,
            ObjectProvider<Clock> clock,
            Events events) {
        Guesses guesses = new Guesses(clock.getIfUnique(Clock::systemUTC), PLACES);
        return new ApprovalController(approvals, abilities, tokens, owners, signIn, guesses, events);
    }

    @Bean
    ChainPart sanctumApprovalRoutes(
            ObjectProvider<PathPatternRequestMatcher.Builder> paths, AskedAbilities abilities, Addresses addresses) {
        return new ApprovalRoutes(paths.getIfUnique(PathPatternRequestMatcher::withDefaults), abilities, addresses);
    }

    @Bean
    @Conditional(OnHousekeeping.class)
    PeriodicTask sanctumApprovalPruning(Approvals approvals) {
        return PeriodicTask.of("delete requests that are over", PRUNE_EVERY, approvals::prune);
    }
}
