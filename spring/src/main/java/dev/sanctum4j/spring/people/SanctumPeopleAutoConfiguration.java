package dev.sanctum4j.spring.people;

import dev.sanctum4j.Owner;
import dev.sanctum4j.cache.FreshCache;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.PersonMapper;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.SanctumSecurityAutoConfiguration;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.StartFailure;
import dev.sanctum4j.spring.store.StoreProperties;
import dev.sanctum4j.spring.store.TableCheck;
import java.time.Clock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;

/** People whom providers sign in as owners of tokens, where {@code sanctum.people} is on and the application has no users of its own. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = SanctumSecurityAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingBean(PersonMapper.class)
@Conditional({SanctumPeopleAutoConfiguration.OnPeople.class, OnTokensInUse.class})
public final class SanctumPeopleAutoConfiguration {

    private static final String CLIENT =
            "org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken";

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(CLIENT)
    static class Nobody {

        Nobody() {
            throw new StartFailure(
                    "sanctum.people is on, but nobody can be signed in by a provider: Spring Security's OAuth2 client is not there.",
                    "Add the dependency spring-boot-starter-security-oauth2-client, or declare a PersonMapper bean.");
        }
    }

    /** Ends all sessions of an owner. */
    interface SessionEnd extends Consumer<Owner> {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(FindByIndexNameSessionRepository.class)
    static class IndexedSessions {

        @Bean
        SessionEnd sanctumSessionEnd(ObjectProvider<FindByIndexNameSessionRepository<? extends Session>> repositories) {
            return owner -> repositories.ifUnique(sessions ->
                    sessions.findByPrincipalName(owner.toString()).keySet().forEach(sessions::deleteById));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(OAuth2LoginAuthenticationToken.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    @ImportRuntimeHints(Hints.class)
    static class Provided {

        @Bean
        @DependsOnDatabaseInitialization
        People sanctumPeople(
                DataSource dataSource,
                ObjectProvider<Clock> clock,
                ObjectProvider<Owners> owners,
                ListableBeanFactory beans,
                StoreProperties store,
                SanctumProperties properties,
                ObjectProvider<SessionEnd> sessions) {
            if (TableCheck.isToBeMade(store.jdbc().initializeSchema(), dataSource, beans)) {
                new PeopleTable(dataSource).createIfMissing();
            }
            return new People(
                    dataSource,
                    clock.getIfUnique(Clock::systemUTC),
                    properties.ownerType(),
                    owner -> owners.getObject().invalidate(owner),
                    owner -> sessions.ifAvailable(all -> all.accept(owner)));
        }

        @Bean
        SmartInitializingSingleton sanctumPeopleCheck(DataSource dataSource) {
            return new PeopleTable(dataSource)::require;
        }

        @Bean
        OwnerLoader sanctumPeopleLoader(People people, SanctumProperties properties) {
            return new PeopleLoader(properties.ownerType(), people);
        }

        @Bean
        ProviderSignIns sanctumProviderSignIns(
                People people,
                ObjectProvider<ClientRegistrationRepository> registrations,
                FeedLifecycle feed,
                SanctumProperties properties) {
            return new ProviderSignIns(
                    people,
                    properties.ownerType(),
                    properties.owners().subjectClaim(),
                    registrations,
                    feed.settings()
                            .map(settings -> new FreshCache<Identity, Owner>(settings, (who, owner) -> owner))
                            .orElse(null));
        }
    }

    /** {@code on} and {@code off} are words for it, too. */
    static final class OnPeople implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return context.getEnvironment().getProperty("sanctum.people", Boolean.class, false);
        }
    }

    /** What a native image cannot see: the scripts of the table. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
            hints.resources().registerPattern("dev/sanctum4j/people/**");
        }
    }
}
