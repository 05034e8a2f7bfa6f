/** Tells springdoc which abilities are asked for. */
@NullMarked
package dev.sanctum4j.spring.openapi;

import org.jspecify.annotations.NullMarked;
