package dev.sanctum4j.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** Public because a package beside it needs it, and for nobody else: may change or go in any version. */
@Internal
@Documented
@Target(ElementType.TYPE)
public @interface Internal {}
