package dev.sanctum4j.spring.spa;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds when first-party pages are listed, however the list is written. */
final class OnFirstPartyPages extends SpringBootCondition {

    private static final String PROPERTY = "sanctum.spa.stateful";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        List<String> hosts = Binder.get(context.getEnvironment())
                .bind(PROPERTY, Bindable.listOf(String.class))
                .orElse(List.of());
        ConditionMessage.Builder message = ConditionMessage.forCondition("first-party pages");
        return hosts.stream().allMatch(String::isBlank)
                ? ConditionOutcome.noMatch(message.because(PROPERTY + " lists none"))
                : ConditionOutcome.match(message.because(PROPERTY + " lists " + hosts));
    }
}
