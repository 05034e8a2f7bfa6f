/** The endpoints where people and programs manage tokens. */
@NullMarked
package dev.sanctum4j.spring.tokens;

import org.jspecify.annotations.NullMarked;
