package dev.sanctum4j.spring.broadcasting;

import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.store.OnTokensInUse;
import java.util.List;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Private channels of Pusher's protocol, where {@code sanctum.broadcasting.key} is set. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty("sanctum.broadcasting.key")
@EnableConfigurationProperties(BroadcastingProperties.class)
@RegisterReflectionForBinding(ChannelMember.class)
@Conditional(OnTokensInUse.class)
public final class SanctumBroadcastingAutoConfiguration {

    @Bean
    BroadcastingController sanctumBroadcastingController(
            ObjectProvider<ChannelRule> rules, BroadcastingProperties properties) {
        ChannelRule rule = rules.getIfUnique();
        if (rule == null || properties.secret().isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.broadcasting.key",
                    properties.key(),
                    rule == null
                            ? "There is no single ChannelRule bean, which says who may join which channel."
                            : "It needs sanctum.broadcasting.secret.");
        }
        return new BroadcastingController(rule, properties);
    }

    @Bean
    ChainPart sanctumBroadcastingRoute(ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        return new ChainPart() {
            @Override
            public List<RequestMatcher> routes() {
                return List.of(paths.getIfUnique(PathPatternRequestMatcher::withDefaults)
                        .matcher(BroadcastingController.PATH));
            }
        };
    }
}
