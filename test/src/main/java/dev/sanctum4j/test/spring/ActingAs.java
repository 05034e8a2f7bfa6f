package dev.sanctum4j.test.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.security.test.context.support.WithSecurityContext;

/**
 * Runs a test, or all of a class, as somebody: requests through MockMvc, and calls of beans with method security. Over a
 * real port say it by {@link Acting#actingAs} with each request.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@WithSecurityContext(factory = ActingAsFactory.class)
public @interface ActingAs {

    /** The name of the user. */
    String value();

    /** What the token has; nothing by default. */
    String[] abilities() default {};

    /** The type of the owner; the application's by default. */
    String ownerType() default "";

    /** The authorities of the owner, which a token carries if it has {@code *}. */
    String[] authorities() default {};

    /** Whether it is a session of a first-party page, with every ability, instead of a token. */
    boolean firstParty() default false;
}
