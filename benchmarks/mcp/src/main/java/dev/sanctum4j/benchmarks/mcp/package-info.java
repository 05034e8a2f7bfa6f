/** Calls of a tool, guarded and not. */
@NullMarked
package dev.sanctum4j.benchmarks.mcp;

import org.jspecify.annotations.NullMarked;
