package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds unless the application has a scheduler of its own for what is over; {@code on} and {@code off} are words for it, too. */
@Internal
public final class OnHousekeeping implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return context.getEnvironment().getProperty("sanctum.housekeeping", Boolean.class, true);
    }
}
