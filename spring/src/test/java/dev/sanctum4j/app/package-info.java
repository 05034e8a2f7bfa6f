/** An application that uses the starter, and nothing of it but what is public. */
@NullMarked
package dev.sanctum4j.app;

import org.jspecify.annotations.NullMarked;
