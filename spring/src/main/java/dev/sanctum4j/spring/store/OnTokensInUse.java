package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Holds where tokens are in use: an endpoint of ours is switched on, or something that the application is made of names a type
 * of ours. Elsewhere the dependency is there and nothing more, so no statement is sent and no thread runs. Decided once, by
 * properties and bean definitions, for all who ask in one context.
 */
@Internal
public final class OnTokensInUse extends SpringBootCondition implements ConfigurationCondition {

    private static final String DECISION = "sanctumTokensInUse";
    private static final List<String> SWITCHES = List.of(
            "sanctum.endpoints.tokens",
            "sanctum.endpoints.password-token",
            "sanctum.endpoints.session",
            "sanctum.endpoints.approval",
            "sanctum.mcp.enabled",
            "sanctum.mcp.ability-per-tool");
    private static final List<String> VALUES = List.of("sanctum.websocket.path", "sanctum.broadcasting.key");
    private static final String PAGES = "sanctum.spa.stateful";

    /** Holds everywhere else. */
    @Internal
    public static final class Not extends NoneNestedConditions {

        Not() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @Conditional(OnTokensInUse.class)
        static final class InUse {}
    }

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN; // the application's own beans are known then
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConfigurableListableBeanFactory beans = Objects.requireNonNull(context.getBeanFactory());
        if (beans.getSingleton(DECISION) instanceof ConditionOutcome decided) {
            return decided;
        }
        ConditionMessage.Builder message = ConditionMessage.forCondition("tokens in use");
        ConditionOutcome decision = setting(context.getEnvironment())
                .map(key -> key + " is set")
                .or(() -> new BeanClasses(beans, context.getClassLoader())
                        .user()
                        .map(type -> type + " names a type of Sanctum4j"))
                .map(reason -> ConditionOutcome.match(message.because(reason)))
                .orElseGet(() -> ConditionOutcome.noMatch(
                        message.because("no endpoint is on, and no bean names a type of Sanctum4j")));
        beans.registerSingleton(DECISION, decision);
        return decision;
    }

    private static Optional<String> setting(Environment environment) {
        Stream<String> on =
                SWITCHES.stream().filter(key -> environment.getProperty(key, "").equalsIgnoreCase("true"));
        Stream<String> given = VALUES.stream()
                .filter(key -> !environment.getProperty(key, "false").equalsIgnoreCase("false"));
        Stream<String> pages =
                Binder.get(environment).bind(PAGES, Bindable.listOf(String.class)).orElse(List.of()).stream()
                        .filter(page -> !page.isBlank())
                        .map(page -> PAGES);
        return Stream.of(on, given, pages).flatMap(keys -> keys).findFirst();
    }
}
