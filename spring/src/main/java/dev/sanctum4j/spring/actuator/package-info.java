/** The endpoint, the meters and the health of all this. */
@NullMarked
package dev.sanctum4j.spring.actuator;

import org.jspecify.annotations.NullMarked;
