/** The filter chain that we bring, and how it shares an application with the chains of its own. */
@NullMarked
package dev.sanctum4j.spring.chain;

import org.jspecify.annotations.NullMarked;
