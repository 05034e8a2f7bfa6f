/**
 * Sanctum4j in a Spring Boot application: security, endpoints and auto-configuration.
 *
 * <p>Begin with {@link dev.sanctum4j.spring.Sanctum}.
 */
@NullMarked
package dev.sanctum4j.spring;

import org.jspecify.annotations.NullMarked;
