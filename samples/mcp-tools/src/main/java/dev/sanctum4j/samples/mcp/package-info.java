/** Tools for agents. */
@NullMarked
package dev.sanctum4j.samples.mcp;

import org.jspecify.annotations.NullMarked;
