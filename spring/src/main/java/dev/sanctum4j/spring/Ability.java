package dev.sanctum4j.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes an ability, on the constant that names it, for people who choose abilities for a token:
 *
 * <pre>{@code
 * @Ability(value = "See orders", group = "Orders")
 * public static final String ORDERS_READ = "orders:read";
 * }</pre>
 *
 * Constants in the application's own packages are found when it starts.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Ability {

    /** What it lets a token do, in a few words. */
    String value();

    /** Under which heading it is shown; none by default. */
    String group() default "";
}
