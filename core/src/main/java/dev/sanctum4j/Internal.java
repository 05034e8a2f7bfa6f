package dev.sanctum4j;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** Public because another package or module of ours needs it, and for nobody else: may change or go in any version. */
@Internal
@Documented
@Target(ElementType.TYPE)
public @interface Internal {}
