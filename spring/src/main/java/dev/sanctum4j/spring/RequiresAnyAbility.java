package dev.sanctum4j.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a method be called only by those who have one of these abilities. On a class it holds for every method that has no
 * such annotation of its own. Works like {@code @PreAuthorize}: on beans, through their proxies.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RequiresAnyAbility {

    /** The abilities, one of which is enough. */
    String[] value();
}
