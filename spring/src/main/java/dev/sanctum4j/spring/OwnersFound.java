package dev.sanctum4j.spring;

import dev.sanctum4j.spring.store.StartFailure;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.security.core.userdetails.UserDetailsService;

/** Who is asked for owners: the application's loaders, or else its one user service. */
final class OwnersFound {

    private static final Logger LOG = LoggerFactory.getLogger(Owners.class);

    private final ObjectProvider<OwnerLoader> loaders;
    private final ObjectProvider<UserDetailsService> users;
    private final ConfigurableListableBeanFactory beans;
    private final SanctumProperties properties;

    OwnersFound(
            ObjectProvider<OwnerLoader> loaders,
            ObjectProvider<UserDetailsService> users,
            ConfigurableListableBeanFactory beans,
            SanctumProperties properties) {
        this.loaders = loaders;
        this.users = users;
        this.beans = beans;
        this.properties = properties;
    }

    /** The loaders; none where nobody can tell which user service would be meant. */
    List<OwnerLoader> loaders() {
        List<OwnerLoader> all = loaders.orderedStream().toList();
        UserDetailsService one = all.isEmpty() ? service() : null;
        return one == null ? all : List.of(new UserDetailsOwnerLoader(properties.ownerType(), one));
    }

    /**
     * The user service that is meant. Boot's own, which knows one person by a password that was made up, never is where there is another one:
     * it steps back for one, but not for a mock, which a test puts in later.
     */
    private @Nullable UserDetailsService service() {
        UserDetailsService unique = users.getIfUnique();
        if (unique != null) {
            return unique;
        }
        List<String> names = Stream.of(beans.getBeanNamesForType(UserDetailsService.class))
                .filter(name -> !isOfBoot(name))
                .toList();
        return names.size() == 1 ? beans.getBean(names.get(0), UserDetailsService.class) : null;
    }

    private boolean isOfBoot(String name) {
        return beans.containsBeanDefinition(name)
                && UserDetailsServiceAutoConfiguration.class
                        .getName()
                        .equals(beans.getBeanDefinition(name).getFactoryBeanName());
    }

    /**
     * Looks at what was found when the application starts.
     *
     * @throws StartFailure if there are tokens for owners, and nobody to ask for these
     */
    void check() {
        List<OwnerLoader> found = loaders();
        long services = users.stream().count();
        if (found.isEmpty() && services > 1) {
            throw new StartFailure(
                    "Tokens belong to people, and there are " + services + " UserDetailsService beans to ask for them.",
                    "Declare an OwnerLoader bean for each type of owner, or mark one of the services @Primary.");
        } else if (found.isEmpty()) {
            String description = "Tokens belong to people, and there is no bean to ask for them.";
            String action = "Declare an OwnerLoader or a UserDetailsService bean.";
            if (properties.endpoints().tokens() || properties.endpoints().passwordToken()) {
                throw new StartFailure(description, action);
            }
            LOG.warn("{} No token is issued, and none is let in. {}", description, action);
        } else if (found.get(0) instanceof UserDetailsOwnerLoader) {
            LOG.info(
                    "Tokens belong to user names: whoever is given the name of somebody else gets the tokens, too. Where people"
                            + " have ids, declare an OwnerLoader bean.");
        }
    }
}
